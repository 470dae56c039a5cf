import { actorUris, renderFeatured, renderMove, statusUris } from '@trunkline/activitypub';
import { AccountMovedV1, StatusPinnedV1 } from '@trunkline/contracts';
import { planOf, toFollowers, type PlanRule } from './plan.js';

/** Somebody here is elsewhere now: their followers' servers take them along. Told once, with the first page of followers here. */
export const planAccountMoved: PlanRule<typeof AccountMovedV1> = {
  contract: AccountMovedV1,
  orderKey: ({ accountId }) => `account:${accountId}`,
  concernsUs: ({ local, afterId }) => local && afterId === '0',
  async plan(ports, event) {
    const accounts = await ports.store.accountsByIds([event.accountId, event.targetId]);
    const account = accounts.find(({ id }) => id === event.accountId);
    const target = accounts.find(({ id }) => id === event.targetId);
    if (account === undefined || target === undefined || account.domain !== null || account.deletedAt !== null || account.suspendedAt !== null) return null;
    // Taken back meanwhile, or gone on.
    if (account.movedToUri !== target.uri) return null;
    const { id, followers } = actorUris(ports.settings.baseUrl, account.id);
    return planOf(account.id, renderMove(`${id}#moves/${event.eventId}`, id, followers, target.uri), toFollowers(account.id));
  },
};

/** A pin, or its end, as it stands now; only of what everybody may read. */
export const planStatusPinned: PlanRule<typeof StatusPinnedV1> = {
  contract: StatusPinnedV1,
  orderKey: ({ statusId }) => `status:${statusId}`,
  after: ({ statusId }) => statusId,
  async plan(ports, event) {
    const [status] = await ports.store.statusesByIds([event.statusId]);
    if (status === undefined || !status.local || status.deletedAt !== null) return null;
    if (status.visibility !== 'public' && status.visibility !== 'unlisted') return null;
    const standing = await ports.store.pinId(event.accountId, event.statusId);
    // Pinned anew: that pin speaks for itself.
    if (standing !== null && standing !== event.pinId) return null;
    const actor = actorUris(ports.settings.baseUrl, event.accountId);
    const note = statusUris(ports.settings.baseUrl, event.accountId, event.statusId).id;
    const [type, id] = standing === null ? (['Remove', `${actor.id}#pins/${event.pinId}/undo`] as const) : (['Add', `${actor.id}#pins/${event.pinId}`] as const);
    return planOf(event.accountId, renderFeatured(type, id, actor, note), toFollowers(event.accountId));
  },
};
