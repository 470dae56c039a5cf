import { feedVerdict, publicTimelineVerdict, type Page, type Viewer } from '@trunkline/domain';
import { compareIds, type AccountId, type StatusId } from '@trunkline/kernel';
import type { SocialPorts } from '../ports/social-ports.js';
import type { HomeFeeds } from '../ports/reader-stores.js';
import { homeIds } from './home-feed.js';
import { timelineFacts, type StatusView } from './load-statuses.js';
import { fillPage, isVisible } from './view-statuses.js';

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
export async function homeTimeline(ports: Reading & { feeds: HomeFeeds }, viewerId: AccountId, page: Page): Promise<StatusView[]> {
  const upwards = page.minId !== null;
  const views = await fillPage(ports, {
    viewerId,
    limit: page.limit,
    rounds: ROUNDS_MAX,
    keep: (view, viewer) => viewer !== null && feedVerdict(timelineFacts(ports, view), viewer) === 'show',
    next: (after, limit) => homeIds(ports, viewerId, after === null ? page : upwards ? { ...page, minId: after } : { ...page, maxId: after }, limit),
  });
  return views.sort((a, b) => compareIds(b.status.id, a.status.id));
}
