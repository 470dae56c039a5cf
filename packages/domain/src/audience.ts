import type { AccountId } from '@trunkline/kernel';
import type { Visibility } from './model.js';

/** What a delivery is about. Ids of local accounts may be among them: planning drops those. */
export interface AudienceFacts {
  readonly change: 'create' | 'update' | 'delete';
  readonly visibility: Visibility;
  readonly authorId: AccountId;
  readonly mentionedIds: ReadonlySet<AccountId>;
  readonly inReplyToAccountId: AccountId | null;
  /** The replied-to author lives here, so that their followers elsewhere want the reply in the thread. */
  readonly inReplyToLocal: boolean;
  /** Author of the boosted status, for a boost. */
  readonly boostedAuthorId: AccountId | null;
  /** Author of the quoted status, who may look at what is made of it. */
  readonly quotedAuthorId?: AccountId | null;
}

/** Whose inboxes get an activity; each distinct inbox once. */
export interface Audience {
  /** Accounts whose accepted followers all get it. */
  readonly followersOf: readonly AccountId[];
  /** Accounts that get it themselves. */
  readonly accountIds: readonly AccountId[];
  /** Also everybody who boosted, favourited, quoted or answered it: they hold a copy that has to change or go. */
  readonly interacted: boolean;
}

/**
 * Whom an activity about a status reaches. Followers-only and direct statuses never widen: only followers (for
 * private) and the people named.
 * @see Mastodon app/lib/status_reach_finder.rb (4.6)
 */
export function audienceOf(facts: AudienceFacts): Audience {
  const { authorId, visibility } = facts;
  const open = visibility === 'public' || visibility === 'unlisted';
  const accountIds = new Set<AccountId>(facts.boostedAuthorId === null ? facts.mentionedIds : []);
  if (facts.boostedAuthorId !== null) accountIds.add(facts.boostedAuthorId);
  const followersOf = new Set<AccountId>(visibility === 'direct' ? [] : [authorId]);
  if (open && facts.boostedAuthorId === null && facts.inReplyToAccountId !== null) {
    accountIds.add(facts.inReplyToAccountId);
    if (facts.inReplyToLocal) followersOf.add(facts.inReplyToAccountId);
  }
  if (open && facts.quotedAuthorId != null) accountIds.add(facts.quotedAuthorId);
  accountIds.delete(authorId);
  return {
    followersOf: [...followersOf],
    accountIds: [...accountIds],
    // A deletion goes wherever a copy may be; what it says is an id that they have.
    interacted: facts.boostedAuthorId === null && (facts.change === 'delete' || (facts.change === 'update' && open)),
  };
}
