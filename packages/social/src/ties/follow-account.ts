import { FollowAcceptedV1, FollowRejectedV1, FollowRequestedV1 } from '@trunkline/contracts';
import type { Account } from '@trunkline/domain';
import { AppError, fail, ok, type Result } from '@trunkline/kernel';
import type { FollowOptions, FollowTie } from '../ports/store-rows.js';
import type { SocialPorts } from '../ports/social-ports.js';
import type { SocialTransaction } from '../ports/social-store.js';
import { unfollowAll } from './unfollow-all.js';

export type FollowOutcome = 'following' | 'requested';
export type FollowFailure = { code: 'self' | 'blocked' | 'gone' | 'moved'; safe: string };

export const FOLLOW_DEFAULTS: FollowOptions = { showBoosts: true, notify: false, languages: null };

/**
 * `follower` (local or remote) asks to follow `target` (local or remote). Stands at once when the target is
 * here, unlocked and neither side is limited; else it waits as a request: the target's server or the person decides.
 * Asked again, options and the peer's id of the Follow are updated, and a standing follow is announced `again`
 * so that the peer gets its Accept again (federation: a lost Accept must be obtainable).
 */
export async function followAccount(
  ports: Pick<SocialPorts, 'store' | 'ids'>,
  follower: Account,
  target: Account,
  options: Partial<FollowOptions> & { uri?: string } = {},
): Promise<Result<FollowOutcome, FollowFailure>> {
  const refused = refusedFollow(follower, target);
  if (refused !== null) return fail(refused);
  return ports.store.transaction(async (tx) => {
    const ties = await tx.viewerTies(follower.id, [target.id]);
    if (ties.get(target.id)?.blockedEitherWay === true) return fail(BLOCKED_FOLLOW);
    const standing = await tx.follow(follower.id, target.id);
    if (standing !== null) {
      await followAgain(tx, follower, standing, options);
      return ok('following' as const);
    }
    const { uri, ...given } = options;
    const tie: FollowTie = {
      ...FOLLOW_DEFAULTS,
      ...given,
      id: ports.ids.next(),
      accountId: follower.id,
      targetId: target.id,
      uri: uri ?? null,
    };
    if (standsAtOnce(follower, target)) {
      if (await tx.insertFollow(tie)) await announce(tx, tie, false);
      return ok('following' as const);
    }
    await requestFollow(tx, tie, uri);
    return ok('requested' as const);
  });
}

export const BLOCKED_FOLLOW: FollowFailure = { code: 'blocked', safe: 'This action is not allowed' };

/** Why nobody is asked; null: they are, unless one blocks the other. */
export function refusedFollow(follower: Account, target: Account): FollowFailure | null {
  if (follower.id === target.id) return { code: 'self', safe: 'You cannot follow yourself' };
  if (target.deletedAt !== null || target.suspendedAt !== null) return { code: 'gone', safe: 'Record not found' };
  return target.movedToUri === null ? null : { code: 'moved', safe: 'This account has moved' };
}

/** Whether nobody has to be asked. */
export const standsAtOnce = (follower: Account, target: Account): boolean => target.domain === null && !target.locked && follower.silencedAt === null;

async function followAgain(
  tx: SocialTransaction,
  follower: Account,
  standing: FollowTie,
  options: Partial<FollowOptions> & { uri?: string },
): Promise<void> {
  await tx.updateFollow(standing.accountId, standing.targetId, options);
  if (follower.domain !== null) await announce(tx, { ...standing, uri: options.uri ?? standing.uri }, true);
}

async function requestFollow(tx: SocialTransaction, tie: FollowTie, uri: string | undefined): Promise<void> {
  const isNew = await tx.insertFollowRequest(tie);
  const request = isNew ? tie : await tx.followRequest(tie.accountId, tie.targetId);
  if (request === null) return;
  if (!isNew && uri !== undefined) await tx.updateFollowRequest(tie.accountId, tie.targetId, { uri });
  // A repeated request is sent again: the peer may have lost the first.
  await tx.appendEvent(FollowRequestedV1, { followId: request.id, followerId: tie.accountId, targetId: tie.targetId });
}

const announce = (tx: SocialTransaction, tie: FollowTie, again: boolean): Promise<void> =>
  tx.appendEvent(FollowAcceptedV1, { followId: tie.id, followerId: tie.accountId, targetId: tie.targetId, again });

/** The follower ends the follow or withdraws the request; nothing happens when there is neither. */
export async function unfollowAccount(
  ports: Pick<SocialPorts, 'store'>,
  followerId: Account['id'],
  targetId: Account['id'],
): Promise<boolean> {
  return (await ports.store.transaction((tx) => unfollowAll(tx, [{ accountId: followerId, targetId }])))[0] === true;
}

/** The target (a person here, or a peer's Accept) lets a waiting follower in. False: nothing waited. */
export async function acceptFollow(
  ports: Pick<SocialPorts, 'store'>,
  followerId: Account['id'],
  targetId: Account['id'],
): Promise<boolean> {
  return ports.store.transaction(async (tx) => {
    const accepted = await tx.acceptFollowRequest(followerId, targetId);
    if (accepted?.isNew === true) await announce(tx, accepted.tie, false);
    return accepted !== null;
  });
}

/** The target refuses a request or removes a follower. Peers' Rejects land here too. */
export async function rejectFollow(
  ports: Pick<SocialPorts, 'store'>,
  followerId: Account['id'],
  targetId: Account['id'],
): Promise<boolean> {
  return ports.store.transaction((tx) => rejectFollowIn(tx, followerId, targetId));
}

export async function rejectFollowIn(
  tx: SocialTransaction,
  followerId: Account['id'],
  targetId: Account['id'],
): Promise<boolean> {
  const tie = (await tx.deleteFollow(followerId, targetId)) ?? (await tx.deleteFollowRequest(followerId, targetId));
  if (tie === null) return false;
  await tx.appendEvent(FollowRejectedV1, { followId: tie.id, followerId, targetId, followUri: tie.uri });
  return true;
}

/** @throws AppError with the status that Mastodon answers to a refused follow. */
export function followError(failure: FollowFailure): AppError {
  if (failure.code === 'gone') return new AppError(404, failure.code, failure.safe);
  return new AppError(failure.code === 'self' || failure.code === 'blocked' ? 403 : 422, failure.code, failure.safe);
}
