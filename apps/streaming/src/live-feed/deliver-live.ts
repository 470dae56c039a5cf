import type { LivePublicMessage, LiveUserMessage } from '@trunkline/contracts';
import { feedVerdict, listVerdict, publicTimelineVerdict, sightFor, type Notification, type Status, type TimelineFacts, type Viewer } from '@trunkline/domain';
import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';
import { covers } from '@trunkline/mastodon-api';
import {
  loadStatuses,
  peopleIn,
  type ListAmong,
  type ListStore,
  seenBy,
  timelineFacts,
  viewerOf,
  type NotificationPresenting,
  type StatusView,
  type ViewerTies,
} from '@trunkline/social';
import type { Channel } from '../channels/channel.js';
import type { Listener, StreamEvent } from './listeners.js';
import { renderNotifications, renderStatuses, statusKey, type Eyes } from './render-live.js';

/** One live message as it came over the bus. */
export type LiveItem = DirectItem | { readonly kind: 'followers'; readonly authorId: AccountId; readonly except: readonly AccountId[]; readonly message: LiveUserMessage };

/** One whose listeners are known. */
type DirectItem =
  | { readonly kind: 'user'; readonly accountId: AccountId; readonly message: LiveUserMessage }
  | { readonly kind: 'public'; readonly message: LivePublicMessage };

export interface DeliverPorts extends NotificationPresenting {
  readonly lists: Pick<ListStore, 'among'>;
  readonly notifications: { byIds(accountId: AccountId, ids: readonly Snowflake[]): Promise<Notification[]> };
}

export interface Audience {
  ofUser(accountId: AccountId): readonly Listener[];
  ofPublic(): readonly Listener[];
  userIds(): readonly AccountId[];
}

/** One message for one listener; what it carries is rendered for all of them together. */
interface Planned {
  readonly listener: Listener;
  readonly event: StreamEvent['event'];
  readonly carries: { readonly what: 'text'; readonly text: string } | { readonly what: 'status'; readonly view: StatusView; readonly eyes: Eyes } | { readonly what: 'notification'; readonly id: Snowflake };
}

interface Loaded {
  readonly views: ReadonlyMap<StatusId, StatusView>;
  readonly ties: ReadonlyMap<AccountId, ViewerTies>;
  readonly lists: ReadonlyMap<Snowflake, ListAmong>;
}

const VIEWERS_PER_QUERY = 1_000;

/**
 * Live messages to those who listen, in order. However many listen, each status is loaded once and the rules that guard
 * timelines are asked again for each viewer: what was blocked, muted or suspended a moment ago is not sent any more.
 * @returns how many messages were sent
 */
export async function deliverLive(ports: DeliverPorts, audience: Audience, items: readonly LiveItem[]): Promise<number> {
  const direct = await withFollowers(ports, audience, items);
  const heard = direct.map((item) => ({ item, listeners: listenersOf(audience, item) })).filter(({ listeners }) => listeners.length > 0);
  const loaded = await load(ports, heard);
  const planned = heard.flatMap(({ item, listeners }) => listeners.flatMap((listener) => plan(ports, item, listener, loaded)));
  const payloadOf = await render(ports, planned);
  let sent = 0;
  for (const each of planned) {
    const payload = payloadOf(each);
    if (payload === null) continue;
    each.listener.client.send({ stream: each.listener.channel.name, event: each.event, payload });
    sent += 1;
  }
  return sent;
}

/** What goes to the followers of an author goes to those of them who listen here, who are asked for once for all messages. */
async function withFollowers(ports: DeliverPorts, audience: Audience, items: readonly LiveItem[]): Promise<DirectItem[]> {
  const authors = [...new Set(items.flatMap((item) => (item.kind === 'followers' ? [item.authorId] : [])))];
  if (authors.length === 0) return items.flatMap((item) => (item.kind === 'followers' ? [] : [item]));
  const followers = new Map(authors.map((id) => [id, new Set<AccountId>()]));
  const listening = audience.userIds();
  for (let at = 0; at < listening.length; at += VIEWERS_PER_QUERY) {
    const page = await ports.store.tiesOfMany(listening.slice(at, at + VIEWERS_PER_QUERY), authors);
    for (const [id, ties] of page) for (const [authorId, tie] of ties) if (tie.follows) followers.get(authorId)?.add(id);
  }
  return items.flatMap((item): DirectItem[] => {
    if (item.kind !== 'followers') return [item];
    const told = new Set(item.except);
    return [...(followers.get(item.authorId) ?? [])].filter((id) => !told.has(id)).map((accountId) => ({ kind: 'user', accountId, message: item.message }));
  });
}

function listenersOf(audience: Audience, item: DirectItem): readonly Listener[] {
  if (item.kind === 'public') return audience.ofPublic().filter(({ channel }) => holds(channel, item.message));
  const isNotice = item.message.type === 'notification';
  return audience
    .ofUser(item.accountId)
    .filter(({ channel, client }) => (isNotice ? covers(client.who.scopes, 'read:notifications') : channel.source === 'user' || channel.source === 'list'));
}

/** Whether the message belongs to the channel. A deletion names neither tags nor media: all who may have the status hear it. So it is with what went from public places. */
function holds(channel: Channel, message: LivePublicMessage): boolean {
  if (channel.from !== 'all' && message.local !== (channel.from === 'local')) return false;
  if (message.type === 'delete' || isNarrowed(message)) return true;
  if (channel.onlyMedia && !message.hasMedia) return false;
  return channel.tag === null || message.tags.includes(channel.tag);
}

const statusIdOf = ({ message }: DirectItem): StatusId[] =>
  message.type === 'update' || message.type === 'status.update' ? [message.statusId] : [];

/** Each status once, and how every viewer stands to the people in it. */
async function load(ports: DeliverPorts, heard: readonly { item: DirectItem; listeners: readonly Listener[] }[]): Promise<Loaded> {
  const about = heard.filter(({ item }) => statusIdOf(item).length > 0);
  const statusIds = [...new Set(about.flatMap(({ item }) => statusIdOf(item)))];
  if (statusIds.length === 0) return { views: new Map(), ties: new Map(), lists: new Map() };
  const { views } = await loadStatuses(ports, null, statusIds);
  const people = peopleIn([...views.values()].flatMap(statusesIn));
  const viewers = [...new Set(about.flatMap(({ listeners }) => listeners.map(({ client }) => client.who.accountId)))];
  const ties = new Map<AccountId, ViewerTies>();
  for (let at = 0; at < viewers.length; at += VIEWERS_PER_QUERY) {
    const page = await ports.store.tiesOfMany(viewers.slice(at, at + VIEWERS_PER_QUERY), people);
    for (const [id, known] of page) ties.set(id, known);
  }
  const listIds = [...new Set(about.flatMap(({ listeners }) => listeners.flatMap(({ channel }) => channel.listId ?? [])))];
  return { views, ties, lists: await ports.lists.among(listIds, people) };
}

/** A status and all that is shown within it. */
const statusesIn = (view: StatusView): Status[] => [view.status, ...[view.boosted, view.quoted].flatMap((inner) => (inner === null ? [] : statusesIn(inner)))];

function plan(ports: DeliverPorts, item: DirectItem, listener: Listener, loaded: Loaded): Planned[] {
  const { message } = item;
  if (message.type === 'delete') return [{ listener, event: 'delete', carries: { what: 'text', text: message.statusId } }];
  if (message.type === 'notification') {
    return [{ listener, event: 'notification', carries: { what: 'notification', id: message.notificationId } }];
  }
  const found = loaded.views.get(message.statusId);
  if (isNarrowed(message) && (found === undefined || isOutOfSight(ports, found, listener, loaded))) return [{ listener, event: 'delete', carries: { what: 'text', text: message.statusId } }];
  if (found === undefined || !mayHear(ports, found, listener, { ...loaded, narrowed: isNarrowed(message) })) return [];
  // Whom the listener blocks, or whose posts are not for them, is not shown within what others quote.
  const view = seenBy(ports, found, viewerOfListener(listener, loaded));
  const eyes = item.kind === 'public' ? 'anonymous' : eyesOf(view, listener.client.who.accountId, message.type);
  return [{ listener, event: message.type, carries: { what: 'status', view, eyes } }];
}

const viewerOfListener = ({ client }: Listener, { ties }: Loaded): Viewer => viewerOf(client.who.accountId, ties.get(client.who.accountId) ?? new Map());

const isNarrowed = (message: LiveUserMessage | LivePublicMessage): boolean => message.type === 'status.update' && message.narrowed === true;

function isOutOfSight(ports: DeliverPorts, view: StatusView, listener: Listener, loaded: Loaded): boolean {
  const { status, boosted } = timelineFacts(ports, view);
  return sightFor(status, boosted?.status ?? null, viewerOfListener(listener, loaded)) !== 'visible';
}

/** As the status stood while it was public. */
const inPublic = (facts: TimelineFacts): TimelineFacts => ({ ...facts, status: { ...facts.status, visibility: 'public' } });

function mayHear(ports: DeliverPorts, view: StatusView, listener: Listener, { narrowed = false, ...loaded }: Loaded & { readonly narrowed?: boolean }): boolean {
  const { channel } = listener;
  const viewer = viewerOfListener(listener, loaded);
  const facts = timelineFacts(ports, view);
  if (channel.source === 'user') return feedVerdict(facts, viewer) === 'show';
  if (channel.source === 'list') {
    const known = channel.listId === null ? undefined : loaded.lists.get(channel.listId);
    // A list may have gone, and who asks for one need not own it.
    if (known === undefined || known.list.accountId !== viewer.id) return false;
    return listVerdict(facts, viewer, { repliesPolicy: known.list.repliesPolicy, isMember: (id) => known.members.has(id) }) === 'show';
  }
  return publicTimelineVerdict(narrowed ? inPublic(facts) : facts, viewer, { repliesToo: channel.source === 'tag' }) === 'show';
}

/** A status that did not exist a moment ago looks alike to all but its author: nobody has favourited it yet. */
function eyesOf(view: StatusView, viewerId: AccountId, type: 'update' | 'status.update'): Eyes {
  return type === 'update' && view.boosted === null && view.quoted === null && view.author.id !== viewerId ? 'fresh' : viewerId;
}

async function render(ports: DeliverPorts, planned: readonly Planned[]): Promise<(one: Planned) => string | null> {
  const statuses = planned.flatMap(({ carries }) => {
    return carries.what === 'status' ? [{ view: carries.view, eyes: carries.eyes }] : [];
  });
  const notices = planned.flatMap(({ carries, listener }) =>
    carries.what === 'notification' ? [{ accountId: listener.client.who.accountId, id: carries.id }] : [],
  );
  const [statusTexts, noticeTexts] = await Promise.all([renderStatuses(ports, statuses), renderNotifications(ports, notices)]);
  return ({ carries }) => {
    if (carries.what === 'text') return carries.text;
    if (carries.what === 'notification') return noticeTexts.get(carries.id) ?? null;
    return statusTexts.get(statusKey(carries.view, carries.eyes)) ?? null;
  };
}
