import { feedMerge, feedPage, type FeedEntry, type Page } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import type { HomeFeeds } from '../ports/reader-stores.js';
import type { SocialPorts } from '../ports/social-ports.js';

export type FeedReading = Pick<SocialPorts, 'store'> & { readonly feeds: HomeFeeds };

/** Statuses looked up in Postgres for a feed that is built anew. */
const FEED_BUILD_MAX = 400;

/**
 * Candidates for a page of the home timeline, `limit` at most: newest first, oldest first where the page asks for
 * what lies just above `minId`. No rule has been asked yet. An empty answer is the end.
 */
export async function homeIds(ports: FeedReading, viewerId: AccountId, page: Page, limit: number): Promise<StatusId[]> {
  const entries = feedMerge([await homeEntries(ports, viewerId)]);
  const ids = feedPage(entries, { ...page, limit }).map((entry) => entry.statusId);
  return page.minId === null ? ids : ids.reverse();
}

/** The feed, built from Postgres when nobody read it lately or Redis forgot it. */
export async function homeEntries(ports: FeedReading, viewerId: AccountId): Promise<FeedEntry[]> {
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

/** Redis is disposable: while it is away, Postgres answers. Adapters mark such errors with this code. */
export const isFeedsDown = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error as { code: unknown }).code === 'redis_unavailable';
