import { serverLibrary } from '../harness/server-library.js';
import { applyBare, type Client, type Stored } from './bare-apply.js';
import { RECEIVE, WAITING } from './bare-statements.js';

interface Pool {
  query<R>(statement: { readonly name: string; readonly text: string; readonly values: readonly unknown[] }): Promise<{ rows: R[] }>;
  connect(): Promise<Client>;
}

interface Arrived {
  readonly activityId: string;
  readonly type: string;
  readonly actor: string;
  readonly body: string;
}

interface Waiting {
  readonly row: Arrived;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const GROUP_MAX = 50;
const BATCH = 100;
const CONNECTIONS = 4;

/** Rows into shadow tables with the columns and indexes of the real ones, in groups, and out of them in batches. */
export class BareLedger {
  private readonly pool: Pool;
  private waiting: Waiting[] = [];
  private flushes = 0;
  private stored = 0;
  private applied = 0;
  private wake: () => void = () => undefined;
  private nextId = BigInt(Date.now()) << 16n;

  constructor(databaseUrl: string) {
    const { Pool: PgPool } = serverLibrary<{ Pool: new (options: object) => Pool }>('persistence', 'pg');
    this.pool = new PgPool({ connectionString: databaseUrl, max: CONNECTIONS });
  }

  /** Resolves after the COMMIT of the row's group. */
  store(row: Arrived): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ row, resolve, reject });
      if (this.flushes === 0 || (this.flushes < 2 && this.waiting.length >= GROUP_MAX)) void this.flush();
    });
  }

  /** Applies what is stored, in full batches, until so many rows are applied: whoever receives knows when there are enough. */
  async applyWhile({ until }: { readonly until: number }): Promise<number> {
    const client = await this.pool.connect();
    try {
      for (let left = until; left > 0; ) {
        const wanted = Math.min(BATCH, left);
        while (this.stored - this.applied < wanted) await new Promise<void>((resolve) => (this.wake = resolve));
        const { rows } = await client.query<Stored>({ ...WAITING, values: [BATCH] });
        await applyBare(client, rows);
        this.applied += rows.length;
        left -= rows.length;
      }
      return until;
    } finally {
      client.release();
    }
  }

  private async flush(): Promise<void> {
    const group = this.waiting.splice(0, GROUP_MAX);
    this.flushes += 1;
    try {
      const rows = group.map((one) => one.row);
      await this.pool.query({ ...RECEIVE, values: [
        rows.map(() => this.id()),
        rows.map((row) => row.activityId),
        rows.map((row) => row.type),
        rows.map((row) => row.actor),
        rows.map((row) => new URL(row.actor).host),
        rows.map((row) => row.body),
      ] });
      for (const { resolve } of group) resolve();
      this.stored += group.length;
      this.wake();
    } catch (error) {
      for (const { reject } of group) reject(error);
    } finally {
      this.flushes -= 1;
      if (this.waiting.length > 0) void this.flush();
    }
  }

  private id(): string {
    this.nextId += 1n;
    return String(this.nextId);
  }
}
