import type { AccountId } from '@trunkline/kernel';
import type { TimelineFacts } from './timelines.js';
import { NO_TIES, type Ties, type Viewer } from './visibility.js';

/** To whom a status of theirs matters, of an author's followers; all but those whom a tie of their own touches. */
export interface Reach<V> {
  /** What holds for a follower without any other tie to the people of the status. */
  readonly plain: V;
  /** The one whose followers are told apart, and what holds for those: who is answered, or boosted. */
  readonly alsoFollowing: { readonly accountId: AccountId; readonly answer: V } | null;
}

const FOLLOWS: Ties = Object.freeze({ ...NO_TIES, follows: true });
/** Nobody has this id. */
const NOBODY = '0' as AccountId;

const followerOf = (followed: readonly AccountId[]): Viewer => ({
  id: NOBODY,
  tiesTo: (accountId) => (followed.includes(accountId) ? FOLLOWS : NO_TIES),
});

/**
 * Asks a rule once for all followers alike, instead of once for each: nearly nobody blocks, mutes or limits what they
 * see of somebody whom they follow. The rule itself decides for those whom `isTouched` names, and for `peopleOf`.
 */
export function reachOf<V>(item: TimelineFacts, judge: (viewer: Viewer) => V): Reach<V> {
  const { authorId } = item.status;
  const other = item.boosted === null ? (item.reply?.toAccountId ?? null) : item.boosted.status.authorId;
  return {
    plain: judge(followerOf([authorId])),
    alsoFollowing: other === null || other === authorId ? null : { accountId: other, answer: judge(followerOf([authorId, other])) },
  };
}

/** All whom a rule may ask about: authors, who is answered, and who is named. */
export function peopleOf(item: TimelineFacts): AccountId[] {
  const people = new Set<AccountId>([item.status.authorId, ...item.status.mentionedIds]);
  if (item.reply !== null && item.reply.toAccountId !== null) people.add(item.reply.toAccountId);
  if (item.boosted !== null) for (const id of [item.boosted.status.authorId, ...item.boosted.status.mentionedIds]) people.add(id);
  return [...people];
}

/** Whether a tie to one of `peopleOf` may change what holds for other followers; persistence asks the same in SQL. */
export const isTouched = (ties: Ties): boolean =>
  ties.blocks || ties.blockedEitherWay || ties.mutes || ties.blocksDomain || !ties.showsBoosts || ties.languages !== null || ties.apart === true;
