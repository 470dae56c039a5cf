import { AccountMovedV1, AccountUpdatedV1 } from '@trunkline/contracts';
import type { Account } from '@trunkline/domain';
import { fail, nowDate, ok, snowflake, type AccountId, type Result } from '@trunkline/kernel';
import type { ListStore } from '../ports/list-store.js';
import type { SocialPorts } from '../ports/social-ports.js';
import type { AccountChange } from '../ports/store-rows.js';
import { resolveAccount } from '../remote/resolve-account.js';
import { blockAccount } from './block-account.js';
import { followAccount, unfollowAccount } from './follow-account.js';

/** Whoever moves twice within this time takes nobody along: a stolen account must not hand its followers round. */
const MOVE_PAUSE_MS = 7 * 24 * 60 * 60 * 1_000;
const PAGE = 100;
/** A profile that was read longer ago than this is what we remember, not what its server says. */
const FRESH_MS = 5 * 60_000;
const ALIASES_MAX = 20;

export type MoveFailure = {
  readonly code: 'self' | 'not_agreed' | 'gone' | 'moved_on' | 'too_soon' | 'unreachable';
  readonly safe: string;
};

/** Whether the target, read anew, names the old account as its own and stays where it is. */
export async function agreedTarget(ports: SocialPorts, oldUri: string, targetUri: string): Promise<Result<Account, MoveFailure>> {
  if (oldUri === targetUri) return fail({ code: 'self', safe: 'An account cannot move to itself' });
  const target = await resolveAccount(ports, targetUri, { refresh: true });
  if (!target.ok) return fail(target.error.code === 'unreachable' ? { code: 'unreachable', safe: 'The other server cannot be reached' } : { code: 'gone', safe: 'There is no such account' });
  const { deletedAt, suspendedAt, movedToUri, alsoKnownAs, domain, fetchedAt } = target.value;
  const isFresh = domain === null || (fetchedAt !== null && ports.clock.nowMs() - fetchedAt.getTime() < FRESH_MS);
  if (!isFresh) return fail({ code: 'unreachable', safe: 'The other server cannot be reached' });
  if (deletedAt !== null || suspendedAt !== null) return fail({ code: 'gone', safe: 'There is no such account' });
  if (!alsoKnownAs.includes(oldUri)) return fail({ code: 'not_agreed', safe: 'The other account does not name this one among its aliases' });
  return movedToUri === null ? target : fail({ code: 'moved_on', safe: 'The other account has moved itself' });
}

/** Writes the move down and has the followers here taken along; the caller has seen that both sides agree. */
export function recordMove(ports: Pick<SocialPorts, 'store' | 'clock'>, account: Account, target: Account): Promise<Result<void, MoveFailure>> {
  const at = nowDate(ports.clock);
  return ports.store.transaction(async (tx) => {
    const move = { accountId: account.id, targetId: target.id, targetUri: target.uri, at, notSince: new Date(at.getTime() - MOVE_PAUSE_MS) };
    if (!(await tx.claimMove(move))) return fail({ code: 'too_soon' as const, safe: 'The account has moved lately; it can move again after seven days' });
    await tx.appendEvent(AccountMovedV1, { accountId: account.id, targetId: target.id, afterId: snowflake('0'), local: account.domain === null });
    if (account.domain === null) await tx.appendEvent(AccountUpdatedV1, { accountId: account.id, local: true });
    return ok(undefined);
  });
}

/** What taking people along needs; `keptApart` is told who has the new account in an exclusive list now. */
export interface MovePorts extends Pick<SocialPorts, 'store' | 'ids'> {
  readonly lists: Pick<ListStore, 'holding' | 'add'>;
  readonly keptApart: (ownerId: AccountId) => Promise<void>;
}

/**
 * Takes along a page of those here who follow, block or mute the old account: whoever follows it asks to follow the new
 * one in the usual way, has it in the same lists, and leaves the old one; blocks and mutes are carried over where the person has no tie to the new
 * one yet. May run again.
 *
 * @returns the id after which to go on; null: that was the last page
 */
export async function moveTies(ports: MovePorts, account: Account, target: Account, afterId: AccountId): Promise<AccountId | null> {
  const [followers] = await ports.store.followerPages([{ authorId: account.id, afterId, alsoFollowing: null }], PAGE);
  const others = await ports.store.localTiesTo(account.id, afterId, PAGE);
  const people = [...new Set([...(followers?.ids ?? []), ...others.map((tie) => tie.accountId)])].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  // Both lists reach at least as far as the shorter full one.
  const ends = [...(followers?.isLast === false ? [followers.ids.at(-1)] : []), ...(others.length === PAGE ? [others.at(-1)?.accountId] : [])].filter((id) => id !== undefined);
  const end = ends.reduce<AccountId | null>((least, id) => (least === null || BigInt(id) < BigInt(least) ? id : least), null);
  const mine = end === null ? people : people.filter((id) => BigInt(id) <= BigInt(end));
  const [rows, ties] = [await ports.store.accountsByIds(mine), await ports.store.tiesOfMany(mine, [target.id])];
  const byId = new Map(rows.map((row) => [row.id, row]));
  const otherTies = new Map(others.map((tie) => [tie.accountId, tie]));
  for (const id of mine) {
    const person = byId.get(id);
    if (person === undefined || person.domain !== null || person.deletedAt !== null || person.id === target.id) continue;
    const standing = ties.get(id)?.get(target.id);
    const isApart = standing?.blocks === true || standing?.mutes === true;
    const tie = otherTies.get(id);
    if (tie?.blocks === true && !isApart && standing?.follows !== true) await blockAccount(ports, id, target.id);
    else if (tie?.mutes === true && !isApart && standing?.follows !== true) await carryMute(ports, id, target.id, tie);
    await takeAlong(ports, person, account, target);
  }
  return end;
}

const carryMute = (ports: Pick<SocialPorts, 'store' | 'ids'>, accountId: AccountId, targetId: AccountId, mute: { hideNotifications: boolean; expiresAt: Date | null }): Promise<void> =>
  ports.store.transaction((tx) => tx.insertMute({ id: ports.ids.next(), accountId, targetId, hideNotifications: mute.hideNotifications, expiresAt: mute.expiresAt }));

/** Whoever may not follow the new account (a block, either way) stays with the old one. */
async function takeAlong(ports: MovePorts, follower: Account, account: Account, target: Account): Promise<void> {
  const follow = await ports.store.follow(follower.id, account.id);
  if (follow === null) return;
  const stands = (await ports.store.follow(follower.id, target.id)) ?? (await ports.store.followRequest(follower.id, target.id));
  if (stands === null) {
    const { showBoosts, notify, languages } = follow;
    const followed = await followAccount(ports, follower, target, { showBoosts, notify, languages });
    if (!followed.ok) return;
  }
  await takeToLists(ports, follower.id, account.id, target.id);
  await unfollowAccount(ports, follower.id, account.id);
}

/** Into every list that holds the old account; a full one, or one that has the new account already, stays as it is. As Mastodon (FollowMigrationService). */
async function takeToLists({ lists, ids, keptApart }: MovePorts, ownerId: AccountId, fromId: AccountId, toId: AccountId): Promise<void> {
  let isApart = false;
  for (const list of await lists.holding(ownerId, fromId)) {
    const added = await lists.add(list, [{ id: ids.next(), accountId: toId }]);
    isApart ||= added === 'added' && list.exclusive;
  }
  if (isApart) await keptApart(ownerId);
}

/** Somebody here goes elsewhere. The target must name them among its aliases already. */
export async function moveAway(ports: SocialPorts, account: Account, targetUri: string): Promise<Result<Account, MoveFailure>> {
  const target = await agreedTarget(ports, account.uri, targetUri);
  if (!target.ok) return target;
  const moved = await recordMove(ports, account, target.value);
  return moved.ok ? target : moved;
}

/** Says that somebody here is that other account as well, which may then move here; or no longer. */
export function changeAliases(ports: Pick<SocialPorts, 'store'>, account: Account, change: { readonly add?: string; readonly remove?: string }): Promise<readonly string[]> {
  const kept = account.alsoKnownAs.filter((uri) => uri !== change.remove && uri !== change.add);
  const alsoKnownAs = change.add === undefined ? kept : [...kept, change.add].slice(-ALIASES_MAX);
  return updateLocal(ports, account, { alsoKnownAs }).then(() => alsoKnownAs);
}

/** The account no longer points elsewhere. Who was taken along stays there. */
export const stayHere = (ports: Pick<SocialPorts, 'store'>, account: Account): Promise<void> => updateLocal(ports, account, { movedToUri: null });

const updateLocal = (ports: Pick<SocialPorts, 'store'>, account: Account, change: AccountChange): Promise<void> =>
  ports.store.transaction(async (tx) => {
    await tx.updateAccount(account.id, change);
    await tx.appendEvent(AccountUpdatedV1, { accountId: account.id, local: true });
  });
