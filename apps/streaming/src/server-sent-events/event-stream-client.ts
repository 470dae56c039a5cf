import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { CloseReason, StreamClient, StreamEvent, StreamIdentity } from '../live-feed/listeners.js';

const BUFFERED_BYTES_MAX = 1_048_576;
const HEARTBEAT_MS = 15_000;

/** A client that reads server-sent events: one channel, one direction. */
export class EventStreamClient implements StreamClient {
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(
    readonly who: StreamIdentity,
    private readonly response: ServerResponse,
    private readonly onSlow: () => void,
  ) {}

  /** Sends the head of the answer. `headers`: what the edge had put on it. */
  begin(headers: OutgoingHttpHeaders): void {
    this.response.writeHead(200, {
      ...headers,
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'private, no-store',
      'X-Accel-Buffering': 'no',
    });
    // The first line tells proxies and clients that the stream is open.
    this.response.write(':)\n');
    this.heartbeat = setInterval(() => this.write(':thump\n'), HEARTBEAT_MS);
    this.response.once('close', () => clearInterval(this.heartbeat));
  }

  send({ event, payload }: StreamEvent): void {
    // A payload is JSON without line breaks, or an id.
    this.write(`event: ${event}\ndata: ${payload}\n\n`);
  }

  close(reason: CloseReason): void {
    clearInterval(this.heartbeat);
    if (reason === 'slow') this.response.destroy();
    else this.response.end();
  }

  private write(text: string): void {
    if (this.response.writableEnded || this.response.destroyed) return;
    if (this.response.writableLength > BUFFERED_BYTES_MAX) {
      this.onSlow();
      return;
    }
    this.response.write(text);
  }
}
