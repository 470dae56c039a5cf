import { feedVerdict, publicTimelineVerdict, type Page, type TimelineFacts, type Viewer } from '@trunkline/domain';
import { compareIds, type AccountId, type StatusId } from '@trunkline/kernel';
import type { SocialPorts } from '../ports/social-ports.js';
import { homeIds, type FeedHead, type FeedPorts } from './home-feed.js';
import type { StatusReader } from './status-reader.js';
import { fillPage, isInSight } from './view-statuses.js';

type Ids = Pick<SocialPorts, 'store'>;
/** A loaded status in whatever form the reader gives. */
export type Readable = { readonly status: { readonly id: StatusId } };

/** Times a page may be refilled when rules hide most of what the source gives. */
const ROUNDS_MAX = 5;

export type Scope = 'all' | 'local' | 'remote';

/** Ids → one batched load → rules, for the public timelines. */
export function publicTimeline<V extends Readable>(
  { store }: Ids,
  reader: StatusReader<V>,
  viewerId: AccountId | null,
  query: { page: Page; scope: Scope; onlyMedia: boolean },
): Promise<V[]> {
  return pageThrough(reader, viewerId, query.page, {
    source: (page) => store.publicStatusIds({ page, scope: query.scope, onlyMedia: query.onlyMedia }),
    keep: (facts, viewer) => publicTimelineVerdict(facts, viewer) === 'show',
  });
}

export function tagTimeline<V extends Readable>(
  { store }: Ids,
  reader: StatusReader<V>,
  viewerId: AccountId | null,
  query: { page: Page; any: readonly string[]; all: readonly string[]; none: readonly string[]; scope: Scope; onlyMedia: boolean },
): Promise<V[]> {
  const { page: wanted, ...rest } = query;
  return pageThrough(reader, viewerId, wanted, {
    source: (page) => store.tagStatusIds({ ...rest, page }),
    keep: (facts, viewer) => publicTimelineVerdict(facts, viewer, { repliesToo: true }) === 'show',
  });
}

/** The statuses of one account that the viewer may see. */
export function accountTimeline<V extends Readable>(
  { store }: Ids,
  reader: StatusReader<V>,
  viewerId: AccountId | null,
  query: {
    accountId: AccountId;
    page: Page;
    excludeReplies: boolean;
    excludeBoosts: boolean;
    onlyMedia: boolean;
    tagged?: string;
  },
): Promise<V[]> {
  const { page: wanted, ...rest } = query;
  const visibilities = viewerId === null ? (['public', 'unlisted'] as const) : (['public', 'unlisted', 'private', 'direct'] as const);
  return pageThrough(reader, viewerId, wanted, {
    source: (page) => store.accountStatusIds({ ...rest, page, viewerId, visibilities }),
    keep: isInSight,
  });
}

/**
 * The home timeline, built first when there is no feed.
 * Rules are asked again at each read, so that a block or an unfollow works at once on what was fanned out before.
 */
export function homeTimeline<V extends Readable>(ports: FeedPorts & { readonly head?: FeedHead | undefined }, reader: StatusReader<V>, viewerId: AccountId, page: Page): Promise<V[]> {
  const keep = (facts: TimelineFacts, viewer: Viewer | null): boolean => viewer !== null && feedVerdict(facts, viewer) === 'show';
  const shown = async (ids: readonly StatusId[]): Promise<Set<StatusId>> => {
    const { views, viewer } = await reader.load(viewerId, ids);
    return new Set([...views].filter(([, view]) => keep(reader.factsOf(view), viewer)).map(([id]) => id));
  };
  return pageThrough(reader, viewerId, page, { source: (bounds) => homeIds(ports, viewerId, bounds, shown), keep });
}

const downwards = (a: StatusId, b: StatusId): number => compareIds(b, a);

/** Newest first, whatever direction was paged in. */
export async function pageThrough<V extends Readable>(
  reader: StatusReader<V>,
  viewerId: AccountId | null,
  page: Page,
  how: { source: (page: Page) => Promise<StatusId[]>; keep: (facts: TimelineFacts, viewer: Viewer | null) => boolean },
): Promise<V[]> {
  const upwards = page.minId !== null;
  const views = await fillPage(reader, {
    viewerId,
    limit: page.limit,
    rounds: ROUNDS_MAX,
    keep: how.keep,
    next: async (after, limit) => {
      const bounds = after === null ? page : upwards ? { ...page, minId: after } : { ...page, maxId: after };
      const ids = [...(await how.source({ ...bounds, limit }))];
      return ids.sort(upwards ? compareIds : downwards);
    },
  });
  return views.sort((a, b) => downwards(a.status.id, b.status.id));
}
