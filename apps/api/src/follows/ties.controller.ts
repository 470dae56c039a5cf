import { Body, Controller, Inject, Param, Req, UseGuards } from '@nestjs/common';
import type { Account } from '@trunkline/domain';
import { FollowParams, MuteParams, readParams, recordNotFound, renderRelationship, type RelationshipJson } from '@trunkline/mastodon-api';
import { BACKBONE, ClientGuard, personOf, PostOk, type Backbone } from '@trunkline/platform';
import { blockAccount, followAccount, followError, isDomainSuspended, isFeedsDown, rejectFollow, unblockAccount, unfollowAccount, type FollowOptions } from '@trunkline/social';
import type { FastifyRequest } from 'fastify';
import { findAccount } from '../accounts/find-account.js';
import { muteAccount, unmuteAccount } from './mute-account.js';

type Work = (me: Account, target: Account) => Promise<unknown>;

/** How the signed-in person stands to another account, and changing it. Every answer is the relationship afterwards. */
@Controller('/api/v1/accounts/:id')
@UseGuards(ClientGuard)
export class TiesController {
  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {}

  /** An account elsewhere, or a locked one, is requested until it answers. */
  @PostOk('follow')
  follow(@Req() request: FastifyRequest, @Param('id') id: string, @Body() body: unknown): Promise<RelationshipJson | undefined> {
    const { showBoosts, notify, languages } = readParams(FollowParams, body);
    const options: Partial<FollowOptions> = {
      ...(showBoosts === undefined ? {} : { showBoosts }),
      ...(notify === undefined ? {} : { notify }),
      ...(languages === undefined ? {} : { languages: languages.length === 0 ? null : languages }),
    };
    return this.change(request, id, async (me, target) => {
      if (isDomainSuspended(this.backbone.policy.current(), target)) throw recordNotFound();
      const outcome = await followAccount(this.backbone, me, target, options);
      if (!outcome.ok) throw followError(outcome.error);
      await this.renewFeed(me);
    });
  }

  @PostOk('unfollow')
  unfollow(@Req() request: FastifyRequest, @Param('id') id: string): Promise<RelationshipJson | undefined> {
    return this.change(request, id, (me, target) => unfollowAccount(this.backbone, me.id, target.id));
  }

  @PostOk('remove_from_followers')
  removeFollower(@Req() request: FastifyRequest, @Param('id') id: string): Promise<RelationshipJson | undefined> {
    return this.change(request, id, async (me, target) => {
      if ((await this.backbone.store.follow(target.id, me.id)) !== null) await rejectFollow(this.backbone, target.id, me.id);
    });
  }

  /** Nobody blocks themselves: asked to, nothing happens. */
  @PostOk('block')
  block(@Req() request: FastifyRequest, @Param('id') id: string): Promise<RelationshipJson | undefined> {
    return this.change(request, id, (me, target) => blockAccount(this.backbone, me.id, target.id));
  }

  @PostOk('unblock')
  unblock(@Req() request: FastifyRequest, @Param('id') id: string): Promise<RelationshipJson | undefined> {
    return this.change(request, id, async (me, target) => {
      await unblockAccount(this.backbone, me.id, target.id);
      await this.renewFeed(me);
    });
  }

  @PostOk('mute')
  mute(@Req() request: FastifyRequest, @Param('id') id: string, @Body() body: unknown): Promise<RelationshipJson | undefined> {
    const how = readParams(MuteParams, body);
    return this.change(request, id, (me, target) => muteAccount(this.backbone, me.id, target.id, how));
  }

  @PostOk('unmute')
  unmute(@Req() request: FastifyRequest, @Param('id') id: string): Promise<RelationshipJson | undefined> {
    return this.change(request, id, async (me, target) => {
      await unmuteAccount(this.backbone, me.id, target.id);
      await this.renewFeed(me);
    });
  }

  /** What was kept out of the home feed may be wanted now. No event tells of this: nobody else is concerned. */
  private async renewFeed(me: Account): Promise<void> {
    await this.backbone.feeds.renew(me.id).catch((error: unknown) => {
      if (!isFeedsDown(error)) throw error;
    });
  }

  private async change(request: FastifyRequest, id: string, work: Work): Promise<RelationshipJson | undefined> {
    const { account: me } = personOf(request);
    const target = await findAccount(this.backbone, id, me.id);
    await work(me, target);
    const [relationship] = await this.backbone.store.relationships(me.id, [target.id]);
    return relationship === undefined ? undefined : renderRelationship(relationship);
  }
}
