import { feedMerge, feedPage, feedVerdict, publicTimelineVerdict, type FeedEntry, type Page, type Viewer } from '@trunkline/domain';
import { compareIds, type AccountId, type StatusId } from '@trunkline/kernel';
import type { SocialPorts } from '../ports/social-ports.js';
import type { HomeFeeds } from '../ports/reader-stores.js';
import { loadStatuses, timelineFacts, type StatusView } from './load-statuses.js';
import { fillPage, isVisible, roundLimit } from './view-statuses.js';

type Reading = Pick<SocialPorts, 'store' | 'policy'>;

/** Times a page may be refilled when rules hide most of what the source gives. */
const ROUNDS_MAX = 5;

export type Scope = 'all' | 'local' | 'remote';

/** Ids → one batched load → rules, for the public timelines. */
export function publicTimeline(
  ports: Reading,
  viewerId: AccountId | null,
  query: { page: Page; scope: Scope; onlyMedia: boolean },
): Promise<StatusView[]> {
  return pageThrough(ports, viewerId, query.page, {
    source: (page) => ports.store.publicStatusIds({ page, scope: query.scope, onlyMedia: query.onlyMedia }),
    keep: (view, viewer) => publicTimelineVerdict(timelineFacts(ports, view), viewer) === 'show',
  });
}

export function tagTimeline(
  ports: Reading,
  viewerId: AccountId | null,
  query: { page: Page; any: readonly string[]; all: readonly string[]; none: readonly string[]; scope: Scope; onlyMedia: boolean },
): Promise<StatusView[]> {
  const { page: wanted, ...rest } = query;
  return pageThrough(ports, viewerId, wanted, {
    source: (page) => ports.store.tagStatusIds({ ...rest, page }),
    keep: (view, viewer) => publicTimelineVerdict(timelineFacts(ports, view), viewer, { repliesToo: true }) === 'show',
  });
}

/** The statuses of one account that the viewer may see. */
export function accountTimeline(
  ports: Reading,
  viewerId: AccountId | null,
  query: {
    accountId: AccountId;
    page: Page;
    excludeReplies: boolean;
    excludeBoosts: boolean;
    onlyMedia: boolean;
    tagged?: string;
  },
): Promise<StatusView[]> {
  const { page: wanted, ...rest } = query;
  return pageThrough(ports, viewerId, wanted, {
    source: (page) =>
      ports.store.accountStatusIds({
        ...rest,
        page,
        viewerId,
        visibilities: viewerId === null ? ['public', 'unlisted'] : ['public', 'unlisted', 'private', 'direct'],
      }),
    keep: (view, viewer) => isVisible(ports, view, viewer),
  });
}

/** Newest first, whatever direction was paged in. */
async function pageThrough(
  ports: Reading,
  viewerId: AccountId | null,
  page: Page,
  how: { source: (page: Page) => Promise<StatusId[]>; keep: (view: StatusView, viewer: Viewer | null) => boolean },
): Promise<StatusView[]> {
  const upwards = page.minId !== null;
  const views = await fillPage(ports, {
    viewerId,
    limit: page.limit,
    rounds: ROUNDS_MAX,
    keep: how.keep,
    next: async (after, limit) => {
      const bounds = after === null ? page : upwards ? { ...page, minId: after } : { ...page, maxId: after };
      const ids = [...(await how.source({ ...bounds, limit }))];
      return ids.sort(upwards ? compareIds : (a, b) => compareIds(b, a));
    },
  });
  return views.sort((a, b) => compareIds(b.status.id, a.status.id));
}

/**
 * The home timeline, built first when there is no feed.
 * Rules are asked again at each read, so that a block or an unfollow works at once on what was fanned out before.
 */
export async function homeTimeline(
  ports: Reading & { feeds: HomeFeeds },
  viewerId: AccountId,
  page: Page,
): Promise<StatusView[]> {
  const entries = feedMerge([await homeEntries(ports, viewerId)]);
  const shown: StatusView[] = [];
  let rest = page;
  for (let round = 0; round < ROUNDS_MAX && shown.length < page.limit; round += 1) {
    const slice = feedPage(entries, { ...rest, limit: roundLimit(page.limit, round) });
    if (slice.length === 0) break;
    const { views, viewer } = await loadStatuses(ports, viewerId, slice.map((entry) => entry.statusId));
    for (const entry of rest.minId === null ? slice : [...slice].reverse()) {
      const view = views.get(entry.statusId);
      if (view === undefined || viewer === null || shown.length >= page.limit) continue;
      if (feedVerdict(timelineFacts(ports, view), viewer) === 'show') shown.push(view);
    }
    const edge = rest.minId === null ? slice.at(-1) : slice[0];
    if (edge === undefined) break;
    rest = rest.minId === null ? { ...rest, maxId: edge.statusId } : { ...rest, minId: edge.statusId };
  }
  return shown.sort((a, b) => compareIds(b.status.id, a.status.id));
}

/** The feed, built from Postgres when nobody read it lately or Redis forgot it. */
export async function homeEntries(ports: Reading & { feeds: HomeFeeds }, viewerId: AccountId): Promise<FeedEntry[]> {
  try {
    const known = await ports.feeds.read(viewerId);
    if (known !== null) return known;
    // Opened first: what is published while Postgres is asked lands in the feed as well; `fill` drops doubles.
    await ports.feeds.open(viewerId);
    const entries = await ports.store.homeStatusIds(viewerId, FEED_BUILD_MAX);
    await ports.feeds.fill(viewerId, entries);
    return (await ports.feeds.read(viewerId)) ?? entries;
  } catch (error) {
    if (!isFeedsDown(error)) throw error;
    return ports.store.homeStatusIds(viewerId, FEED_BUILD_MAX);
  }
}

const FEED_BUILD_MAX = 400;

/** Redis is disposable: while it is away, Postgres answers. Adapters mark such errors with this code. */
export const isFeedsDown = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error as { code: unknown }).code === 'redis_unavailable';
