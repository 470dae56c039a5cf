import type { AccountId, Snowflake } from '@trunkline/kernel';
import { followAll, underRules, unfavouriteAll, unfollowAll, type FollowAsk } from '@trunkline/social';
import { refreshLater } from './actor.js';
import type { ApplyPorts } from './ports.js';
import type { TieCandidate, UnlikeCandidate } from './candidate-kinds.js';
import type { Knowledge } from './together-knowledge.js';
import type { VerdictBook } from './verdict-book.js';
import { APPLIED, ignored, type Verdict } from './verdict.js';

/** The rules of `follow.ts`, for many at once. */
export async function applyFollows(ports: ApplyPorts, book: VerdictBook, follows: readonly TieCandidate[], known: Knowledge): Promise<void> {
  const asks: (FollowAsk & { readonly rowId: Snowflake })[] = [];
  for (const { row, read, targetId } of follows) {
    const [follower, target] = [known.people.get(row.actorUri), known.here.get(targetId)];
    if (target === undefined || target.deletedAt !== null) book.note(row.id, ignored('unknown_target'));
    else if (follower !== undefined) asks.push({ rowId: row.id, follower: underRules(ports.policy.current(), follower), target, uri: read.activity.id, trace: row.trace });
  }
  if (asks.length === 0) return;
  await book.write(async (tx) => {
    const answers = await followAll(tx, ports.ids, asks);
    return new Map(asks.map(({ rowId }, index): [Snowflake, Verdict] => {
      const answer = answers[index];
      return [rowId, answer?.ok === false ? ignored(answer.error.code) : APPLIED];
    }));
  });
  for (const { follower } of asks) refreshLater(ports, follower);
}

/** Undo of Follows, for many at once. */
export async function applyUnfollows(book: VerdictBook, unfollows: readonly TieCandidate[], known: Knowledge): Promise<void> {
  const pairs: { readonly rowId: Snowflake; readonly accountId: AccountId; readonly targetId: AccountId; readonly trace: string | null }[] = [];
  for (const { row, targetId } of unfollows) {
    const follower = known.people.get(row.actorUri);
    if (follower === undefined || !known.here.has(targetId)) book.note(row.id, ignored('unknown_follow'));
    else pairs.push({ rowId: row.id, accountId: follower.id, targetId, trace: row.trace });
  }
  if (pairs.length === 0) return;
  await book.write(async (tx) => {
    const ended = await unfollowAll(tx, pairs);
    return new Map(pairs.map(({ rowId }, index): [Snowflake, Verdict] => [rowId, ended[index] === true ? APPLIED : ignored('nothing_to_undo')]));
  });
}

/** Undo of Likes, for many at once. */
export async function applyUnlikes(book: VerdictBook, unlikes: readonly UnlikeCandidate[], { people, statuses }: Knowledge): Promise<void> {
  if (unlikes.length === 0) return;
  const stones = unlikes.flatMap(({ row, uri }) => (uri === null ? [] : [{ uri, actorUri: row.actorUri }]));
  const unknown = [...new Set(unlikes.map(({ statusUri }) => statusUri).filter((uri) => !statuses.has(uri)))];
  await book.write(async (tx) => {
    await tx.holdOff(stones.map(({ uri }) => uri), [...new Set(unlikes.flatMap(({ statusUri }) => statuses.get(statusUri)?.id ?? []))]);
    await tx.addTombstones(stones);
    // A post that came meanwhile, and its Like with it, is seen here; a Like that comes after this finds the tombstone.
    const come = unknown.length === 0 ? new Map() : new Map((await tx.statusesByUris(unknown)).map((status) => [status.uri, status]));
    await unfavouriteAll(tx, unlikes.flatMap(({ row, statusUri }) => {
      const [actor, status] = [people.get(row.actorUri), statuses.get(statusUri) ?? come.get(statusUri)];
      return actor === undefined || status === undefined ? [] : [{ accountId: actor.id, statusId: status.id, trace: row.trace }];
    }));
    return new Map(unlikes.map(({ row }): [Snowflake, Verdict] => [row.id, APPLIED]));
  });
}
