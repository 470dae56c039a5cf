import type { OutgoingHttpHeaders } from 'node:http';
import { Controller, Get, Inject, Req, Res, UseGuards } from '@nestjs/common';
import { tooManyRequests } from '@trunkline/mastodon-api';
import { BACKBONE, ClientGuard, personOf, type Backbone } from '@trunkline/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { channelFor } from '../connections/subscribe-request.js';
import { LiveFeed } from '../live-feed/live-feed.adapter.js';
import { EventStreamClient } from './event-stream-client.js';

const BASE = '/api/v1/streaming';
const RETRY_SECONDS = 30;

/** Streams as server-sent events, one channel a request. */
@Controller(BASE)
export class ServerSentEventsController {
  constructor(
    @Inject(BACKBONE) private readonly backbone: Backbone,
    private readonly feed: LiveFeed,
  ) {
    backbone.parts.shutdown.register('finish', 'event-streams', () => feed.closeAll((client) => client instanceof EventStreamClient, 'restart'));
  }

  /** Mastodon's: says that the process answers, nothing more. */
  @Get('health')
  health(@Res() reply: FastifyReply): void {
    reply.type('text/plain; charset=utf-8').header('Cache-Control', 'no-store').send('OK');
  }

  @Get(['user', 'user/notification', 'public', 'public/local', 'public/remote', 'hashtag', 'hashtag/local', 'list', 'direct'])
  @UseGuards(ClientGuard)
  open(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const { account, token } = personOf(request);
    const query = request.query as Record<string, unknown>;
    const channel = channelFor({ stream: streamOf(request), tag: query['tag'], list: query['list'] }, token.scopes);
    if (request.method === 'HEAD') {
      reply.type('text/event-stream').send('');
      return;
    }
    const { raw } = reply;
    const who = { accountId: account.id, tokenId: token.tokenId, scopes: token.scopes };
    const client: EventStreamClient = new EventStreamClient(who, raw, () =>
      this.feed.closeAll((one) => one === client, 'slow'),
    );
    if (!this.feed.listeners.connect(client)) throw tooManyRequests(RETRY_SECONDS);
    this.attend(raw, client);
    reply.hijack();
    client.begin(reply.getHeaders() as OutgoingHttpHeaders);
    this.feed.subscribe(client, channel);
  }

  private attend(raw: FastifyReply['raw'], client: EventStreamClient): void {
    const { streamingConnectedClients } = this.backbone.parts.metrics;
    streamingConnectedClients.inc({ type: 'eventsource' });
    raw.once('close', () => {
      streamingConnectedClients.dec({ type: 'eventsource' });
      this.feed.listeners.disconnect(client);
    });
  }
}

/** `/public/local?only_media=true` → `public:local:media`. */
function streamOf(request: FastifyRequest): string {
  const path = (request.routeOptions.url ?? '').replace(/\/$/, '');
  const stream = path.slice(`${BASE}/`.length).replaceAll('/', ':');
  const onlyMedia = (request.query as Record<string, unknown>)['only_media'];
  const wantsMedia = stream.startsWith('public') && (onlyMedia === 'true' || onlyMedia === '1');
  return wantsMedia ? `${stream}:media` : stream;
}
