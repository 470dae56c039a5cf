import type { ChangeName } from '@trunkline/domain';
import { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { connectionLost, retryable, translateError } from './database-errors.js';
import { MIGRATIONS } from './migrations/index.js';
import { ShareGates, type PoolShares } from './pool-shares.js';
import { PREPARED_MAX, StatementNames, Transaction, type Client, type Queryable } from './transaction.js';

export type { Queryable } from './transaction.js';

export interface DatabaseOptions {
  /** Where statements go: Postgres itself, or PgBouncer in transaction mode. */
  readonly url: string;
  /** Postgres itself, when `url` is a PgBouncer: settings of a session may then not travel with the connection. */
  readonly directUrl?: string;
  readonly replicaUrl?: string;
  /** This process's share of DB_CONNECTION_BUDGET. */
  readonly poolMax: number;
  /** How much of it crowded work may hold. Absent: nobody is held back. */
  readonly shares?: PoolShares;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** Sent to Postgres on direct connections; behind PgBouncer the roles carry it (see roles.ts). */
  readonly statementTimeoutMs?: number;
  /** Told of idle connections that break and of hooks that throw: for the log, never fatal. */
  readonly onError?: (error: Error) => void;
  /**
   * Told what was written (see `changed`) once it is committed, and waited for: whoever was answered finds it
   * everywhere. Must neither throw nor take long.
   */
  readonly onChanged?: (names: readonly ChangeName[]) => Promise<void>;
}

export interface PoolStats {
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
}

interface Pool {
  connect(): Promise<Client>;
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

const TRANSACTION_TRIES = 5;
const CONNECT_TIMEOUT_MS = 5_000;
/** Connections are renewed, so that copies spread again after a failover. */
const CONNECTION_LIFETIME_SECONDS = 1_800;

/** What a quiet hour did not need is there when the crowd comes: a new connection costs a login, and looks up and plans each statement anew. */
const IDLE_TIMEOUT_MS = 600_000;

/**
 * Runs `hook` once the transaction is committed, never when it is rolled back; at once when `tx` is no
 * transaction. For wake-up calls only: a process may die between the commit and the hook.
 */
export function afterCommit(tx: Queryable, hook: () => void): void {
  if (tx instanceof Transaction) tx.committed.push(hook);
  else hook();
}

/**
 * Says that something was written which readers may keep in memory: every write of this package does. Told when the
 * transaction is committed; at once when `db` is no transaction, so call it after the statement.
 */
export async function changed(db: Queryable, names: readonly ChangeName[]): Promise<void> {
  if (db instanceof Transaction) for (const name of names) db.changed.add(name);
  else if (db instanceof Database && names.length > 0) await db.onChanged(names);
}

/**
 * The pool of one process. Works behind PgBouncer in transaction mode: there (`directUrl` is another than `url`) no
 * prepared statements by name; nowhere session settings or LISTEN. A connection that broke is thrown away, and the next call opens a new one.
 * Failures of the connection come as `AppError` 503, those of SQL as pg's error (`sqlState` reads its code).
 */
export class Database implements Queryable {
  private constructor(
    readonly dataSource: DataSource,
    private readonly names: StatementNames,
    private readonly onError: (error: Error) => void,
    readonly onChanged: (names: readonly ChangeName[]) => Promise<void>,
    private readonly gates: ShareGates,
  ) {}

  /** @throws AppError 503 when Postgres cannot be reached. */
  static async connect(options: DatabaseOptions): Promise<Database> {
    const onError = options.onError ?? (() => undefined);
    const dataSource = new DataSource(dataSourceOptions(options, onError));
    await dataSource.initialize().catch((error: unknown) => {
      throw translateError(error);
    });
    const names = new StatementNames(isPooled(options) ? 0 : PREPARED_MAX);
    return new Database(dataSource, names, onError, options.onChanged ?? (() => Promise.resolve()), new ShareGates(options.shares));
  }

  query<R = Record<string, unknown>>(sql: string, params?: readonly unknown[]): Promise<R[]> {
    return this.borrow(this.primary, async (client) => (await client.query(this.names.statement(sql, params))).rows as R[]);
  }

  /** Reads that may lag behind: on the replica, when there is one. */
  readonly replica: Queryable = {
    query: <R>(sql: string, params?: readonly unknown[]) =>
      this.borrow(this.driver.slaves[0] ?? this.primary, async (client) => (await client.query(this.names.statement(sql, params))).rows as R[]),
  };

  /**
   * Runs `work` in one transaction; all of it again after a serialisation failure or deadlock, five times at
   * most. So `work` must not do anything that a rollback does not take back: use `afterCommit` for that.
   */
  async transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.transactOnce(work);
      } catch (error) {
        if (attempt >= TRANSACTION_TRIES || !retryable(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * 2 ** attempt));
      }
    }
  }

  /** @throws AppError 503 when Postgres does not answer. */
  async ping(): Promise<void> {
    await this.query('SELECT 1');
  }

  poolStats(): PoolStats {
    const { totalCount, idleCount, waitingCount } = this.primary;
    return { total: totalCount, idle: idleCount, waiting: waitingCount };
  }

  /** Waits for statements under way. */
  async close(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  private get driver(): { master: Pool; slaves: Pool[] } {
    return this.dataSource.driver as PostgresDriver as unknown as { master: Pool; slaves: Pool[] };
  }

  private get primary(): Pool {
    return this.driver.master;
  }

  private async transactOnce<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    let written: ReadonlySet<ChangeName> = new Set();
    const outcome = await this.borrow(this.primary, async (client, lose) => {
      const tx = new Transaction(client, this.names);
      written = tx.changed;
      await client.query('BEGIN');
      try {
        const value = await work(tx);
        // What was asked for belongs to it, awaited or not; after a failure only what is under way is waited for.
        await tx.settled();
        tx.end();
        // Postgres answers COMMIT with ROLLBACK when a statement had failed and the failure was swallowed.
        const { command } = await client.query('COMMIT');
        if (command !== 'COMMIT') throw new Error('the transaction was rolled back: a statement in it had failed');
        return { result: value, hooks: tx.committed };
      } catch (error) {
        tx.end();
        await tx.settled();
        // Closing the connection rolls back as well, so a failure here only must not hide the first one.
        if (!connectionLost(error)) await client.query('ROLLBACK').catch(lose);
        throw error;
      }
      // Also after a failure: a COMMIT whose answer was lost may have been done.
    }).finally(() => (written.size === 0 ? undefined : this.onChanged([...written])));
    for (const hook of outcome.hooks) this.runHook(hook);
    return outcome.result;
  }

  private runHook(hook: () => void): void {
    try {
      hook();
    } catch (error) {
      this.onError(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private borrow<T>(pool: Pool, work: (client: Client, lose: (error: Error) => void) => Promise<T>): Promise<T> {
    return this.gates.pass(() => this.lend(pool, work));
  }

  /** Lends a connection; one that broke meanwhile does not go back to the pool. */
  private async lend<T>(pool: Pool, work: (client: Client, lose: (error: Error) => void) => Promise<T>): Promise<T> {
    const client = await pool.connect().catch((error: unknown) => {
      throw translateError(error);
    });
    let broken: Error | undefined;
    const note = (error: Error) => {
      broken = error;
    };
    // Without a listener an 'error' event between two statements would end the process.
    client.on('error', note);
    try {
      return await work(client, note);
    } catch (error) {
      if (connectionLost(error)) broken ??= error as Error;
      throw translateError(error);
    } finally {
      client.off('error', note);
      client.release(broken);
    }
  }
}

const isPooled = (options: DatabaseOptions): boolean => options.directUrl !== undefined && options.directUrl !== options.url;

function dataSourceOptions(options: DatabaseOptions, onError: (error: Error) => void): ConstructorParameters<typeof DataSource>[0] {
  const pooled = isPooled(options);
  const timeoutMs = options.statementTimeoutMs ?? 30_000;
  const place =
    options.replicaUrl === undefined
      ? { url: options.url }
      : { replication: { master: { url: options.url }, slaves: [{ url: options.replicaUrl }], defaultMode: 'master' as const } };
  return {
    type: 'postgres',
    ...place,
    applicationName: options.applicationName,
    poolSize: options.poolMax,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    poolErrorHandler: onError,
    installExtensions: false,
    synchronize: false,
    migrationsRun: false,
    migrations: [...MIGRATIONS],
    migrationsTableName: 'schema_migrations',
    migrationsTransactionMode: 'each',
    logging: false,
    extra: {
      keepAlive: true,
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      maxLifetimeSeconds: CONNECTION_LIFETIME_SECONDS,
      // The last resort against a server that accepts and never answers.
      query_timeout: timeoutMs + CONNECT_TIMEOUT_MS,
      // PgBouncer refuses start parameters that it does not track.
      ...(pooled ? {} : { statement_timeout: timeoutMs, idle_in_transaction_session_timeout: timeoutMs }),
    },
  };
}
