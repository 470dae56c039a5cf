import { StatusDeletedV1 } from '@trunkline/contracts';
import type { Status } from '@trunkline/domain';
import type { SocialPorts } from '../ports/social-ports.js';
import type { SocialTransaction } from '../ports/social-store.js';

/** Leaves a tombstone and announces it. False: it was deleted before. */
export function deleteStatus(
  ports: Pick<SocialPorts, 'store'>,
  status: Pick<Status, 'id' | 'accountId' | 'boostOfId' | 'local'>,
): Promise<boolean> {
  return ports.store.transaction((tx) => deleteStatusIn(tx, status));
}

export async function deleteStatusIn(
  tx: SocialTransaction,
  status: Pick<Status, 'id' | 'accountId' | 'boostOfId' | 'local'>,
): Promise<boolean> {
  const { deleted } = await tx.deleteStatus(status.id);
  if (!deleted) return false;
  await tx.appendEvent(StatusDeletedV1, {
    statusId: status.id,
    authorId: status.accountId,
    boostOfId: status.boostOfId,
    local: status.local,
  });
  return true;
}
