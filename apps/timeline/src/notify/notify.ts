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
import type { Account, NotificationType } from '@trunkline/domain';
import type { AccountId, Snowflake } from '@trunkline/kernel';
import {
  isDomainSuspended,
  isSilenced,
  isVisible,
  loadStatuses,
  viewerOf,
  type IdSource,
  type LivePort,
  type NewNotification,
  type NotificationStore,
  type PolicyPort,
  type ReportStore,
  type SocialReads,
  type StatusView,
} from '@trunkline/social';

export interface NotifyPorts {
  readonly store: SocialReads;
  readonly notifications: NotificationStore;
  readonly reports: ReportStore;
  readonly users: { moderatorAccountIds(): Promise<AccountId[]> };
  readonly ids: IdSource;
  readonly live: LivePort;
  readonly policy: PolicyPort;
}

/** How a fact is named, when it is told and when it is taken back. */
const factOf = {
  boost: (statusId: Snowflake): string => `boost:${statusId}`,
  favourite: (favouriteId: Snowflake): string => `favourite:${favouriteId}`,
  follow: (followId: Snowflake): string => `follow:${followId}`,
  quote: (statusId: Snowflake): string => `quote:${statusId}`,
  quotedEdit: ({ statusId, editedAt }: { statusId: Snowflake; editedAt: string }): string => `quoted_update:${statusId}:${editedAt}`,
  followRequest: (followId: Snowflake): string => `follow_request:${followId}`,
};

/** Followers with the bell on: told in pages, asked for in larger ones. */
const FOLLOWERS_PER_PAGE = 500;
const BELLS_AT_ONCE = 5_000;
const VOTERS_PER_PAGE = 500;

interface Notice {
  readonly accountId: AccountId;
  readonly type: NotificationType;
  readonly fromAccountId: AccountId;
  readonly statusId?: Snowflake;
  readonly reportId?: Snowflake;
  readonly fact: string;
}

/** Mentions, boosts of local people's posts, and new posts for those who asked to be told. */
export async function notifyOfStatuses(ports: NotifyPorts, events: readonly EventOf<typeof StatusPublishedV1>[]): Promise<ReadonlyMap<string, unknown>> {
  const { views } = await loadStatuses(ports, null, [...new Set(events.map((event) => event.statusId))]);
  const posts = events.flatMap(({ eventId, statusId }) => {
    const view = views.get(statusId);
    return view === undefined || view.status.deletedAt !== null ? [] : [{ eventId, view }];
  });
  const authors = [...new Set(posts.filter(({ view }) => tellsSubscribers(view)).map(({ view }) => view.author.id))];
  const bells = await bellsOf(ports, authors);
  const failed = new Map<string, unknown>();
  for (const { eventId, view } of posts) {
    await notifyOfStatus(ports, view, bells.get(view.author.id) ?? []).catch((error: unknown) => void failed.set(eventId, error));
  }
  return failed;
}

async function notifyOfStatus(ports: NotifyPorts, view: StatusView, subscribers: readonly AccountId[]): Promise<void> {
  const from = view.status.accountId;
  if (view.boosted !== null) {
    const fact = factOf.boost(view.status.id);
    await notify(ports, view, [{ accountId: view.boosted.author.id, type: 'reblog', fromAccountId: from, statusId: view.boosted.status.id, fact }]);
    return;
  }
  const mentions = view.status.mentions.filter((mention) => !mention.silent && mention.domain === null);
  await notify(
    ports,
    view,
    mentions.map(({ accountId }) => ({ accountId, type: 'mention', fromAccountId: from, statusId: view.status.id, fact: `mention:${view.status.id}` })),
  );
  if (!tellsSubscribers(view)) return;
  const told = new Set(mentions.map((mention) => mention.accountId));
  for (let at = 0; at < subscribers.length; at += FOLLOWERS_PER_PAGE) {
    await notify(
      ports,
      view,
      subscribers
        .slice(at, at + FOLLOWERS_PER_PAGE)
        .filter((accountId) => !told.has(accountId))
        .map((accountId) => ({ accountId, type: 'status', fromAccountId: from, statusId: view.status.id, fact: `status:${view.status.id}` })),
    );
  }
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
export async function notifyOfQuote(ports: NotifyPorts, event: EventOf<typeof StatusQuotedV1>): Promise<void> {
  if (event.state !== 'accepted') return;
  const { views } = await loadStatuses(ports, null, [event.statusId]);
  const view = views.get(event.statusId);
  if (view === undefined || view.status.quote?.state !== 'accepted') return;
  await notify(ports, view, [
    { accountId: event.quotedAuthorId, type: 'quote', fromAccountId: event.authorId, statusId: event.statusId, fact: factOf.quote(event.statusId) },
  ]);
}

/** Who quoted a post is told that it says something else now; of their own post, in which it stands. */
export async function notifyOfQuotedEdit(ports: NotifyPorts, event: EventOf<typeof StatusEditedV1>): Promise<void> {
  const { views } = await loadStatuses(ports, null, [event.statusId]);
  const view = views.get(event.statusId);
  // An Update that is no edit keeps the date of the last one; a later edit speaks for itself.
  if (view === undefined || view.status.quotesCount === 0 || view.status.editedAt?.toISOString() !== event.editedAt) return;
  const quoters = await ports.store.localQuoters(event.statusId, BELLS_AT_ONCE);
  await notify(
    ports,
    view,
    quoters.map(({ accountId, statusId }) => ({ accountId, type: 'quoted_update', fromAccountId: event.authorId, statusId, fact: factOf.quotedEdit(event) })),
  );
}

export async function notifyOfFavourite(ports: NotifyPorts, event: EventOf<typeof StatusFavouritedV1>): Promise<void> {
  const { views } = await loadStatuses(ports, null, [event.statusId]);
  const view = views.get(event.statusId);
  if (view === undefined || view.status.deletedAt !== null) return;
  await notify(ports, view, [
    { accountId: view.author.id, type: 'favourite', fromAccountId: event.accountId, statusId: event.statusId, fact: factOf.favourite(event.favouriteId) },
  ]);
}

/** Of a poll's end its author hears and everybody here who voted. Most that come here are about its tallies alone. */
export async function notifyOfPoll(ports: NotifyPorts, event: EventOf<typeof StatusTalliedV1>): Promise<void> {
  if (!event.ended) return;
  const { views } = await loadStatuses(ports, null, [event.statusId]);
  const view = views.get(event.statusId);
  if (view === undefined || view.status.deletedAt !== null) return;
  const noticeTo = (accountId: AccountId): Notice => ({ accountId, type: 'poll', fromAccountId: view.author.id, statusId: event.statusId, fact: `poll:${event.statusId}` });
  await notify(ports, view, [noticeTo(view.author.id)]);
  for (let after = '0' as AccountId; ; ) {
    const voters = await ports.store.votersHere(event.statusId, after, VOTERS_PER_PAGE);
    await notify(ports, view, voters.filter((id) => id !== view.author.id).map(noticeTo));
    const last = voters.at(-1);
    if (last === undefined || voters.length < VOTERS_PER_PAGE) return;
    after = last;
  }
}

export async function withdrawFavourite(ports: NotifyPorts, event: EventOf<typeof StatusUnfavouritedV1>): Promise<void> {
  const [status] = await ports.store.statusesByIds([event.statusId]);
  if (status === undefined) return;
  const { accountId: fromAccountId, statusId } = event;
  await withdraw(ports, [{ accountId: status.accountId, type: 'favourite', fromAccountId, statusId, fact: factOf.favourite(event.favouriteId) }]);
}

export async function withdrawBoost(ports: NotifyPorts, event: EventOf<typeof StatusDeletedV1>): Promise<void> {
  // What was told of a post that is gone is left out when it is read.
  const [boosted] = event.boostOfId === null ? [] : await ports.store.statusesByIds([event.boostOfId]);
  if (boosted === undefined) return;
  await withdraw(ports, [{ accountId: boosted.accountId, type: 'reblog', fromAccountId: event.authorId, statusId: boosted.id, fact: factOf.boost(event.statusId) }]);
}

export async function withdrawFollow(ports: NotifyPorts, { followId, followerId, targetId }: EventOf<typeof FollowUndoneV1>): Promise<void> {
  await withdraw(ports, [
    { accountId: targetId, type: 'follow', fromAccountId: followerId, fact: factOf.follow(followId) },
    { accountId: targetId, type: 'follow_request', fromAccountId: followerId, fact: factOf.followRequest(followId) },
  ]);
}

/** Taken back, it is as if it had not been: nobody is told any more, also when this is heard before the fact itself. */
async function withdraw(ports: NotifyPorts, notices: readonly Notice[]): Promise<void> {
  const accounts = await ports.store.accountsByIds([...new Set(notices.map((notice) => notice.accountId))]);
  const here = new Set(accounts.filter((account) => account.domain === null).map((account) => account.id));
  await ports.notifications.withdraw(notices.filter((notice) => here.has(notice.accountId)).map((notice) => rowOf(ports, notice)));
}

const rowOf = (ports: NotifyPorts, notice: Notice): NewNotification => ({
  ...notice,
  id: ports.ids.next(),
  statusId: notice.statusId ?? null,
  reportId: notice.reportId ?? null,
});

export function notifyOfFollowRequest(ports: NotifyPorts, event: EventOf<typeof FollowRequestedV1>): Promise<void> {
  const fact = factOf.followRequest(event.followId);
  return notify(ports, null, [{ accountId: event.targetId, type: 'follow_request', fromAccountId: event.followerId, fact }]);
}

export async function notifyOfFollow(ports: NotifyPorts, event: EventOf<typeof FollowAcceptedV1>): Promise<void> {
  if (event.again) return;
  await notify(ports, null, [{ accountId: event.targetId, type: 'follow', fromAccountId: event.followerId, fact: factOf.follow(event.followId) }]);
}

/** Those who approve sign-ups learn of each new one. */
export async function notifyOfSignUp(ports: NotifyPorts, event: EventOf<typeof AccountRegisteredV1>): Promise<void> {
  const moderators = await ports.users.moderatorAccountIds();
  await notify(
    ports,
    null,
    moderators.map((accountId) => ({ accountId, type: 'admin.sign_up', fromAccountId: event.accountId, fact: `sign_up:${event.accountId}` })),
  );
}

export async function notifyOfReport(ports: NotifyPorts, event: EventOf<typeof ReportCreatedV1>): Promise<void> {
  const [report] = await ports.reports.byIds([event.reportId]);
  if (report === undefined) return;
  const moderators = await ports.users.moderatorAccountIds();
  await notify(
    ports,
    null,
    moderators.map((accountId) => ({
      accountId,
      type: 'admin.report',
      fromAccountId: report.accountId,
      reportId: report.id,
      fact: `report:${report.id}`,
    })),
  );
}

/** Stores what the recipients want to hear, once, and tells their streams. Only people here are notified. */
async function notify(ports: NotifyPorts, about: StatusView | null, notices: readonly Notice[]): Promise<void> {
  // Nobody is told of what they did themselves; that a poll ended nobody did.
  const outsiders = notices.filter((notice) => notice.accountId !== notice.fromAccountId || notice.type === 'poll');
  if (outsiders.length === 0) return;
  const wanted = await wantedBy(ports, about, outsiders);
  if (wanted.length === 0) return;
  for (const stored of await ports.notifications.insert(wanted.map((notice) => rowOf(ports, notice)))) {
    ports.live.toUsers([stored.accountId], { type: 'notification', notificationId: stored.id });
  }
}

/** Left out: people elsewhere, senders blocked or muted or on suspended servers, and posts the recipient cannot see. */
async function wantedBy(ports: NotifyPorts, about: StatusView | null, notices: readonly Notice[]): Promise<Notice[]> {
  const fromIds = [...new Set(notices.map((notice) => notice.fromAccountId))];
  const accounts = await ports.store.accountsByIds([...new Set([...fromIds, ...notices.map((notice) => notice.accountId)])]);
  const known = new Map(accounts.map((account) => [account.id, account]));
  const recipients = notices.map((notice) => notice.accountId).filter((id) => isHere(known.get(id)));
  const others = about === null ? fromIds : [...fromIds, about.author.id];
  const ties = recipients.length === 0 ? new Map() : await ports.store.tiesOfMany(recipients, others);
  return notices.filter((notice) => {
    const from = known.get(notice.fromAccountId);
    if (!isHere(known.get(notice.accountId)) || from === undefined || from.deletedAt !== null) return false;
    // Moderators hear of reports and sign-ups whoever they come from.
    if (notice.type.startsWith('admin.')) return true;
    if (from.suspendedAt !== null || isDomainSuspended(ports.policy.current(), from)) return false;
    const viewer = viewerOf(notice.accountId, ties.get(notice.accountId) ?? new Map());
    const toSender = viewer.tiesTo(from.id);
    if (toSender.blockedEitherWay || toSender.mutes || toSender.blocksDomain) return false;
    // Limited accounts, and those of limited servers, reach only those who follow them.
    if (isSilenced(ports.policy.current(), from) && !toSender.follows) return false;
    return about === null || isVisible(ports, about, viewer);
  });
}

const isHere = (account: Account | undefined): boolean =>
  account !== undefined && account.domain === null && account.deletedAt === null && account.suspendedAt === null;
