import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseActivity, parseNote, sanitizeHtml, type RemoteNote } from '@trunkline/activitypub';
import { serverLibrary } from '../harness/server-library.js';
import { APPLY, RECEIVE, WAITING } from './bare-statements.js';

interface Client {
  query<R>(sql: string, params?: readonly unknown[]): Promise<{ rows: R[] }>;
  release(): void;
}

interface Pool extends Client {
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

  /** Applies what is stored, batch after batch, until so many rows are applied. */
  async applyWhile({ until, mentionedId }: { readonly until: number; readonly mentionedId: string }): Promise<number> {
    let applied = 0;
    while (applied < until) {
      const { rows } = await this.pool.query<{ id: string; body: string }>(WAITING, [BATCH]);
      if (rows.length === 0) await sleep(2);
      else await this.applyBatch(rows, mentionedId);
      applied += rows.length;
    }
    return applied;
  }

  private async flush(): Promise<void> {
    const group = this.waiting.splice(0, GROUP_MAX);
    this.flushes += 1;
    try {
      const rows = group.map((one) => one.row);
      await this.pool.query(RECEIVE, [
        rows.map(() => this.id()),
        rows.map((row) => row.activityId),
        rows.map((row) => row.type),
        rows.map((row) => row.actor),
        rows.map((row) => new URL(row.actor).host),
        rows.map((row) => row.body),
      ]);
      for (const { resolve } of group) resolve();
    } catch (error) {
      for (const { reject } of group) reject(error);
    } finally {
      this.flushes -= 1;
      if (this.waiting.length > 0) void this.flush();
    }
  }

  private async applyBatch(rows: readonly { id: string; body: string }[], mentionedId: string): Promise<void> {
    const notes = rows.flatMap(({ id, body }) => {
      const activity = parseActivity(JSON.parse(body));
      if (!activity.ok || activity.value.object.json === null) return [];
      const note = parseNote(activity.value.object.json, { actorUri: activity.value.actorUri });
      return note.ok ? [{ id, note: note.value, content: sanitizeHtml(note.value.contentHtml) }] : [];
    });
    if (notes.length !== rows.length) throw new Error('a body could not be read');
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query(APPLY, parametersOf(notes, mentionedId));
      await client.query('COMMIT');
    } finally {
      client.release();
    }
  }

  private id(): string {
    this.nextId += 1n;
    return String(this.nextId);
  }
}

function parametersOf(notes: readonly { id: string; note: RemoteNote; content: string }[], mentionedId: string): unknown[] {
  return [
    notes.map(({ id }) => id),
    notes.map(({ note }) => note.attributedTo),
    notes.map(({ note }) => note.uri),
    notes.map(({ content }) => content),
    notes.map(({ note }) => note.published ?? new Date()),
    notes.map(({ note }) => JSON.stringify(note.attachments)),
    notes.map(({ note }) => note.hashtags[0] ?? ''),
    mentionedId,
    notes.map(() => randomUUID()),
    notes.map(({ id, note }) => JSON.stringify({ statusId: id, authorUri: note.attributedTo, visibility: note.visibility })),
  ];
}
