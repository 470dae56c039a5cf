import { actorUris, likeUri, renderLike, renderUndo, type JsonObject } from '@trunkline/activitypub';
import { StatusFavouritedV1, StatusUnfavouritedV1 } from '@trunkline/contracts';
import type { Account, Status } from '@trunkline/domain';
import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';
import { consentOf } from '../describe/resting-on.js';
import { requestFor } from '../describe/request-for-leave.js';
import { outboundPair, planOf, toAccount, type PlanPorts, type PlanRule, type Reach } from './plan.js';

interface Favourite {
  readonly favouriteId: Snowflake;
  readonly accountId: AccountId;
  readonly statusId: StatusId;
}

const orderKey = ({ accountId, statusId }: Favourite): string => `like:${accountId}:${statusId}`;

/** A favourite of somebody else's post goes to its author as Like, and to the group in which it stands, which counts votes. */
export const planFavourited: PlanRule<typeof StatusFavouritedV1> = {
  contract: StatusFavouritedV1,
  orderKey,
  async plan(ports, event) {
    const found = await favouredStatus(ports, event);
    // Taken back by now: neither a Like nor its Undo has to be told.
    if (found === null || found.status.deletedAt !== null || (await ports.favouriteById(event.favouriteId)) === null) return null;
    const asked = (await ports.store.askedInteractions([event.favouriteId])).get(event.favouriteId);
    const like = likeOf(ports, event, found, consentOf(asked));
    const activity = asked?.state === 'pending' && asked.byRequest ? requestFor(ports.settings, asked, { instrument: like, target: found.status, author: found.author }) : like;
    return planOf(event.accountId, activity, asked?.state === 'pending' ? toAccount(found.author.id) : await reachOf(ports, found));
  },
};

export const planUnfavourited: PlanRule<typeof StatusUnfavouritedV1> = {
  contract: StatusUnfavouritedV1,
  orderKey,
  async plan(ports, event) {
    const found = await favouredStatus(ports, event);
    // Who refused a like has none.
    if (found === null || (await ports.store.askedInteractions([event.favouriteId])).get(event.favouriteId)?.state === 'rejected') return null;
    // Favourited again since: an Undo that comes after the new Like would take that one away.
    if (await ports.isFavourited(event.accountId, event.statusId)) return null;
    const like = likeOf(ports, event, found);
    return planOf(event.accountId, renderUndo(`${actorUris(ports.settings.baseUrl, event.accountId).id}#undos/likes/${event.favouriteId}`, like), await reachOf(ports, found));
  },
};

async function favouredStatus(ports: PlanPorts, event: Favourite): Promise<{ status: Status; author: Account } | null> {
  const [status] = await ports.store.statusesByIds([event.statusId]);
  if (status === undefined || status.local) return null;
  const pair = await outboundPair(ports.store, event.accountId, status.accountId);
  return pair === null ? null : { status, author: pair.to };
}

/** The author's server tells a group of its own itself. */
async function reachOf({ store }: PlanPorts, { status, author }: { status: Status; author: Account }): Promise<Reach> {
  const isOpen = status.visibility === 'public' || status.visibility === 'unlisted';
  const groups = isOpen ? await store.threadGroups([status.conversationId]) : [];
  const elsewhere = groups.filter(({ domain }) => domain !== author.domain);
  return { ...toAccount(author.id), accountIds: [author.id, ...elsewhere.map(({ accountId }) => accountId)] };
}

function likeOf(ports: PlanPorts, event: Favourite, { status, author }: { status: Status; author: Account }, stampUri: string | null = null): JsonObject {
  const { baseUrl } = ports.settings;
  const id = likeUri(baseUrl, event.accountId, event.favouriteId);
  return renderLike({ id, actorUri: actorUris(baseUrl, event.accountId).id, to: [author.uri], cc: [] }, status.uri, stampUri);
}
