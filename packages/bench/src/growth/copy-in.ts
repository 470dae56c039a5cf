import { once } from 'node:events';
import type { EventEmitter } from 'node:events';

/** The connection of a `pg` client, as far as COPY needs it. */
interface Connection {
  readonly stream: EventEmitter & { readonly writableNeedDrain: boolean };
  query(sql: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(reason: string): void;
}

/** A client of `pg`: whatever has a `submit` is a query to it. */
interface CopyingClient {
  query(statement: CopyIn): unknown;
}

const CHUNK_CHARS = 262_144;

/**
 * Rows into a table by COPY, in its text format, at the pace at which the server takes them. Values must hold no tab, back slash or end of line.
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY
 */
export function copyIn(client: CopyingClient, into: string, rows: Iterable<string>): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(new CopyIn(`COPY ${into} FROM STDIN`, rows, (error) => (error === null ? resolve() : reject(error))));
  });
}

class CopyIn {
  private failure: Error | null = null;

  constructor(
    private readonly sql: string,
    private readonly rows: Iterable<string>,
    private readonly done: (error: Error | null) => void,
  ) {}

  submit(connection: Connection): void {
    connection.query(this.sql);
  }

  handleCopyInResponse(connection: Connection): void {
    this.send(connection).catch((error: unknown) => connection.sendCopyFail(String(error)));
  }

  handleCommandComplete(): void {
    // It is over when the server is ready for the next one.
  }

  handleReadyForQuery(): void {
    this.done(this.failure);
  }

  handleError(error: Error): void {
    this.failure = error;
    this.done(error);
  }

  private async send(connection: Connection): Promise<void> {
    let chunk = '';
    for (const row of this.rows) {
      chunk += row;
      chunk += '\n';
      if (chunk.length < CHUNK_CHARS) continue;
      connection.sendCopyFromChunk(Buffer.from(chunk));
      chunk = '';
      if (connection.stream.writableNeedDrain) await once(connection.stream, 'drain');
    }
    if (chunk !== '') connection.sendCopyFromChunk(Buffer.from(chunk));
    connection.endCopyFrom();
  }
}
