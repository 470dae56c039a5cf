import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AppError } from '@trunkline/kernel';
import { routeFor, routeNotFound, tooManyRequests, userNeeded, type Route } from '@trunkline/mastodon-api';
import { addressGroup, admit, answerFor, BACKBONE, clientAddresses, isCounted, RateLimiter, retryAfterSeconds, STREAMS_RULE, type Backbone } from '@trunkline/platform';
import { WebSocketServer, type WebSocket } from 'ws';
import { bearerInUpgrade } from '../connections/bearer-in-upgrade.js';
import { identifyClient } from '../connections/identify-client.js';
import { channelFor, readClientMessage } from '../connections/subscribe-request.js';
import { LiveFeed } from '../live-feed/live-feed.adapter.js';
import { refuseUpgrade } from './refuse-upgrade.js';
import { SocketClient } from './socket-client.js';

const PATH = '/api/v1/streaming';
const MESSAGE_BYTES_MAX = 4_096;
const PENDING_MAX = 256;
const PING_MS = 30_000;
const GOODBYE_MS = 1_000;

/** WebSockets at exactly `/api/v1/streaming`. Other paths are answered as if nothing but HTTP were spoken here. */
@Injectable()
export class WebSocketGateway implements OnApplicationBootstrap {
  private readonly sockets = new WebSocketServer({ noServer: true, clientTracking: true, maxPayload: MESSAGE_BYTES_MAX, perMessageDeflate: false });
  private readonly alive = new WeakSet<WebSocket>();
  private readonly route: Route;
  private readonly limiter: RateLimiter;
  private readonly addressOf: (request: IncomingMessage) => string;
  private pending = 0;
  private stopping = false;

  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(BACKBONE) private readonly backbone: Backbone,
    private readonly feed: LiveFeed,
  ) {
    const route = routeFor('GET', PATH);
    if (route === undefined) throw new Error(`${PATH} is missing in the route table`);
    this.route = route;
    this.limiter = new RateLimiter(backbone.rates, (err) =>
      backbone.parts.logger.warn({ event: 'rate_limit_unavailable', err }, 'sockets pass uncounted'),
    );
    this.addressOf = clientAddresses(backbone.settings.trustedProxies);
  }

  onApplicationBootstrap(): void {
    const server = this.host.httpAdapter.getHttpServer() as Server;
    // Without this a request that merely offers HTTP/2 (`Upgrade: h2c`) to any path would lose its answer.
    Object.assign(server, { shouldUpgradeCallback: isOurs });
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => void this.upgrade(request, socket, head));
    const pings = setInterval(() => this.ping(), PING_MS);
    this.backbone.parts.shutdown.register('finish', 'web-sockets', async (signal) => {
      clearInterval(pings);
      await this.sayGoodbye(signal);
    });
  }

  private async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const onEarlyError = (): void => void socket.destroy();
    socket.on('error', onEarlyError);
    this.pending += 1;
    try {
      const open = await this.admitted(request);
      socket.off('error', onEarlyError);
      if (!socket.destroyed) this.sockets.handleUpgrade(request, socket, head, open);
    } catch (error) {
      const answer = answerFor(error);
      if (answer.status >= 500) this.backbone.parts.logger.warn({ event: 'upgrade_failed', err: error }, 'a WebSocket was refused');
      refuseUpgrade(socket, answer);
    } finally {
      this.pending -= 1;
    }
  }

  /** Everything that can refuse happens before the handshake, as an HTTP answer; what is returned runs after it. */
  private async admitted(request: IncomingMessage): Promise<(socket: WebSocket) => void> {
    if (this.stopping || this.pending > PENDING_MAX) throw busy();
    if (request.method !== 'GET') throw routeNotFound();
    await this.count(request);
    const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
    const identified = await identifyClient(this.backbone, bearerInUpgrade(request.headers, query));
    admit(this.route, identified);
    const { token, account } = identified;
    if (token === null || account === null) throw userNeeded();
    const who = { accountId: account.id, tokenId: token.tokenId, scopes: token.scopes };
    const stream = query.get('stream');
    const first = stream === null ? null : channelFor({ stream, tag: query.get('tag'), list: query.get('list') }, token.scopes);
    if (this.stopping) throw busy();
    return (socket) => {
      const client: SocketClient = new SocketClient(who, socket, () => this.feed.closeAll((one) => one === client, 'slow'));
      if (!this.feed.listeners.connect(client)) {
        client.refuse(429, 'Too many connections with this token');
        socket.close(1013);
        return;
      }
      this.attend(socket, client);
      if (first !== null) this.feed.subscribe(client, first);
    };
  }

  /** Before the token is looked up: who tries tokens is a stranger who asks often. @throws AppError 429 */
  private async count(request: IncomingMessage): Promise<void> {
    const { settings, clock } = this.backbone;
    const address = this.addressOf(request);
    if (!isCounted(settings.nodeEnv, address)) return;
    const verdict = await this.limiter.check(STREAMS_RULE, addressGroup(address), clock.nowMs());
    if (!verdict.allowed) throw tooManyRequests(retryAfterSeconds(verdict, clock.nowMs()));
  }

  private attend(socket: WebSocket, client: SocketClient): void {
    const { streamingConnectedClients } = this.backbone.parts.metrics;
    streamingConnectedClients.inc({ type: 'websocket' });
    this.alive.add(socket);
    socket.on('pong', () => this.alive.add(socket));
    // Broken frames and oversized messages: ws closes with the fitting code, there is nothing to add.
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (!isBinary) this.onMessage(client, data.toString('utf8'));
    });
    socket.once('close', () => {
      streamingConnectedClients.dec({ type: 'websocket' });
      this.feed.listeners.disconnect(client);
    });
  }

  private onMessage(client: SocketClient, text: string): void {
    try {
      const message = readClientMessage(text);
      const channel = channelFor(message, client.who.scopes);
      if (message.type === 'unsubscribe') this.feed.listeners.unsubscribe(client, channel);
      else if (!this.feed.subscribe(client, channel)) client.refuse(429, 'Too many subscriptions');
    } catch (error) {
      const { status, body } = answerFor(error);
      client.refuse(status, body.error);
    }
  }

  /** Who did not answer since the last round is gone. */
  private ping(): void {
    for (const socket of this.sockets.clients) {
      if (!this.alive.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }

  private async sayGoodbye(signal: AbortSignal): Promise<void> {
    this.stopping = true;
    const closed = [...this.sockets.clients].map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())));
    this.feed.closeAll((client) => client instanceof SocketClient, 'restart');
    const cutOff = (): void => this.sockets.clients.forEach((socket) => socket.terminate());
    const timer = setTimeout(cutOff, GOODBYE_MS);
    signal.addEventListener('abort', cutOff, { once: true });
    await Promise.all(closed);
    clearTimeout(timer);
  }
}

function isOurs(request: IncomingMessage): boolean {
  const path = (request.url ?? '').split('?', 1)[0];
  return (path === PATH || path === `${PATH}/`) && request.headers.upgrade?.toLowerCase() === 'websocket';
}

const busy = (): AppError => new AppError(503, 'streaming_busy', 'Service temporarily unavailable', { retryAfterSeconds: 5 });
