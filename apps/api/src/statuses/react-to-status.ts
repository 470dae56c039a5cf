import type { Account, Visibility } from '@trunkline/domain';
import { AppError, type AccountId, type StatusId } from '@trunkline/kernel';
import { notAllowed, recordNotFound } from '@trunkline/mastodon-api';
import { boostStatus, likeStatus, pinStatus, unboostStatus, unfavouriteStatus, unpinStatus, viewStatus, type SocialPorts, type StatusView } from '@trunkline/social';

type Reading = Pick<SocialPorts, 'store' | 'policy'>;

/** The status behind an id that the viewer may see: of a boost, what it shows. @throws AppError 404 */
export async function visibleTarget(ports: Reading, viewerId: AccountId | null, statusId: StatusId): Promise<StatusView> {
  const view = await viewStatus(ports, viewerId, statusId);
  if (view === null) throw recordNotFound();
  return view.boosted ?? view;
}

export async function favourite(ports: SocialPorts, viewerId: AccountId, statusId: StatusId): Promise<StatusView> {
  const { status } = await visibleTarget(ports, viewerId, statusId);
  const liked = await likeStatus(ports, viewerId, status);
  if (!liked.ok) throw notAllowed();
  return visibleTarget(ports, viewerId, status.id);
}

/** A mark can be taken back from what one may see no longer; the answer is 404 all the same. */
export async function unfavourite(ports: SocialPorts, viewerId: AccountId, statusId: StatusId): Promise<StatusView> {
  const targetId = await targetIdOf(ports, viewerId, statusId);
  await unfavouriteStatus(ports, viewerId, targetId);
  return visibleTarget(ports, viewerId, targetId);
}

/** @returns the boost, with the boosted status in it. @throws AppError 403 for what nobody else may boost */
export async function boost(ports: SocialPorts, booster: Account, statusId: StatusId, visibility: Visibility | null): Promise<StatusView> {
  const boosted = await boostStatus(ports, booster, statusId, visibility);
  if (!boosted.ok) throw boosted.error.code === 'not_found' ? recordNotFound() : notAllowed();
  const view = await viewStatus(ports, booster.id, boosted.value);
  if (view === null) throw recordNotFound();
  return view;
}

/** @returns the status that was boosted */
export async function unboost(ports: SocialPorts, booster: Account, statusId: StatusId): Promise<StatusView> {
  const targetId = await targetIdOf(ports, booster.id, statusId);
  await unboostStatus(ports, booster, targetId);
  return visibleTarget(ports, booster.id, targetId);
}

/** A bookmark is nobody else's business: no event tells of it. */
export async function bookmark(ports: SocialPorts, viewerId: AccountId, statusId: StatusId): Promise<StatusView> {
  const { status } = await visibleTarget(ports, viewerId, statusId);
  await ports.store.transaction((tx) => tx.insertBookmark({ id: ports.ids.next(), accountId: viewerId, statusId: status.id }));
  return visibleTarget(ports, viewerId, status.id);
}

export async function unbookmark(ports: SocialPorts, viewerId: AccountId, statusId: StatusId): Promise<StatusView> {
  const targetId = await targetIdOf(ports, viewerId, statusId);
  await ports.store.transaction((tx) => tx.deleteBookmark(viewerId, targetId));
  return visibleTarget(ports, viewerId, targetId);
}

/** @throws AppError 422 for what cannot be pinned */
export async function pin(ports: SocialPorts, account: Account, statusId: StatusId): Promise<StatusView> {
  const view = await viewStatus(ports, account.id, statusId);
  if (view === null) throw recordNotFound();
  const pinned = await pinStatus(ports, account, view.status);
  if (!pinned.ok) throw new AppError(422, pinned.error.code, pinned.error.safe);
  return visibleTarget(ports, account.id, statusId);
}

export async function unpin(ports: SocialPorts, viewerId: AccountId, statusId: StatusId): Promise<StatusView> {
  await unpinStatus(ports, viewerId, statusId);
  return visibleTarget(ports, viewerId, statusId);
}

/** A boost that the viewer may not see stands for nothing: whose post it shows is not theirs to know. */
async function targetIdOf(ports: Reading, viewerId: AccountId, statusId: StatusId): Promise<StatusId> {
  const view = await viewStatus(ports, viewerId, statusId);
  return view?.boosted?.status.id ?? statusId;
}
