import type { ChangeName } from '@trunkline/domain';

/** Rows by SQL. bigint columns come back as decimal strings, timestamptz as Date, jsonb parsed. */
export interface Queryable {
  query<R = Record<string, unknown>>(sql: string, params?: readonly unknown[]): Promise<R[]>;
}

export interface Statement {
  readonly text: string;
  readonly values?: unknown[];
  readonly name?: string;
}

export interface Client {
  query(statement: string | Statement): Promise<{ command: string; rows: unknown[] }>;
  release(destroy?: Error | boolean): void;
  on(event: 'error', listener: (error: Error) => void): void;
  off(event: 'error', listener: (error: Error) => void): void;
}

/** Statements that are prepared; further ones are parsed at each call, so that made-up SQL cannot fill the connections. */
export const PREPARED_MAX = 400;

/**
 * Names statements, so that each connection parses and plans them once: for most of ours that costs several times
 * their execution. The texts are constants of this package. Postgres keeps planning a statement anew as long as the plan for a short list looks much cheaper than
 * the one for any; `(SELECT $1::bigint[])` hides the length of the list from it where that happened.
 */
export class StatementNames {
  private readonly names = new Map<string, string>();

  constructor(private readonly max: number) {}

  statement(text: string, params: readonly unknown[] | undefined): Statement {
    if (params === undefined || params.length === 0) return { text };
    const known = this.names.get(text);
    const name = known ?? (this.names.size < this.max ? `s${this.names.size}` : undefined);
    if (known === undefined && name !== undefined) this.names.set(text, name);
    return { text, values: params as unknown[], ...(name === undefined ? {} : { name }) };
  }
}

/** One transaction's view of the database, with what shall happen once it is committed. */
export class Transaction implements Queryable {
  readonly committed: (() => void)[] = [];
  readonly changed = new Set<ChangeName>();
  private over = false;
  /** Settles with the last statement asked for so far; never rejects. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly client: Client,
    private readonly names: StatementNames,
  ) {}

  /** Statements asked for side by side go one after the other: a connection takes no more. */
  query<R>(sql: string, params?: readonly unknown[]): Promise<R[]> {
    const rows = this.last.then(async () => {
      // A statement that was not awaited would land outside the transaction.
      if (this.over) throw new TypeError('the transaction is over');
      return (await this.client.query(this.names.statement(sql, params))).rows as R[];
    });
    this.last = rows.catch(() => undefined);
    return rows;
  }

  /** Resolves when all that was asked for so far is answered. */
  async settled(): Promise<void> {
    await this.last;
  }

  /** What has not begun by now never does. */
  end(): void {
    this.over = true;
  }
}
