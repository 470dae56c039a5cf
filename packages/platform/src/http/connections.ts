import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 10;

/**
 * Knows a server's sockets and which of them wait for an answer, so that the server can be closed without resetting
 * anyone: node's own close cuts idle keep-alive sockets at once, also those whose next request is on its way.
 */
export class Connections {
  private readonly busy = new Map<Socket, number>();

  constructor(private readonly server: Server) {
    server.on('connection', (socket: Socket) => {
      this.busy.set(socket, 0);
      socket.once('close', () => this.busy.delete(socket));
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const { socket } = request;
      this.add(socket, 1);
      response.once('close', () => this.add(socket, -1));
    });
  }

  get open(): number {
    return this.busy.size;
  }

  /**
   * Takes no new connections; answers what comes on the old ones (with `Connection: close`, the edge sees to that)
   * until they are gone or `lingerMs` have passed; then ends idle ones and waits for the busy ones until the signal
   * cuts them off.
   */
  async close(lingerMs: number, signal: AbortSignal): Promise<void> {
    // The method of net: that of http would cut the idle sockets.
    NetServer.prototype.close.call(this.server);
    const untilMs = performance.now() + lingerMs;
    while (this.busy.size > 0 && performance.now() < untilMs && !signal.aborted) await sleep(POLL_MS);
    while (this.busy.size > 0 && !signal.aborted) {
      for (const [socket, requests] of this.busy) if (requests === 0) socket.destroySoon();
      await sleep(POLL_MS);
    }
    for (const socket of this.busy.keys()) socket.destroy();
  }

  private add(socket: Socket, requests: number): void {
    const before = this.busy.get(socket);
    if (before !== undefined) this.busy.set(socket, before + requests);
  }
}
