import type { AccountId } from '@trunkline/kernel';
import type { Account, Relationship, Status, Visibility } from './model.js';

/** What decides who may see a status. A boost has facts of its own: its author is the booster. */
export interface StatusFacts {
  readonly authorId: AccountId;
  readonly visibility: Visibility;
  /** Everybody it is addressed to by name, silent mentions included. */
  readonly mentionedIds: ReadonlySet<AccountId>;
  /** Suspended here, on a suspended server, or gone for good. */
  readonly authorSuspended: boolean;
  readonly deleted: boolean;
}

/** How a viewer stands to one other account. */
export interface Ties {
  readonly follows: boolean;
  /** False where the viewer follows, but does not want this person's boosts. */
  readonly showsBoosts: boolean;
  /** Languages the viewer wants from this person; `null`: all. */
  readonly languages: readonly string[] | null;
  /** The viewer keeps this person in an exclusive list: what they write is read there, and not at home. */
  readonly apart?: boolean;
  /** The viewer blocks the account. */
  readonly blocks: boolean;
  readonly blockedEitherWay: boolean;
  readonly mutes: boolean;
  /** The mute ends by itself. Not told where ties come from memory. */
  readonly muteEnds?: boolean;
  /** The viewer blocks the account's whole server. */
  readonly blocksDomain: boolean;
}

/** A stranger, and everybody for a viewer without a token. */
export const NO_TIES: Ties = Object.freeze({
  follows: false,
  showsBoosts: true,
  languages: null,
  blocks: false,
  blockedEitherWay: false,
  mutes: false,
  blocksDomain: false,
});

/** `visible`, or why not. The reason is for logs and tests: a client gets 404 in every hidden case. */
export type Sight = 'visible' | 'deleted' | 'author-suspended' | 'blocked' | 'not-addressed' | 'not-a-follower';

/**
 * Whether `viewerId` (`null`: no token) may see `status`, and if not, why. Every path that reads, fans out,
 * streams or serves a status asks this rule. `ties` are the viewer's to the author.
 * @see https://docs.joinmastodon.org/entities/Status/#visibility
 */
export function sightOf(status: StatusFacts, viewerId: AccountId | null, ties: Ties): Sight {
  if (status.deleted) return 'deleted';
  if (status.authorSuspended) return 'author-suspended';
  if (viewerId === status.authorId) return 'visible';
  if (ties.blockedEitherWay) return 'blocked';
  if (status.visibility === 'public' || status.visibility === 'unlisted') return 'visible';

  // From here on the status is followers-only or direct.
  if (viewerId === null) return status.visibility === 'direct' ? 'not-addressed' : 'not-a-follower';
  if (status.mentionedIds.has(viewerId)) return 'visible';
  if (status.visibility === 'direct') return 'not-addressed';
  return ties.follows ? 'visible' : 'not-a-follower';
}

/** A person who reads: who they are, and how they stand to any account. `tiesTo` answers from loaded data. */
export interface Viewer {
  readonly id: AccountId;
  readonly tiesTo: (accountId: AccountId) => Ties;
}

/** `sightOf` for a loaded viewer. A boost is seen only by those who may see the boosted status as well. */
export function sightFor(status: StatusFacts, boosted: StatusFacts | null, viewer: Viewer | null): Sight {
  const see = (facts: StatusFacts): Sight =>
    sightOf(facts, viewer?.id ?? null, viewer === null ? NO_TIES : viewer.tiesTo(facts.authorId));
  const own = see(status);
  return own !== 'visible' || boosted === null ? own : see(boosted);
}

/** Facts of a loaded status and its author; `domainSuspended` comes from the policy snapshot. */
export function factsOf(status: Status, author: Account, domainSuspended = false): StatusFacts {
  return {
    authorId: status.accountId,
    visibility: status.visibility,
    mentionedIds: new Set(status.mentions.map((mention) => mention.accountId)),
    authorSuspended: domainSuspended || author.suspendedAt !== null || author.deletedAt !== null,
    deleted: status.deletedAt !== null,
  };
}

/** Ties from a loaded relationship. */
export function tiesOf(relationship: Relationship): Ties {
  return {
    follows: relationship.following,
    showsBoosts: relationship.showBoosts || !relationship.following,
    languages: relationship.languages,
    blocks: relationship.blocking,
    blockedEitherWay: relationship.blocking || relationship.blockedBy,
    mutes: relationship.muting,
    blocksDomain: relationship.domainBlocking,
  };
}

/** A viewer from relationships loaded in one batch; accounts without one are strangers. */
export function viewerOf(id: AccountId, relationships: ReadonlyMap<AccountId, Relationship>): Viewer {
  return {
    id,
    tiesTo: (accountId) => {
      const relationship = relationships.get(accountId);
      return relationship === undefined ? NO_TIES : tiesOf(relationship);
    },
  };
}

/**
 * Whether `actorId`, who can see the status, may boost it: public and unlisted by anyone, followers-only by its
 * author alone, direct by nobody. Holds for boosts that arrive from other servers too.
 */
export function mayBoost(status: Pick<StatusFacts, 'authorId' | 'visibility'>, actorId: AccountId): boolean {
  if (status.visibility === 'public' || status.visibility === 'unlisted') return true;
  return status.visibility === 'private' && status.authorId === actorId;
}

const WIDTHS: readonly Visibility[] = ['direct', 'private', 'unlisted', 'public'];

/** Whether fewer people may see `one` than `other`. */
export const isNarrower = (one: Visibility, other: Visibility): boolean => WIDTHS.indexOf(one) < WIDTHS.indexOf(other);

/** A boost is never wider than what it boosts, nor than the booster asked. */
export function boostVisibility(boosted: Visibility, wanted: Visibility | null): Visibility {
  const asked = wanted === null || wanted === 'direct' ? boosted : wanted;
  return isNarrower(asked, boosted) ? asked : boosted;
}
