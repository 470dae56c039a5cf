import { Inject, Injectable } from '@nestjs/common';
import { LIVE, LiveFollowersMessage, LiveHomesMessage, LiveKillMessage, LivePublicMessage, LiveUserMessage } from '@trunkline/contracts';
import type { AccountId } from '@trunkline/kernel';
import { BACKBONE, type Backbone } from '@trunkline/platform';
import { keepHomeFeed } from '@trunkline/social';
import type { Channel } from '../channels/channel.js';
import { deliverLive, type LiveItem } from './deliver-live.js';
import { Listeners, type CloseReason, type StreamClient } from './listeners.js';
import { LiveQueue } from './live-queue.js';

/** A revocation that the broker lost is noticed within a minute. */
const RECHECK_MS = 60_000;
const TOKENS_PER_QUERY = 1_000;

/** Joins the connections of this process with live traffic and with the end of tokens. */
@Injectable()
export class LiveFeed {
  readonly listeners: Listeners;
  private readonly queue: LiveQueue<LiveItem>;

  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {
    const { bus, parts } = backbone;
    this.queue = new LiveQueue(
      async (batch) => parts.metrics.streamingMessagesSent.inc(await deliverLive(backbone, this.listeners, batch)),
      (err) => parts.logger.warn({ event: 'live_messages_lost', err }, 'live messages could not be sent'),
      (dropped) => parts.metrics.streamingMessagesDropped.inc(dropped),
    );
    this.listeners = new Listeners({
      openUser: (accountId) => closing(bus.subscribe(LIVE.user(accountId), (message) => this.queue.push({ kind: 'user', accountId, message }), LiveUserMessage)),
      openHomes: () => closing(bus.subscribe(LIVE.homes, (message) => this.takeHomes(message), LiveHomesMessage)),
      openFollowers: () => closing(bus.subscribe(LIVE.followers, (message) => this.queue.push({ kind: 'followers', ...message }), LiveFollowersMessage)),
      openPublic: () => closing(bus.subscribe(LIVE.public, (message) => this.queue.push({ kind: 'public', message }), LivePublicMessage)),
    });
    const kills = bus.subscribe(LIVE.kill, ({ accountId }) => this.closeAll(({ who }) => who.accountId === accountId, 'revoked'), LiveKillMessage);
    const recheck = setInterval(() => void this.recheck(), RECHECK_MS);
    parts.shutdown.register('finish', 'live-feed', () => {
      clearInterval(recheck);
      kills.unsubscribe();
    });
  }

  /** False: the client may not listen to more. */
  subscribe(client: StreamClient, channel: Channel): boolean {
    if (!this.listeners.subscribe(client, channel)) return false;
    if (channel.source === 'user' || channel.source === 'list') void this.keepFeed(client.who.accountId);
    return true;
  }

  closeAll(which: (client: StreamClient) => boolean, reason: CloseReason): void {
    for (const client of this.listeners.everyClient()) {
      if (!which(client)) continue;
      this.backbone.parts.metrics.streamingClientsDropped.inc({ reason });
      client.close(reason);
    }
  }

  private takeHomes({ accountIds, message }: LiveHomesMessage): void {
    for (const id of accountIds.split(',')) {
      const accountId = id as AccountId;
      if (this.listeners.hasUser(accountId)) this.queue.push({ kind: 'user', accountId, message });
    }
  }

  /** Fan-out reaches those who have a home feed: whoever listens has one, also when they never asked for the timeline. */
  private async keepFeed(accountId: AccountId): Promise<void> {
    try {
      await keepHomeFeed(this.backbone, accountId);
    } catch (err) {
      this.backbone.parts.logger.warn({ event: 'feed_not_built', err }, 'a home feed could not be built for its stream');
    }
  }

  private async recheck(): Promise<void> {
    const tokenIds = [...new Set(this.listeners.everyClient().map(({ who }) => who.tokenId))];
    try {
      for (let at = 0; at < tokenIds.length; at += TOKENS_PER_QUERY) {
        const page = tokenIds.slice(at, at + TOKENS_PER_QUERY);
        const usable = await this.backbone.tokens.usable(page);
        const ended = new Set(page.filter((id) => !usable.has(id)));
        if (ended.size > 0) this.closeAll(({ who }) => ended.has(who.tokenId), 'revoked');
      }
    } catch (err) {
      this.backbone.parts.logger.warn({ event: 'tokens_not_rechecked', err }, 'open streams keep their tokens for another minute');
    }
  }
}

const closing = (subscription: { unsubscribe(): void }) => (): void => subscription.unsubscribe();
