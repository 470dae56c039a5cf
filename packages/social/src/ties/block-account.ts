import { AccountBlockedV1, AccountUnblockedV1, FollowUndoneV1 } from '@trunkline/contracts';
import type { Account } from '@trunkline/domain';
import { fail, ok, type Result } from '@trunkline/kernel';
import type { SocialPorts } from '../ports/social-ports.js';
import { rejectFollowIn } from './follow-account.js';

/** Cuts both follows and keeps the two apart. `uri`: the peer's id of its Block. */
export async function blockAccount(
  ports: Pick<SocialPorts, 'store' | 'ids'>,
  blockerId: Account['id'],
  targetId: Account['id'],
  uri: string | null = null,
): Promise<Result<void, { code: 'self'; safe: string }>> {
  if (blockerId === targetId) return fail({ code: 'self', safe: 'You cannot block yourself' });
  await ports.store.transaction(async (tx) => {
    const id = ports.ids.next();
    const isNew = await tx.insertBlock({ id, accountId: blockerId, targetId, uri });
    const own = (await tx.deleteFollow(blockerId, targetId)) ?? (await tx.deleteFollowRequest(blockerId, targetId));
    if (own !== null) {
      await tx.appendEvent(FollowUndoneV1, { followId: own.id, followerId: blockerId, targetId });
    }
    await rejectFollowIn(tx, targetId, blockerId);
    if (isNew) await tx.appendEvent(AccountBlockedV1, { blockId: id, accountId: blockerId, targetId });
  });
  return ok(undefined);
}

export async function unblockAccount(
  ports: Pick<SocialPorts, 'store'>,
  blockerId: Account['id'],
  targetId: Account['id'],
): Promise<boolean> {
  return ports.store.transaction(async (tx) => {
    const block = await tx.deleteBlock(blockerId, targetId);
    if (block === null) return false;
    await tx.appendEvent(AccountUnblockedV1, { blockId: block.id, accountId: blockerId, targetId });
    return true;
  });
}
