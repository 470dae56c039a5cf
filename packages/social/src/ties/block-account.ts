import { AccountBlockedV1, AccountUnblockedV1, FollowRejectedV1 } from '@trunkline/contracts';
import type { Account } from '@trunkline/domain';
import { fail, ok, type Result } from '@trunkline/kernel';
import type { SocialPorts } from '../ports/social-ports.js';
import type { SocialTransaction } from '../ports/social-store.js';
import type { BlockOutcome, FollowPair } from '../ports/store-rows.js';
import { tracesOf, type Caused } from '../statuses/caused.js';
import { unfollowAll } from './unfollow-all.js';

/** Cuts both follows and keeps the two apart. `uri`: the peer's id of its Block. */
export async function blockAccount(
  ports: Pick<SocialPorts, 'store' | 'ids'>,
  blockerId: Account['id'],
  targetId: Account['id'],
  uri: string | null = null,
): Promise<Result<void, { code: 'self'; safe: string }>> {
  if (blockerId === targetId) return fail({ code: 'self', safe: 'You cannot block yourself' });
  await ports.store.transaction((tx) => blockAll(tx, ports.ids, [{ accountId: blockerId, targetId, uri }]));
  return ok(undefined);
}

/** Who blocks whom. `uri`: the peer's id of its Block. */
export type GivenBlock = Caused<FollowPair & { readonly uri: string | null }>;

/** Many, each pair once, of two people each. The caller has called `holdOff` for the uris. @returns what became of each */
export async function blockAll(tx: SocialTransaction, ids: SocialPorts['ids'], given: readonly GivenBlock[]): Promise<BlockOutcome[]> {
  const ties = given.map((block) => ({ ...block, id: ids.next() }));
  const outcomes = await tx.insertBlocks(ties.map(({ id, accountId, targetId, uri }) => ({ id, accountId, targetId, uri })));
  const standing = ties.filter((_, index) => outcomes[index] !== 'undone');
  await unfollowAll(tx, standing);
  await letGo(tx, standing);
  const made = ties.filter((_, index) => outcomes[index] === 'made');
  await tx.appendEvents(AccountBlockedV1, made.map(({ id, accountId, targetId }) => ({ blockId: id, accountId, targetId })), tracesOf(made));
  return outcomes;
}

/** Whom somebody blocks follows them no more. */
async function letGo(tx: SocialTransaction, blocks: readonly Caused<FollowPair>[]): Promise<void> {
  const causes = new Map(blocks.map((block) => [`${block.targetId} ${block.accountId}`, block]));
  const gone = await tx.deleteFollows(blocks.map(({ accountId, targetId }) => ({ accountId: targetId, targetId: accountId })));
  const payloads = gone.map(({ id, accountId, targetId, uri }) => ({ followId: id, followerId: accountId, targetId, followUri: uri }));
  await tx.appendEvents(FollowRejectedV1, payloads, tracesOf(gone.map(({ accountId, targetId }) => causes.get(`${accountId} ${targetId}`) ?? {})));
}

export async function unblockAccount(
  ports: Pick<SocialPorts, 'store'>,
  blockerId: Account['id'],
  targetId: Account['id'],
): Promise<boolean> {
  return (await ports.store.transaction((tx) => unblockAll(tx, [{ accountId: blockerId, targetId }]))) === 1;
}

/** Many, each pair once. @returns how many of them stood */
export async function unblockAll(tx: SocialTransaction, pairs: readonly Caused<FollowPair>[]): Promise<number> {
  const causes = new Map(pairs.map((pair) => [`${pair.accountId} ${pair.targetId}`, pair]));
  const gone = await tx.deleteBlocks(pairs);
  const payloads = gone.map(({ id, accountId, targetId }) => ({ blockId: id, accountId, targetId }));
  await tx.appendEvents(AccountUnblockedV1, payloads, tracesOf(gone.map(({ accountId, targetId }) => causes.get(`${accountId} ${targetId}`) ?? {})));
  return gone.length;
}
