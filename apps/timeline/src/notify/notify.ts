import type {
  AccountRegisteredV1,
  EventOf,
  FollowAcceptedV1,
  FollowRequestedV1,
  FollowUndoneV1,
  ReportCreatedV1,
  StatusDeletedV1,
  StatusEditedV1,
  StatusFavouritedV1,
  StatusPublishedV1,
  StatusTalliedV1,
  StatusQuotedV1,
  StatusUnfavouritedV1,
} from '@trunkline/contracts';
import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';
import { loadStatuses, type StatusView } from '@trunkline/social';
import { NOTICES_AT_ONCE, tellAll, withdrawAll, type Notice, type NotifyPorts, type Telling } from './notices.js';

/** How a fact is named, when it is told and when it is taken back. */
const factOf = {
  boost: (statusId: Snowflake): string => `boost:${statusId}`,
  favourite: (favouriteId: Snowflake): string => `favourite:${favouriteId}`,
  follow: (followId: Snowflake): string => `follow:${followId}`,
  quote: (statusId: Snowflake): string => `quote:${statusId}`,
  quotedEdit: ({ statusId, editedAt }: { statusId: Snowflake; editedAt: string }): string => `quoted_update:${statusId}:${editedAt}`,
  followRequest: (followId: Snowflake): string => `follow_request:${followId}`,
};

/** What failed, by event. */
type Failed = Promise<ReadonlyMap<string, unknown>>;

/** Followers with the bell on, and quoters. */
const BELLS_AT_ONCE = 5_000;
const VOTERS_PER_PAGE = 500;

/** The posts of these events that are still there. */
async function postsOf<E extends { readonly eventId: string; readonly statusId: StatusId }>(ports: NotifyPorts, events: readonly E[]): Promise<{ event: E; view: StatusView }[]> {
  if (events.length === 0) return [];
  const { views } = await loadStatuses(ports, null, [...new Set(events.map((event) => event.statusId))]);
  return events.flatMap((event) => {
    const view = views.get(event.statusId);
    return view === undefined || view.status.deletedAt !== null ? [] : [{ event, view }];
  });
}

/** Mentions, boosts of local people's posts, and new posts for those who asked to be told. */
export async function notifyOfStatuses(ports: NotifyPorts, events: readonly EventOf<typeof StatusPublishedV1>[]): Failed {
  const views = await ports.posts.load(events.map((event) => event.statusId));
  const posts = events.flatMap((event) => {
    const view = views.get(event.statusId);
    return view === undefined ? [] : [{ event, view }];
  });
  const authors = [...new Set(posts.filter(({ view }) => tellsSubscribers(view)).map(({ view }) => view.author.id))];
  const bells = await bellsOf(ports, authors);
  return tellAll(ports, posts.flatMap(({ event, view }) => tellingsOf(event.eventId, view, bells.get(view.author.id) ?? [])));
}

function tellingsOf(eventId: string, view: StatusView, subscribers: readonly AccountId[]): Telling[] {
  const { status, boosted } = view;
  const fromAccountId = status.accountId;
  const telling = (notices: readonly Notice[]): Telling => ({ eventId, about: view, notices });
  if (boosted !== null) return [telling([{ accountId: boosted.author.id, type: 'reblog', fromAccountId, statusId: boosted.status.id, fact: factOf.boost(status.id) }])];
  const mentioned = status.mentions.filter((mention) => !mention.silent && mention.domain === null).map(({ accountId }) => accountId);
  const told = new Set(mentioned);
  const others = tellsSubscribers(view) ? subscribers.filter((accountId) => !told.has(accountId)) : [];
  const notices = [
    ...mentioned.map((accountId): Notice => ({ accountId, type: 'mention', fromAccountId, statusId: status.id, fact: `mention:${status.id}` })),
    ...others.map((accountId): Notice => ({ accountId, type: 'status', fromAccountId, statusId: status.id, fact: `status:${status.id}` })),
  ];
  return Array.from({ length: Math.ceil(notices.length / NOTICES_AT_ONCE) }, (_, page) => telling(notices.slice(page * NOTICES_AT_ONCE, (page + 1) * NOTICES_AT_ONCE)));
}

function tellsSubscribers({ status, boosted }: StatusView): boolean {
  const answersOthers = status.inReplyToAccountId !== null && status.inReplyToAccountId !== status.accountId;
  return boosted === null && status.visibility !== 'direct' && !answersOthers;
}

/** Followers with the bell on, by author; nearly always few. */
async function bellsOf(ports: NotifyPorts, authorIds: readonly AccountId[]): Promise<ReadonlyMap<AccountId, AccountId[]>> {
  const bells = new Map<AccountId, AccountId[]>();
  if (authorIds.length === 0) return bells;
  const few = await ports.store.bellFollowers(authorIds, '0' as AccountId, BELLS_AT_ONCE);
  if (few.length < BELLS_AT_ONCE) {
    for (const { authorId, accountId } of few) bells.set(authorId, [...(bells.get(authorId) ?? []), accountId]);
    return bells;
  }
  for (const authorId of authorIds) bells.set(authorId, await allBellsOf(ports, authorId));
  return bells;
}

async function allBellsOf(ports: NotifyPorts, authorId: AccountId): Promise<AccountId[]> {
  const all: AccountId[] = [];
  for (;;) {
    const page = await ports.store.bellFollowers([authorId], all.at(-1) ?? ('0' as AccountId), BELLS_AT_ONCE);
    all.push(...page.map(({ accountId }) => accountId));
    if (page.length < BELLS_AT_ONCE) return all;
  }
}

/** Whose post is quoted with their consent is told of it. */
export async function notifyOfQuotes(ports: NotifyPorts, events: readonly EventOf<typeof StatusQuotedV1>[]): Failed {
  const posts = await postsOf(ports, events.filter(({ state }) => state === 'accepted'));
  return tellAll(ports, posts.filter(({ view }) => view.status.quote?.state === 'accepted').map(({ event, view }) => {
    const { eventId, statusId, authorId, quotedAuthorId } = event;
    return { eventId, about: view, notices: [{ accountId: quotedAuthorId, type: 'quote', fromAccountId: authorId, statusId, fact: factOf.quote(statusId) }] };
  }));
}

/** Who quoted a post is told that it says something else now; of their own post, in which it stands. */
export async function notifyOfQuotedEdits(ports: NotifyPorts, events: readonly EventOf<typeof StatusEditedV1>[]): Failed {
  // An Update that is no edit keeps the date of the last one; a later edit speaks for itself.
  const quoted = (await postsOf(ports, events)).filter(({ event, view: { status } }) => status.quotesCount > 0 && status.editedAt?.toISOString() === event.editedAt);
  const tellings: Telling[] = [];
  // Hardly any edited post is quoted by somebody here.
  for (const { event, view } of quoted) {
    const quoters = await ports.store.localQuoters(event.statusId, BELLS_AT_ONCE);
    const fact = factOf.quotedEdit(event);
    tellings.push({ eventId: event.eventId, about: view, notices: quoters.map(({ accountId, statusId }) => ({ accountId, type: 'quoted_update', fromAccountId: event.authorId, statusId, fact })) });
  }
  return tellAll(ports, tellings);
}

/** A crowd likes one post within minutes: it is loaded once for all of them. */
export async function notifyOfFavourites(ports: NotifyPorts, events: readonly EventOf<typeof StatusFavouritedV1>[]): Failed {
  const posts = await postsOf(ports, events);
  return tellAll(ports, posts.map(({ event: { eventId, accountId, statusId, favouriteId }, view }) => ({
    eventId, about: view, notices: [{ accountId: view.author.id, type: 'favourite', fromAccountId: accountId, statusId, fact: factOf.favourite(favouriteId) }],
  })));
}

/** Of a poll's end its author hears and everybody here who voted. Most that come here are about its tallies alone. */
export async function notifyOfPoll(ports: NotifyPorts, event: EventOf<typeof StatusTalliedV1>): Promise<void> {
  if (!event.ended) return;
  const [post] = await postsOf(ports, [event]);
  if (post === undefined) return;
  const { view } = post;
  const tell = (people: readonly AccountId[]): Promise<void> =>
    tellOne(ports, { eventId: event.eventId, about: view, notices: people.map((accountId) => ({ accountId, type: 'poll', fromAccountId: view.author.id, statusId: event.statusId, fact: `poll:${event.statusId}` })) });
  await tell([view.author.id]);
  for (let after = '0' as AccountId; ; ) {
    const voters = await ports.store.votersHere(event.statusId, after, VOTERS_PER_PAGE);
    await tell(voters.filter((id) => id !== view.author.id));
    const last = voters.at(-1);
    if (last === undefined || voters.length < VOTERS_PER_PAGE) return;
    after = last;
  }
}

export async function withdrawFavourites(ports: NotifyPorts, events: readonly EventOf<typeof StatusUnfavouritedV1>[]): Failed {
  const authors = await authorsOf(ports, events.map(({ statusId }) => statusId));
  return withdrawAll(ports, events.flatMap(({ eventId, accountId: fromAccountId, statusId, favouriteId }) => {
    const accountId = authors.get(statusId);
    return accountId === undefined ? [] : [{ eventId, about: null, notices: [{ accountId, type: 'favourite', fromAccountId, statusId, fact: factOf.favourite(favouriteId) }] }];
  }));
}

/** What was told of a post that is gone is left out when it is read. */
export async function withdrawBoosts(ports: NotifyPorts, events: readonly EventOf<typeof StatusDeletedV1>[]): Failed {
  const boosts = events.flatMap(({ boostOfId, ...event }) => (boostOfId === null ? [] : [{ ...event, boostOfId }]));
  const authors = await authorsOf(ports, boosts.map(({ boostOfId }) => boostOfId));
  return withdrawAll(ports, boosts.flatMap(({ eventId, authorId, statusId, boostOfId }) => {
    const accountId = authors.get(boostOfId);
    return accountId === undefined ? [] : [{ eventId, about: null, notices: [{ accountId, type: 'reblog', fromAccountId: authorId, statusId: boostOfId, fact: factOf.boost(statusId) }] }];
  }));
}

/** Of statuses that are known, deleted ones among them. */
async function authorsOf(ports: NotifyPorts, ids: readonly StatusId[]): Promise<ReadonlyMap<StatusId, AccountId>> {
  return new Map(ids.length === 0 ? [] : (await ports.store.statusesByIds([...new Set(ids)])).map((status) => [status.id, status.accountId]));
}

export const withdrawFollows = (ports: NotifyPorts, events: readonly EventOf<typeof FollowUndoneV1>[]): Failed =>
  withdrawAll(ports, events.map(({ eventId, followId, followerId, targetId }) => ({
    eventId,
    about: null,
    notices: [
      { accountId: targetId, type: 'follow', fromAccountId: followerId, fact: factOf.follow(followId) },
      { accountId: targetId, type: 'follow_request', fromAccountId: followerId, fact: factOf.followRequest(followId) },
    ],
  })));

export const notifyOfFollowRequests = (ports: NotifyPorts, events: readonly EventOf<typeof FollowRequestedV1>[]): Failed =>
  tellAll(ports, events.map(({ eventId, followId, followerId, targetId }) => ({
    eventId, about: null, notices: [{ accountId: targetId, type: 'follow_request', fromAccountId: followerId, fact: factOf.followRequest(followId) }],
  })));

export const notifyOfFollows = (ports: NotifyPorts, events: readonly EventOf<typeof FollowAcceptedV1>[]): Failed =>
  tellAll(ports, events.filter(({ again }) => !again).map(({ eventId, followId, followerId, targetId }) => ({
    eventId, about: null, notices: [{ accountId: targetId, type: 'follow', fromAccountId: followerId, fact: factOf.follow(followId) }],
  })));

/** Those who approve sign-ups learn of each new one. */
export async function notifyOfSignUp(ports: NotifyPorts, { eventId, accountId: fromAccountId }: EventOf<typeof AccountRegisteredV1>): Promise<void> {
  const moderators = await ports.users.moderatorAccountIds();
  await tellOne(ports, { eventId, about: null, notices: moderators.map((accountId) => ({ accountId, type: 'admin.sign_up', fromAccountId, fact: `sign_up:${fromAccountId}` })) });
}

export async function notifyOfReport(ports: NotifyPorts, { eventId, reportId }: EventOf<typeof ReportCreatedV1>): Promise<void> {
  const [report] = await ports.reports.byIds([reportId]);
  if (report === undefined) return;
  const moderators = await ports.users.moderatorAccountIds();
  await tellOne(ports, { eventId, about: null, notices: moderators.map((accountId) => ({ accountId, type: 'admin.report', fromAccountId: report.accountId, reportId: report.id, fact: `report:${report.id}` })) });
}

/** @throws what it failed of */
async function tellOne(ports: NotifyPorts, telling: Telling): Promise<void> {
  for (const error of (await tellAll(ports, [telling])).values()) throw error;
}
