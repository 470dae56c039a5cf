import { StatusPermittedV1, StatusUnfavouritedV1 } from '@trunkline/contracts';
import type { AskedRow } from '../ports/store-rows.js';
import type { SocialPorts } from '../ports/social-ports.js';
import type { SocialTransaction } from '../ports/social-store.js';
import { deleteStatusIn } from '../statuses/delete-status.js';

const tell = (tx: SocialTransaction, { interactionId, what, accountId, statusId }: AskedRow, state: 'accepted' | 'rejected'): Promise<void> =>
  tx.appendEvent(StatusPermittedV1, { interactionId, what, accountId, statusId, state });

/** The author agreed to what somebody here did. False: it stood so already. */
export const permitAsked = (ports: Pick<SocialPorts, 'store'>, asked: AskedRow, stampUri: string): Promise<boolean> =>
  ports.store.transaction(async (tx) => {
    if (!(await tx.changeAsked(asked.interactionId, { state: 'accepted', stampUri }, ['pending', 'rejected', 'accepted']))) return false;
    await tell(tx, asked, 'accepted');
    return true;
  });

/**
 * The author refuses, or takes back what they agreed to: a like and a boost end here; an answer stays what its author
 * wrote, for those who read it here, and goes to nobody else. The consent that was stays noted: what went out by it has copies elsewhere.
 */
export const refuseAsked = (ports: Pick<SocialPorts, 'store'>, asked: AskedRow): Promise<boolean> =>
  ports.store.transaction(async (tx) => {
    if (!(await tx.changeAsked(asked.interactionId, { state: 'rejected', stampUri: null }, ['pending', 'accepted']))) return false;
    if (asked.what === 'like') await endLike(tx, asked);
    if (asked.what === 'announce') await endBoost(tx, asked);
    await tell(tx, asked, 'rejected');
    return true;
  });

async function endLike(tx: SocialTransaction, { interactionId, accountId, statusId }: AskedRow): Promise<void> {
  if ((await tx.favourite(accountId, statusId))?.id !== interactionId) return;
  const gone = await tx.deleteFavourite(accountId, statusId);
  if (gone !== null) await tx.appendEvent(StatusUnfavouritedV1, { favouriteId: gone.id, accountId, statusId });
}

async function endBoost(tx: SocialTransaction, { interactionId }: AskedRow): Promise<void> {
  const [boost] = await tx.statusesByIds([interactionId]);
  if (boost !== undefined && boost.deletedAt === null) await deleteStatusIn(tx, boost);
}
