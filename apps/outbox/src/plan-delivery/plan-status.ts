import {
  actorUris,
  audienceOf as addressed,
  instanceActorUris,
  PUBLIC_URI,
  renderAnnounce,
  renderDelete,
  renderUndo,
  renderUpdate,
  statusUris,
} from '@trunkline/activitypub';
import { StatusDeletedV1, StatusEditedV1, StatusPublishedV1, StatusTalliedV1 } from '@trunkline/contracts';
import { audienceOf, type Account, type Status } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import { announceEnvelope, describeNote, isHeldBack, renderPublication, surroundingsOf, type StatusSurroundings } from '../describe/describe-status.js';
import { waitingAbove } from '../describe/resting-on.js';
import { groupsOfAnswers } from '../describe/thread-groups.js';
import { askAuthor } from './plan-leave.js';
import { INSTANCE_SENDER, planOf, toAccount, toInboxes, type Plan, type PlanPorts, type PlanRule, type Reach } from './plan.js';

const orderKey = (event: { readonly statusId: StatusId }): string => `status:${event.statusId}`;
const concernsUs = (event: { readonly local: boolean }): boolean => event.local;

/** A new post goes out as Create, a boost as Announce. One that is deleted by now stays unsaid. */
export const planPublished: PlanRule<typeof StatusPublishedV1> = {
  contract: StatusPublishedV1,
  orderKey,
  concernsUs,
  plan: async (ports, { statusId }) => (await firstTold(ports, { statusId, isPublished: false })).plans,
};

/** What has to be said of a status before anything else is. */
export interface FirstTold {
  readonly plans: readonly Plan[];
  /** It had to wait for leave, which came. */
  readonly opens: boolean;
}

/**
 * What is said when a status is new, as it stands by now: to everybody who is to have it, or to the one who has to give leave.
 * `isPublished`: that was planned, and what came of leave since may not be.
 */
export async function firstTold(ports: PlanPorts, { statusId, isPublished }: { readonly statusId: StatusId; readonly isPublished: boolean }): Promise<FirstTold> {
  const told = await toldOf(ports, statusId);
  const leave = told?.around.asked?.state ?? null;
  if (told === null || (isPublished && leave !== 'accepted')) return { plans: [], opens: false };
  if (leave === 'pending') return { plans: [(await askAuthor(ports, told)) ?? []].flat(), opens: false };
  // What rests on what waits goes with that, see `planPermitted`.
  return { plans: isHeldBack(told.around) ? [] : await publicationOf(ports, told), opens: leave === 'accepted' };
}

/** A post or boost to whoever is to have it. */
export async function publicationOf(ports: PlanPorts, { status, around }: ToldStatus): Promise<Plan[]> {
  const reach = await reachOf(ports, status, 'create', around.boosted?.author.id ?? null);
  const publication = { ...planOf(status.accountId, renderPublication(ports.settings, status, around), reach), syncFollowers: isForFollowers(status) };
  return [publication, ...(await announcedToRelays(ports, status))];
}

/** An edit goes out as Update, also to everybody who interacted. Of several edits the last one speaks for all. */
export const planEdited: PlanRule<typeof StatusEditedV1> = {
  contract: StatusEditedV1,
  orderKey,
  concernsUs,
  after: ({ statusId }) => statusId,
  async plan(ports, event) {
    const editedMs = Date.parse(event.editedAt);
    const isLast = ({ editedAt }: Status): boolean => editedAt === null || editedAt.getTime() <= editedMs;
    const told = await toldOf(ports, event.statusId, (status) => status.boostOfId === null && isLast(status));
    if (told === null || isHeldBack(told.around)) return null;
    const { status, around } = told;
    const note = describeNote(ports.settings, status, around);
    const plan = planOf(status.accountId, renderUpdate(`${note.id}#updates/${editedMs}`, note), await reachOf(ports, status, 'update', null));
    return { ...plan, syncFollowers: isForFollowers(status) };
  },
};

/** How a poll stands goes out as Update, to whoever voted and to followers. It says no other time of an edit: it is none. */
export const planTallied: PlanRule<typeof StatusTalliedV1> = {
  contract: StatusTalliedV1,
  orderKey,
  concernsUs,
  after: ({ statusId }) => statusId,
  async plan(ports, event) {
    const told = await toldOf(ports, event.statusId, (status) => status.poll !== null);
    if (told === null || isHeldBack(told.around)) return null;
    const { status, around } = told;
    const note = describeNote(ports.settings, status, around);
    return planOf(status.accountId, renderUpdate(`${note.id}#updates/poll/${event.eventId}`, note), await reachOf(ports, status, 'update', null));
  },
};

/** The tombstone keeps whom it reached: they get a Delete, or an Undo of the boost. */
export const planDeleted: PlanRule<typeof StatusDeletedV1> = {
  contract: StatusDeletedV1,
  orderKey,
  concernsUs,
  async plan(ports, event) {
    const [status] = await ports.store.statusesByIds([event.statusId]);
    if (status === undefined || (await neverLeft(ports, status))) return null;
    if (status.boostOfId !== null) return planUndoneBoost(ports, status, status.boostOfId);
    const { baseUrl } = ports.settings;
    const author = actorUris(baseUrl, status.accountId);
    const { id } = statusUris(baseUrl, status.accountId, status.id);
    const audience = addressed(status.visibility, author.followers, status.mentions.map((mention) => mention.uri));
    const activity = renderDelete({ id: `${id}#delete`, actorUri: author.id, ...audience }, id);
    return planOf(status.accountId, activity, (await onlyAsked(ports, status)) ?? (await reachOf(ports, status, 'delete', null)));
  },
};

/** It rests on what never got leave: that was, or still is, waited for. What went out by a leave that was taken back has copies that have to go. */
async function neverLeft({ store }: PlanPorts, status: Status): Promise<boolean> {
  const parentId = status.boostOfId ?? status.inReplyToId;
  const [parent] = parentId === null ? [] : await store.statusesByIds([parentId]);
  return (await waitingAbove(store, status, parent))?.stampUri === null;
}

async function planUndoneBoost(ports: PlanPorts, boost: Status, targetId: StatusId): Promise<Plan | null> {
  const [target] = await ports.store.statusesByIds([targetId]);
  const [author] = target === undefined ? [] : await ports.store.accountsByIds([target.accountId]);
  if (target === undefined || author === undefined) return null;
  const asked = (await ports.store.askedInteractions([boost.id])).get(boost.id);
  // Who refused it has none.
  if (asked?.state === 'rejected') return null;
  const announce = renderAnnounce(announceEnvelope(ports.settings, boost, author.uri), target.uri);
  const reach = asked?.state === 'pending' ? toAccount(author.id) : await reachOf(ports, boost, 'delete', author.id);
  // A fragment of the actor's: at the Announce's own id there is nothing any more.
  const id = `${actorUris(ports.settings.baseUrl, boost.accountId).id}#undos/statuses/${boost.id}`;
  return planOf(boost.accountId, renderUndo(id, announce), reach);
}

/** Who was asked for leave and never gave it: nobody else has heard of it. Null: it is known as others are. */
async function onlyAsked(ports: PlanPorts, status: Status): Promise<Reach | null> {
  if (status.inReplyToId === null) return null;
  const asked = (await ports.store.askedInteractions([status.id])).get(status.id);
  if (asked === undefined || asked.stampUri !== null) return null;
  const [target] = await ports.store.statusesByIds([asked.statusId]);
  return target === undefined ? null : toAccount(target.accountId);
}

/** Relays of the LitePub style want the server itself to announce what there is to fetch. */
async function announcedToRelays(ports: PlanPorts, status: Status): Promise<Plan[]> {
  if (status.visibility !== 'public' || status.boostOfId !== null) return [];
  const relays = (await ports.relays.enabled()).filter((relay) => relay.style === 'litepub');
  if (relays.length === 0) return [];
  const actor = instanceActorUris(ports.settings.baseUrl).id;
  const to = [PUBLIC_URI, ...relays.flatMap((relay) => relay.actorUri ?? [])];
  const announce = renderAnnounce({ id: `${actor}#announces/${status.id}`, actorUri: actor, published: status.createdAt, to, cc: [] }, status.uri);
  return [planOf(INSTANCE_SENDER, announce, toInboxes(relays.map((relay) => relay.inbox)))];
}

/** Servers that hold such a post have to know who may see it. */
const isForFollowers = (status: Status): boolean => status.visibility === 'private' && status.boostOfId === null;

/** Nothing is said any more for people who are suspended or gone. */
async function livingStatus(ports: PlanPorts, statusId: StatusId): Promise<Status | null> {
  const [status] = await ports.store.statusesByIds([statusId]);
  if (status === undefined || status.deletedAt !== null || !status.local) return null;
  const [author] = await ports.store.accountsByIds([status.accountId]);
  const speaks = author !== undefined && author.domain === null && author.suspendedAt === null && author.deletedAt === null;
  return speaks ? status : null;
}

/** A status of ours, and what its document needs. */
export interface ToldStatus {
  readonly status: Status;
  readonly around: StatusSurroundings;
}

/** A living status of ours with what its document needs; null: it is to stay unsaid. `isMeant` is asked before the rest is read. */
export async function toldOf(
  ports: PlanPorts,
  statusId: StatusId,
  isMeant: (status: Status) => boolean = () => true,
): Promise<ToldStatus | null> {
  const status = await livingStatus(ports, statusId);
  if (status === null || !isMeant(status)) return null;
  const around = (await surroundingsOf(ports.settings, ports.store, [status])).get(status.id);
  return around === undefined ? null : { status, around };
}

/** The domain's audience of a status as inboxes are looked up by. */
export async function reachOf(
  ports: PlanPorts,
  status: Status,
  change: 'create' | 'update' | 'delete',
  boostedAuthorId: AccountId | null,
): Promise<Reach> {
  const repliedTo = await accountOf(ports, status.inReplyToAccountId);
  const [quoted] = status.quote?.quotedId == null ? [] : await ports.store.statusesByIds([status.quote.quotedId]);
  const audience = audienceOf({
    change,
    visibility: status.visibility,
    authorId: status.accountId,
    mentionedIds: new Set(status.mentions.map((mention) => mention.accountId)),
    inReplyToAccountId: status.inReplyToAccountId,
    inReplyToLocal: repliedTo !== null && repliedTo.domain === null,
    boostedAuthorId,
    quotedAuthorId: quoted?.accountId ?? null,
  });
  const groups = (await groupsOfAnswers(ports.store, [status])).get(status.id) ?? [];
  return {
    followersOf: audience.followersOf,
    accountIds: [...audience.accountIds, ...groups.map(({ accountId }) => accountId)],
    interactedWith: audience.interacted ? status.id : null,
    everybody: false,
    inboxes: [],
    relays: status.visibility === 'public' && status.boostOfId === null,
    // Who was blocked since holds a copy that has to go, but is shown nothing new.
    hiddenByBlocksOf: change === 'delete' ? null : status.accountId,
    isOpen: status.visibility === 'public' || status.visibility === 'unlisted',
  };
}

async function accountOf(ports: PlanPorts, id: AccountId | null): Promise<Account | null> {
  return id === null ? null : ((await ports.store.accountsByIds([id]))[0] ?? null);
}
