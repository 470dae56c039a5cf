import type { WebSocket } from 'ws';
import type { CloseReason, StreamClient, StreamEvent, StreamIdentity } from '../live-feed/listeners.js';

/** What may wait for a slow reader before the connection is given up. */
export const BUFFERED_BYTES_MAX = 1_048_576;

/** RFC 6455 §7.4.1: policy violation and service restart (IANA's registry). */
const CLOSE_CODES: Readonly<Record<Exclude<CloseReason, 'slow'>, number>> = { revoked: 1008, restart: 1012 };

/** A client on a WebSocket. */
export class SocketClient implements StreamClient {
  constructor(
    readonly who: StreamIdentity,
    private readonly socket: WebSocket,
    private readonly onSlow: () => void,
  ) {}

  send(event: StreamEvent): void {
    this.write({ stream: event.stream, event: event.event, payload: event.payload });
  }

  refuse(status: number, error: string): void {
    this.write({ error, status });
  }

  close(reason: CloseReason): void {
    // Who does not read would never see a polite goodbye either.
    if (reason === 'slow') this.socket.terminate();
    else this.socket.close(CLOSE_CODES[reason]);
  }

  private write(message: Readonly<Record<string, unknown>>): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (this.socket.bufferedAmount > BUFFERED_BYTES_MAX) {
      this.onSlow();
      return;
    }
    this.socket.send(JSON.stringify(message));
  }
}
