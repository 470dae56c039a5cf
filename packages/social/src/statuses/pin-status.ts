import { StatusPinnedV1 } from '@trunkline/contracts';
import type { Account, Status } from '@trunkline/domain';
import { fail, ok, type AccountId, type Result, type StatusId } from '@trunkline/kernel';
import type { SocialPorts } from '../ports/social-ports.js';
import type { SocialReads } from '../ports/social-store.js';
import { isInSight } from '../reading/view-statuses.js';
import type { StatusReader } from '../reading/status-reader.js';

/** What people here may pin, as Mastodon has it. */
const PINS_MAX = 5;
/** What is kept of, or shown for, anybody else. */
export const REMOTE_PINS_MAX = 20;

export type PinFailure = { readonly code: 'not_own' | 'boost' | 'direct' | 'too_many'; readonly safe: string };

const refuse = (code: PinFailure['code'], why: string): Result<never, PinFailure> => fail({ code, safe: `Validation failed: ${why}` });

/** Puts a post of one's own on top of one's profile; twice is once. */
export async function pinStatus(ports: Pick<SocialPorts, 'store' | 'ids'>, account: Account, status: Status): Promise<Result<void, PinFailure>> {
  if (status.accountId !== account.id) return refuse('not_own', "Someone else's post cannot be pinned");
  if (status.boostOfId !== null) return refuse('boost', 'A boost cannot be pinned');
  if (status.visibility === 'direct') return refuse('direct', 'Posts that are only visible to mentioned users cannot be pinned');
  return ports.store.transaction(async (tx) => {
    const id = ports.ids.next();
    if (await tx.insertPin({ id, accountId: account.id, statusId: status.id }, PINS_MAX)) {
      await tx.appendEvent(StatusPinnedV1, { pinId: id, accountId: account.id, statusId: status.id });
      return ok(undefined);
    }
    return (await tx.pinId(account.id, status.id)) === null ? refuse('too_many', 'You have already pinned the maximum number of posts') : ok(undefined);
  });
}

export function unpinStatus(ports: Pick<SocialPorts, 'store'>, accountId: AccountId, statusId: StatusId): Promise<void> {
  return ports.store.transaction(async (tx) => {
    const pinId = await tx.deletePin(accountId, statusId);
    if (pinId !== null) await tx.appendEvent(StatusPinnedV1, { pinId, accountId, statusId });
  });
}

/** What stands on top of a profile, as far as the viewer may see it; the last pinned first. */
export async function pinnedTimeline<V extends { readonly status: { readonly id: StatusId } }>(
  { store }: { readonly store: Pick<SocialReads, 'pinnedIds'> },
  reader: StatusReader<V>,
  viewerId: AccountId | null,
  accountId: AccountId,
): Promise<V[]> {
  const ids = await store.pinnedIds(accountId, REMOTE_PINS_MAX);
  const { views, viewer } = await reader.load(viewerId, ids);
  return ids.flatMap((id) => {
    const view = views.get(id);
    return view !== undefined && isInSight(reader.factsOf(view), viewer) ? [view] : [];
  });
}
