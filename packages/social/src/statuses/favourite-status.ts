import { StatusFavouritedV1, StatusUnfavouritedV1 } from '@trunkline/contracts';
import type { AccountId, StatusId } from '@trunkline/kernel';
import type { SocialPorts } from '../ports/social-ports.js';

/** Once, however often it is asked. `uri`: the peer's id of its Like. The caller has checked visibility. */
export function favouriteStatus(
  ports: Pick<SocialPorts, 'store' | 'ids'>,
  accountId: AccountId,
  statusId: StatusId,
  uri: string | null = null,
): Promise<boolean> {
  return ports.store.transaction(async (tx) => {
    const id = ports.ids.next();
    if (!(await tx.insertFavourite({ id, accountId, statusId, uri }))) return false;
    await tx.appendEvent(StatusFavouritedV1, { favouriteId: id, accountId, statusId });
    return true;
  });
}

export function unfavouriteStatus(ports: Pick<SocialPorts, 'store'>, accountId: AccountId, statusId: StatusId): Promise<boolean> {
  return ports.store.transaction(async (tx) => {
    const favourite = await tx.deleteFavourite(accountId, statusId);
    if (favourite === null) return false;
    await tx.appendEvent(StatusUnfavouritedV1, { favouriteId: favourite.id, accountId, statusId });
    return true;
  });
}
