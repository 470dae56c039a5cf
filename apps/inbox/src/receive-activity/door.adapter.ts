import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { keyHost } from '@trunkline/http-signatures';
import { BACKBONE, type Backbone } from '@trunkline/platform';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Admission } from './admission.js';
import { Backlog } from './backlog.js';
import { backlogFull, overloaded, throttled, type Refusal } from './refusals.js';

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
    return this.admission.isFullFor(sender) || this.backlog.isFullFor(sender) ? throttled().error : null;
  }

  private sendAway(request: FastifyRequest, reply: FastifyReply, { status, safe, retryAfterSeconds = 1 }: Refusal): void {
    this.backbone.parts.metrics.inboxRequests.inc({ result: status === 429 ? 'throttled' : 'unavailable' });
    // What a polite sender has on its way is thrown away; a longer body is not waited for.
    if (!(Number(request.headers['content-length']) <= BODY_BYTES_MAX)) reply.header('Connection', 'close');
    reply.code(status).header('Retry-After', String(retryAfterSeconds)).header('Cache-Control', 'no-store').send({ error: safe });
  }
}
