import { FollowAcceptedV1, FollowRejectedV1, FollowRequestedV1 } from '@trunkline/contracts';
import type { Account } from '@trunkline/domain';
import { fail, ok, type Result } from '@trunkline/kernel';
import type { FollowPair, FollowTie } from '../ports/store-rows.js';
import type { SocialPorts } from '../ports/social-ports.js';
import type { SocialTransaction } from '../ports/social-store.js';
import { tracesOf } from '../statuses/caused.js';
import { BLOCKED_FOLLOW, FOLLOW_DEFAULTS, refusedFollow, standsAtOnce, type FollowFailure, type FollowOutcome } from './follow-account.js';

/** Somebody of another server asks to follow somebody here. */
export interface FollowAsk {
  readonly follower: Account;
  readonly target: Account;
  /** The peer's id of its Follow. */
  readonly uri: string | null;
  /** The cause, as a traceparent. */
  readonly trace: string | null;
}

type Answer = Result<FollowOutcome, FollowFailure>;
type Ask = FollowAsk & { readonly tie: FollowTie };

/** Many, each pair once, with the rules of `followAccount`; a Follow that is refused for a block or a move is answered by a Reject, if it has an id. */
export async function followAll(tx: SocialTransaction, ids: SocialPorts['ids'], asks: readonly FollowAsk[]): Promise<Answer[]> {
  const ties = await tx.tiesOfMany([...new Set(asks.map(({ follower }) => follower.id))], [...new Set(asks.map(({ target }) => target.id))]);
  const failures = asks.map(({ follower, target }) => refusedFollow(follower, target) ?? (ties.get(follower.id)?.get(target.id)?.blockedEitherWay === true ? BLOCKED_FOLLOW : null));
  const open = asks.flatMap((ask, index): Ask[] => (failures[index] === null ? [{ ...ask, tie: tieOf(ids, ask) }] : []));
  const standing = byPair(await tx.followsBetween('follows', open.map(({ tie }) => tie)));
  const again = open.flatMap((ask) => ({ ask, tie: standing.get(pairOf(ask.tie)) })).flatMap(({ ask, tie }) => (tie === undefined ? [] : [{ ...ask, tie: { ...tie, uri: ask.uri ?? tie.uri } }]));
  const fresh = open.filter(({ tie }) => !standing.has(pairOf(tie)));
  const atOnce = fresh.filter(({ follower, target }) => standsAtOnce(follower, target));
  await tx.renameFollows('follows', again.flatMap(renamed));
  const made = await tx.insertFollows(atOnce.map(({ tie }) => tie));
  await announce(tx, again, true);
  await announce(tx, atOnce.filter(({ tie }) => made.has(tie.id)), false);
  const asked = fresh.filter((ask) => !atOnce.includes(ask));
  await request(tx, asked);
  await reject(tx, ids, asks.filter((_, index) => failures[index]?.code === 'blocked' || failures[index]?.code === 'moved'));
  const waits = new Set(asked.map(({ tie }) => pairOf(tie)));
  return asks.map(({ follower, target }, index): Answer => {
    const failure = failures[index] ?? null;
    if (failure !== null) return fail(failure);
    return ok(waits.has(pairOf({ accountId: follower.id, targetId: target.id })) ? 'requested' : 'following');
  });
}

const pairOf = ({ accountId, targetId }: FollowPair): string => `${accountId} ${targetId}`;
const byPair = (ties: readonly FollowTie[]): ReadonlyMap<string, FollowTie> => new Map(ties.map((tie) => [pairOf(tie), tie]));
const renamed = ({ tie: { accountId, targetId }, uri }: Ask) => (uri === null ? [] : [{ accountId, targetId, uri }]);

const tieOf = (ids: SocialPorts['ids'], { follower, target, uri }: FollowAsk): FollowTie => ({ ...FOLLOW_DEFAULTS, id: ids.next(), accountId: follower.id, targetId: target.id, uri });

const announce = (tx: SocialTransaction, asks: readonly Ask[], again: boolean): Promise<void> =>
  tx.appendEvents(FollowAcceptedV1, asks.map(({ tie }) => ({ followId: tie.id, followerId: tie.accountId, targetId: tie.targetId, again })), tracesOf(asks));

/** A repeated request is sent again: the peer may have lost the first. */
async function request(tx: SocialTransaction, asks: readonly Ask[]): Promise<void> {
  const made = await tx.insertFollowRequests(asks.map(({ tie }) => tie));
  const repeated = asks.filter(({ tie }) => !made.has(tie.id));
  const before = byPair(await tx.followsBetween('follow_requests', repeated.map(({ tie }) => tie)));
  await tx.renameFollows('follow_requests', repeated.flatMap(renamed));
  const told = asks.flatMap((ask) => {
    const tie = made.has(ask.tie.id) ? ask.tie : before.get(pairOf(ask.tie));
    return tie === undefined ? [] : [{ tie, trace: ask.trace }];
  });
  await tx.appendEvents(FollowRequestedV1, told.map(({ tie }) => ({ followId: tie.id, followerId: tie.accountId, targetId: tie.targetId })), tracesOf(told));
}

/** Without the peer's id of the Follow there is nothing that a Reject could name. */
async function reject(tx: SocialTransaction, ids: SocialPorts['ids'], asks: readonly FollowAsk[]): Promise<void> {
  const named = asks.flatMap(({ follower, target, uri, trace }) => (uri === null ? [] : [{ follower, target, uri, trace }]));
  const payloads = named.map(({ follower, target, uri }) => ({ followId: ids.next(), followerId: follower.id, targetId: target.id, followUri: uri }));
  await tx.appendEvents(FollowRejectedV1, payloads, tracesOf(named));
}
