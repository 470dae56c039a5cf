import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import {
  covers,
  disabledUser,
  outsideScopes,
  routeFor,
  routeNotFound,
  signInNeeded,
  tokenInvalid,
  tokenMissing,
  tooManyRequests,
  unapprovedUser,
  unconfirmedUser,
  userNeeded,
  type Route,
} from '@trunkline/mastodon-api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BACKBONE, type Backbone } from '../backbone/backbone.js';
import { RateLimiter, rateHeaders, retryAfterSeconds, strictest, type RateVerdict } from '../rate-limit.js';
import { beginningOf } from './begins-with.js';
import { addQueryToBody, bearerOf, NOBODY, type Client } from './client.js';
import { isCounted, rateRulesFor } from './rate-rules.js';

/**
 * Lets a request pass when the route table says so: token, scopes, the person's standing, rate limits. A route
 * that is not in the table is closed: forgetting a row cannot open anything.
 */
@Injectable()
export class ClientGuard implements CanActivate {
  private readonly limiter: RateLimiter;

  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {
    this.limiter = new RateLimiter(backbone.rates, (err) =>
      backbone.parts.logger.warn({ event: 'rate_limit_unavailable', err }, 'requests pass uncounted'),
    );
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const path = request.routeOptions.url ?? '';
    const route = routeFor(request.method, path);
    if (route === undefined) throw routeNotFound();
    // What one token may read is nobody else's, and no cache can tell tokens apart.
    reply.header('Cache-Control', 'private, no-store');
    const bearer = route.auth === 'none' ? null : bearerOf(request);
    const known = bearer === null ? NOBODY : await this.known(request, bearer, context.getHandler());
    // Counted before anybody is refused: who tries tokens is a stranger who asks often.
    await this.limit(request, reply, path, known ?? NOBODY);
    if (known === null) throw tokenInvalid();
    if (bearer === null) this.admitStranger(route);
    request.client = known;
    admit(route, known);
    if (!route.path.startsWith('/oauth/authorize')) addQueryToBody(request);
    return true;
  }

  /** null: no such token. */
  private async known(request: FastifyRequest, bearer: string, handler: object): Promise<Client | null> {
    const { changes, clients } = this.backbone;
    const syncing = changes.sync();
    const key = clients.keyOf(bearer);
    const guess = clients.guess(key);
    if (guess !== undefined) beginningOf(handler)?.(this.backbone, request, guess);
    request.isSynced = await syncing;
    return clients.find(key, bearer, request.isSynced);
  }

  private admitStranger(route: Route): void {
    if (route.auth === 'none') return;
    if (route.auth !== 'optional') throw tokenMissing();
    // A server of limited federation shows itself to its own people only (Mastodon, LIMITED_FEDERATION_MODE).
    if (this.backbone.settings.limitedFederation && !route.path.includes('/instance')) throw signInNeeded();
  }

  private async limit(request: FastifyRequest, reply: FastifyReply, path: string, client: Client): Promise<void> {
    if (!isCounted(this.backbone.settings.nodeEnv, request.ip)) return;
    const nowMs = this.backbone.clock.nowMs();
    const subject = { ip: request.ip, tokenId: client.token?.tokenId ?? null, userId: client.user?.id ?? null };
    const checks = rateRulesFor(request.method, path, subject);
    const [first, ...others] = await Promise.all(checks.map(({ rule, key }) => this.limiter.check(rule, key, nowMs)));
    if (first === undefined) return;
    const verdict: RateVerdict = strictest(first, ...others);
    reply.headers(rateHeaders(verdict));
    if (!verdict.allowed) throw tooManyRequests(retryAfterSeconds(verdict, nowMs));
  }
}

/**
 * Scope first, as Mastodon does; then whether a person is needed and in good standing.
 * @throws AppError 401, 403 or 422, as Mastodon answers
 */
export function admit(route: Route, { token, user, account }: Client): void {
  if (token !== null && !mayBy(route, token.scopes)) throw outsideScopes();
  if (route.auth !== 'user') return;
  if (user === null || account === null) throw userNeeded();
  if (user.disabled || account.suspendedAt !== null || account.deletedAt !== null) throw disabledUser();
  if (route.unconfirmedToo === true) return;
  if (user.confirmedAt === null) throw unconfirmedUser();
  if (!user.approved) throw unapprovedUser();
}

const mayBy = (route: Route, granted: readonly string[]): boolean =>
  route.scope === null || covers(granted, route.scope) || (route.orScope !== undefined && covers(granted, route.orScope));
