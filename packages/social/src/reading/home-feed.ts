import { BOOST_WINDOW, feedPage, repeatedBoosts, type FeedEntry, type Page } from '@trunkline/domain';
import { idTimeMs, newestFirst, type AccountId, type StatusId } from '@trunkline/kernel';
import type { FeedContents, HomeFeeds } from '../ports/reader-stores.js';
import type { SocialPorts } from '../ports/social-ports.js';

export type FeedPorts = Pick<SocialPorts, 'store'> & {
  readonly feeds: HomeFeeds;
  /** Told when the feed is being built by somebody else and what stands in it so far was given: Mastodon answers 206. */
  readonly onPartialFeed?: () => void;
};

/** Statuses looked at in Postgres for a feed that is built anew. */
const FEED_BUILD_MAX = 800;
/** What is older than this when it is pushed is pushed as late: a post of the past that came from elsewhere. */
export const FEED_LATE_MS = 60_000;
/** Read besides what a first page shows: what its boosts may repeat, and what arrived out of order. */
const HEAD_MARGIN = 2 * BOOST_WINDOW;

/**
 * Candidates for a page of the home timeline, `limit` at most: newest first, oldest first where the page asks for
 * what lies just above `minId`. Rules for single statuses have not been asked yet; boosts of what stands shortly before are left out.
 * Fewer than `limit` are the end.
 */
export async function homeIds(ports: FeedPorts, viewerId: AccountId, page: Page, limit: number): Promise<StatusId[]> {
  const isFirst = page.maxId === null && page.minId === null;
  const head = isFirst ? await contents(ports, viewerId, limit + HEAD_MARGIN) : null;
  if (head !== null) {
    const ids = [...head.ids].sort(newestFirst);
    const { chosen, seen } = await choose(ports, ids, page, limit);
    const isShort = chosen.length < limit;
    if (head.isWhole || (!head.hasLate && holdsAllAbove(ids, [ids[seen - 1], ...(isShort ? [page.sinceId] : [])]))) return chosen;
  }
  const whole = await contents(ports, viewerId);
  const { chosen } = await choose(ports, [...whole.ids].sort(newestFirst), page, limit);
  return page.minId === null ? chosen : chosen.reverse();
}

/** Makes sure that there is a feed, for whoever is there without reading it: fan-out reaches those who have one. */
export async function keepHomeFeed(ports: FeedPorts, viewerId: AccountId): Promise<void> {
  await contents(ports, viewerId, 1);
}

/**
 * Ids in order of arrival are nearly in order: what arrived before all of these cannot be newer than the oldest of them
 * by more than the time until which arrivals do not count as late, twice for what passes between the decision and the push.
 */
function holdsAllAbove(ids: readonly StatusId[], bounds: readonly (StatusId | null | undefined)[]): boolean {
  const oldest = ids.at(-1);
  return oldest !== undefined && bounds.every((id) => id !== null && id !== undefined && idTimeMs(oldest) + 2 * FEED_LATE_MS <= idTimeMs(id));
}

/** The feed, built from Postgres when nobody read it lately, Redis forgot it, or something calls for it. */
async function contents(ports: FeedPorts, viewerId: AccountId, most?: number): Promise<Pick<FeedContents, 'ids' | 'isWhole' | 'hasLate'>> {
  try {
    const known = await ports.feeds.read(viewerId, most);
    if (known?.state === 'complete') return known;
    // Claimed first: what is published while Postgres is asked lands in the feed as well; `fill` drops doubles.
    const claim = await ports.feeds.claim(viewerId);
    if (claim === null) {
      if (known?.state !== 'stale') ports.onPartialFeed?.();
      return known ?? NOTHING;
    }
    const ids = await ports.store.homeStatusIds(viewerId, FEED_BUILD_MAX);
    await ports.feeds.fill(viewerId, ids, claim);
    return (await ports.feeds.read(viewerId, most)) ?? { ids, isWhole: true, hasLate: false };
  } catch (error) {
    if (!isFeedsDown(error)) throw error;
    return { ids: await ports.store.homeStatusIds(viewerId, FEED_BUILD_MAX), isWhole: true, hasLate: false };
  }
}

const NOTHING = { ids: [], isWhole: true, hasLate: false } as const;

/** The page's ids, newest first, without repeated boosts. `seen`: how many of the newest had to be known for that. */
async function choose(ports: FeedPorts, ids: readonly StatusId[], page: Page, limit: number): Promise<{ chosen: StatusId[]; seen: number }> {
  const upwards = page.minId !== null;
  let chosen: StatusId[] = [];
  let seen = 0;
  for (let rest = page; chosen.length < limit; ) {
    const slice = feedPage(ids, { ...rest, limit: limit - chosen.length });
    const edge = upwards ? slice[0] : slice.at(-1);
    if (edge === undefined) break;
    const judged = await repeatedAmong(ports, ids, slice);
    seen = Math.max(seen, judged.seen);
    const kept = slice.filter((id) => !judged.repeated.has(id));
    chosen = upwards ? [...kept, ...chosen] : [...chosen, ...kept];
    if (slice.length < limit - chosen.length + kept.length) break;
    rest = upwards ? { ...rest, minId: edge } : { ...rest, maxId: edge };
  }
  return { chosen, seen };
}

/** Which of `slice`, neighbours in `ids`, repeat what stands before them; only as much of the feed is looked up as that needs. */
async function repeatedAmong(ports: FeedPorts, ids: readonly StatusId[], slice: readonly StatusId[]): Promise<{ repeated: ReadonlySet<StatusId>; seen: number }> {
  const first = slice[0];
  const start = first === undefined ? 0 : ids.indexOf(first);
  let known: FeedEntry[] = [];
  for (let needs = slice.length; ; ) {
    const more = ids.slice(start + known.length, start + needs);
    const targets = await ports.store.boostTargets(more);
    known = [...known, ...more.map((statusId) => ({ statusId, boostOfId: targets.get(statusId) ?? null }))];
    const judged = repeatedBoosts(known, slice.length);
    needs = judged.needs;
    if (needs <= known.length || start + known.length >= ids.length) return { repeated: judged.repeated, seen: start + Math.max(known.length, needs) };
  }
}

/** Redis is disposable: while it is away, Postgres answers. Adapters mark such errors with this code. */
export const isFeedsDown = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error as { code: unknown }).code === 'redis_unavailable';
