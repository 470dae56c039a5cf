import type { EventOf, StatusDeletedV1, StatusEditedV1, StatusPublishedV1 } from '@trunkline/contracts';
import { feedVerdict, normaliseHashtag, sightOf, type FeedEntry, type FeedVerdict, type StatusFacts, type TimelineFacts } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import {
  loadStatuses,
  peopleIn,
  timelineFacts,
  viewerOf,
  type HomeFeeds,
  type LivePort,
  type PolicyPort,
  type SocialReads,
  type StatusView,
} from '@trunkline/social';

/** Followers per round: one page of ids, one question for ties, one push. */
const FOLLOWERS_PER_PAGE = 500;

export interface FanOutPorts {
  readonly store: SocialReads;
  readonly feeds: HomeFeeds;
  readonly live: LivePort;
  readonly policy: PolicyPort;
}

/**
 * A new status into the home feeds of its author and of active local followers, and onto their streams.
 * @returns how many feeds took it.
 */
export async function fanOutStatus(ports: FanOutPorts, event: EventOf<typeof StatusPublishedV1>): Promise<number> {
  const view = await viewOf(ports, event.statusId);
  if (view === null) return 0;
  let feeds = 0;
  const facts = timelineFacts(ports, view);
  const entry: FeedEntry = { statusId: view.status.id, authorId: view.status.accountId, boostOfId: view.status.boostOfId };
  for await (const verdicts of verdictsOfReaders(ports, view, facts)) {
    const takers = verdicts.filter(([, verdict]) => mayBecomeShown(verdict, facts)).map(([id]) => id);
    if (takers.length === 0) continue;
    const pushed = await ports.feeds.push(takers, entry);
    feeds += pushed;
    const shown = verdicts.filter(([, verdict]) => verdict === 'show').map(([id]) => id);
    ports.live.toUsers(shown, { type: 'update', statusId: view.status.id });
  }
  tellPublic(ports, view, facts, 'update');
  return feeds;
}

/** An edit changes no feed; open streams are told. */
export async function announceEdit(ports: FanOutPorts, event: EventOf<typeof StatusEditedV1>): Promise<void> {
  const view = await viewOf(ports, event.statusId);
  if (view === null) return;
  const facts = timelineFacts(ports, view);
  for await (const verdicts of verdictsOfReaders(ports, view, facts)) {
    const shown = verdicts.filter(([, verdict]) => verdict === 'show').map(([id]) => id);
    ports.live.toUsers(shown, { type: 'status.update', statusId: view.status.id });
  }
  tellPublic(ports, view, facts, 'status.update');
}

/** Takes a deleted status out of feeds; streams drop it. Nobody else learns that there was something followers-only or direct. */
export async function withdrawStatus(ports: FanOutPorts, event: EventOf<typeof StatusDeletedV1>): Promise<void> {
  const { statusId, authorId } = event;
  const view = (await loadStatuses(ports, null, [statusId])).views.get(statusId);
  const facts = view === undefined ? null : asItStood(timelineFacts(ports, view).status);
  for await (const readers of activeReaders(ports, authorId)) {
    await ports.feeds.remove(readers, [statusId]);
    if (facts === null) continue;
    const ties = await ports.store.tiesOfMany(readers, [authorId]);
    const told = readers.filter((id) => sightOf(facts, id, viewerOf(id, ties.get(id) ?? new Map()).tiesTo(authorId)) === 'visible');
    ports.live.toUsers(told, { type: 'delete', statusId });
  }
  if (event.boostOfId === null && facts?.visibility === 'public') {
    ports.live.toPublic({ type: 'delete', statusId, authorId, local: event.local, hasMedia: false, tags: [] });
  }
}

/** Facts of a tombstone as they were while it could be read; its author may have gone with it. */
const asItStood = (facts: StatusFacts): StatusFacts => ({ ...facts, deleted: false, authorSuspended: false });

async function viewOf(ports: FanOutPorts, statusId: StatusId): Promise<StatusView | null> {
  const { views } = await loadStatuses(ports, null, [statusId]);
  const view = views.get(statusId);
  return view === undefined || view.status.deletedAt !== null ? null : view;
}

/**
 * A reply whose parent is not here yet goes in as well: the rule is asked again at each read, when the parent
 * may have come.
 */
const mayBecomeShown = (verdict: FeedVerdict, facts: TimelineFacts): boolean =>
  verdict === 'show' || (verdict === 'reply-to-stranger' && facts.reply?.toAccountId === null);

async function* verdictsOfReaders(
  ports: FanOutPorts,
  view: StatusView,
  facts: TimelineFacts,
): AsyncGenerator<(readonly [AccountId, FeedVerdict])[]> {
  const people = peopleIn(view.boosted === null ? [view.status] : [view.status, view.boosted.status]);
  for await (const readers of activeReaders(ports, view.status.accountId)) {
    const ties = await ports.store.tiesOfMany(readers, people);
    yield readers.map((id) => [id, feedVerdict(facts, viewerOf(id, ties.get(id) ?? new Map()))] as const);
  }
}

/** The author, if local, and local followers, page by page; only those who have a feed, i.e. read it lately. */
async function* activeReaders(ports: FanOutPorts, authorId: AccountId): AsyncGenerator<AccountId[]> {
  const own = await ports.feeds.existing([authorId]);
  if (own.size > 0) yield [authorId];
  let after: AccountId | null = null;
  for (;;) {
    const page: { accountId: AccountId }[] = await ports.store.localFollowersAfter(authorId, after, FOLLOWERS_PER_PAGE);
    const ids = page.map((follower) => follower.accountId);
    const active = await ports.feeds.existing(ids);
    if (active.size > 0) yield ids.filter((id) => active.has(id));
    after = ids.at(-1) ?? null;
    if (ids.length < FOLLOWERS_PER_PAGE) return;
  }
}

function tellPublic(ports: FanOutPorts, view: StatusView, facts: TimelineFacts, type: 'update' | 'status.update'): void {
  const { status } = view;
  if (status.visibility !== 'public' || status.boostOfId !== null || facts.authorSilenced) return;
  ports.live.toPublic({
    type,
    statusId: status.id,
    authorId: status.accountId,
    local: status.local,
    hasMedia: status.media.length > 0,
    tags: status.tags.map(normaliseHashtag).filter((tag) => tag !== '').slice(0, 100),
  });
}
