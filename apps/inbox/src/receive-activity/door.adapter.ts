import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { keyHost } from '@trunkline/http-signatures';
import { followsToDomains, RelayStore } from '@trunkline/persistence';
import { BACKBONE, type Backbone } from '@trunkline/platform';
import { registrableDomain, RelayBook } from '@trunkline/social';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Admission } from './admission.js';
import { Backlog } from './backlog.js';
import { KeptBytes } from './kept-bytes.js';
import { backlogFull, keptEnough, overloaded, throttled, type Refusal } from './refusals.js';

const INBOX = /^\/inbox(?:[/?]|$)/;
/** Of the header that names the key, in either scheme; nothing is believed by it, it only tells whom to send away. */
const KEY_ID = /keyId="([^"]{1,2000})"/i;
const BODY_BYTES_MAX = 1_048_576;

/**
 * Stands before everything else: whoever would be refused for want of room is refused on the headers alone, before a
 * body is read or a signature looked at, so that refusing costs a fraction of accepting.
 */
@Injectable()
export class DoorAdapter {
  readonly admission = new Admission();
  readonly backlog: Backlog;
  readonly kept: KeptBytes;
  readonly relays: RelayBook;

  constructor(
    @Inject(BACKBONE) private readonly backbone: Backbone,
    host: HttpAdapterHost,
  ) {
    const { inbound, settings, parts } = backbone;
    const onError = (err: unknown): void => parts.logger.warn({ event: 'backlog_not_seen', err }, 'the last look at the backlog counts');
    this.backlog = new Backlog((rowsMax) => inbound.backlog(rowsMax), onError, { rowsMax: settings.inboxBacklogMax });
    this.backlog.start();
    parts.metrics.onCollect(() => parts.metrics.activityBacklog.set(this.backlog.rows));
    parts.shutdown.register('stop-consuming', 'backlog', () => this.backlog.stop());
    this.relays = new RelayBook(new RelayStore(backbone.db), () => backbone.clock.nowMs());
    this.kept = keptBytesOf(backbone, this.relays);
    this.kept.start();
    parts.shutdown.register('stop-consuming', 'kept bytes', () => this.kept.stop());
    // Here and not later: hooks count for routes that are registered after them.
    (host.httpAdapter.getInstance() as FastifyInstance).addHook('onRequest', (request, reply, done) => {
      const refusal = request.method === 'POST' && INBOX.test(request.url) ? this.refusalOf(request) : null;
      if (refusal === null) done();
      else this.sendAway(request, reply, refusal);
    });
  }

  private refusalOf({ headers }: FastifyRequest): Refusal | null {
    if (this.admission.isFull) return overloaded().error;
    if (this.backlog.isFull) return backlogFull().error;
    const keyId = KEY_ID.exec(String(headers['signature-input'] ?? headers['signature'] ?? ''))?.[1];
    const sender = keyId === undefined ? null : keyHost(keyId);
    if (sender === null) return null;
    if (this.kept.isFullFor(sender)) return keptEnough().error;
    return this.admission.isFullFor(sender) || this.backlog.isFullFor(sender) ? throttled().error : null;
  }

  private sendAway(request: FastifyRequest, reply: FastifyReply, { status, safe, retryAfterSeconds = 1 }: Refusal): void {
    this.backbone.parts.metrics.inboxRequests.inc({ result: status === 429 ? 'throttled' : 'unavailable' });
    // What a polite sender has on its way is thrown away; a longer body is not waited for.
    if (!(Number(request.headers['content-length']) <= BODY_BYTES_MAX)) reply.header('Connection', 'close');
    reply.code(status).header('Retry-After', String(retryAfterSeconds)).header('Cache-Control', 'no-store').send({ error: safe });
  }
}

function keptBytesOf({ db, rates, clock, parts }: Backbone, relays: RelayBook): KeptBytes {
  return new KeptBytes({
    rates,
    // Handles may lie under the bare domain, their actors on another host of it.
    followsTo: (host, max) => followsToDomains(db, [host, registrableDomain(host)], max),
    isRelay: (host) => relays.isHost(host),
    nowMs: () => clock.nowMs(),
    onFull: (domain, bytes) => parts.logger.warn({ event: 'domain_kept_enough', domain, bytes }, 'a domain sent as much as is kept of it in a day'),
    onFault: (err) => parts.logger.warn({ event: 'rates_away', err }, 'what is kept of domains is not counted for now'),
  });
}
