import { BOOST_WINDOW, FEED_ENTRIES_MAX, feedPage, repeatedBoosts, type FeedEntry, type Page } from '@trunkline/domain';
import { compareIds, idTimeMs, newestFirst, type AccountId, type StatusId } from '@trunkline/kernel';
import type { FeedContents, HomeFeeds, KnownFeed, PulledAuthors } from '../ports/reader-stores.js';
import type { SocialReads } from '../ports/social-store.js';

/** Of these ids, those that rules would show to the reader. */
export type Shown = (ids: readonly StatusId[]) => Promise<ReadonlySet<StatusId>>;

export type FeedPorts = {
  readonly store: Pick<SocialReads, 'homeStatusIds' | 'boostTargets'>;
  readonly feeds: HomeFeeds;
  readonly pulled: Pick<PulledAuthors, 'any' | 'page'>;
  /** Told when the feed is being built by somebody else and what stands in it so far was given: Mastodon answers 206. */
  readonly onPartialFeed?: () => void;
};

/** Statuses looked at in Postgres for a feed that is built anew. */
const FEED_BUILD_MAX = 800;
/** What is older than this when it is pushed is pushed as late: a post of the past that came from elsewhere. */
export const FEED_LATE_MS = 60_000;
/** What a first page is made from. */
export type FeedHead = Pick<FeedContents, 'ids' | 'isWhole' | 'hasLate'> & {
  /** What the feed can be known by again; null: it is not complete. */
  readonly print: string | null;
};

/** Read besides what a first page shows: what its boosts may repeat, and what arrived out of order. */
export const HEAD_MARGIN = 3 * BOOST_WINDOW;

/**
 * Candidates for a page of the home timeline, as many as its limit at most: newest first, oldest first where the page
 * asks for what lies just above `minId`. Rules for single statuses have not been asked yet; boosts of what is shown
 * shortly before are left out. Fewer than the limit are the end. `head`: the feed's, where the caller has read it.
 */
export async function homeIds(ports: FeedPorts & { readonly head?: FeedHead | undefined }, viewerId: AccountId, page: Page, shown: Shown): Promise<StatusId[]> {
  const margin = page.limit + HEAD_MARGIN;
  const pulled = await pulledFor(ports, viewerId, page, margin);
  const isFirst = page.maxId === null && page.minId === null;
  if (isFirst) {
    const head = ports.head ?? (await contents(ports, viewerId, margin));
    const ids = merge(head.ids, pulled);
    const { chosen, seen } = await choose({ ports, ids, shown }, page);
    const needed = neededFor(page, chosen, ids, seen);
    const isHeld = head.isWhole || (!head.hasLate && holdsAllAbove(head.ids, needed));
    if (isHeld && reachesTo(pulled, needed)) return chosen;
  }
  const whole = await contents(ports, viewerId);
  const chosen = await chooseFromWhole({ ports, viewerId, shown, ids: whole.ids, pulled }, page);
  return page.minId === null ? chosen : chosen.reverse();
}

/** A feed with all that it holds, put together with as much of the pulled authors as the page needs. */
async function chooseFromWhole(whole: Omit<Feed, 'ids' | 'ports'> & { ports: FeedPorts; viewerId: AccountId; ids: readonly StatusId[]; pulled: Pulled }, page: Page): Promise<StatusId[]> {
  const { ports, shown, viewerId, pulled } = whole;
  // A full feed has lost what is older than it: so far back reaches the timeline, whoever wrote.
  const floor = whole.ids.length < FEED_ENTRIES_MAX ? null : whole.ids.at(-1);
  const within = (more: Pulled): Pulled => (floor === null || floor === undefined ? more : { ...more, ids: more.ids.filter((id) => compareIds(id, floor) > 0) });
  const ids = merge(whole.ids, within(pulled));
  const { chosen, seen } = await choose({ ports, ids, shown }, page);
  if (reachesTo(pulled, neededFor(page, chosen, ids, seen))) return chosen;
  if (page.minId !== null && chosen.length === page.limit) return chosen;
  const more = await pulledFor(ports, viewerId, page, FEED_BUILD_MAX);
  return (await choose({ ports, ids: merge(whole.ids, { ...within(more), oldest: null, newest: null }), shown }, page)).chosen;
}

/** What authors published whose posts are in no feed, around a page. */
interface Pulled {
  readonly ids: readonly StatusId[];
  /** Between these all of it is known; null: to the end. */
  readonly oldest: StatusId | null;
  readonly newest: StatusId | null;
}

const NOTHING_PULLED: Pulled = { ids: [], oldest: null, newest: null };

async function pulledFor({ pulled }: FeedPorts, viewerId: AccountId, { maxId, minId }: Page, limit: number): Promise<Pulled> {
  if (!(await pulled.any())) return NOTHING_PULLED;
  if (minId === null) {
    const { ids, edge } = await pulled.page(viewerId, { maxId, minId: null, limit });
    return { ids, oldest: edge, newest: null };
  }
  // What lies just above, and what that may repeat.
  const above = await pulled.page(viewerId, { maxId, minId, limit });
  const below = await pulled.page(viewerId, { maxId: String(BigInt(minId) + 1n) as StatusId, minId: null, limit: HEAD_MARGIN });
  return { ids: [...above.ids, ...below.ids], oldest: null, newest: above.edge };
}

/** Newest first, each once: what was pushed before its author had so many followers stands in both. */
function merge(ids: readonly StatusId[], { ids: more, oldest, newest }: Pulled): readonly StatusId[] {
  if (more.length === 0 && oldest === null && newest === null) return ids;
  const all = [...new Set([...ids, ...more])];
  const known = all.filter((id) => (oldest === null || compareIds(id, oldest) >= 0) && (newest === null || compareIds(id, newest) <= 0));
  return known.sort(newestFirst);
}

/** Down to these all must be known for the page to be right; null: to the end. */
const neededFor = (page: Page, chosen: readonly StatusId[], ids: readonly StatusId[], seen: number): (StatusId | null | undefined)[] => [
  ...(seen === 0 ? [] : [ids[seen - 1]]),
  ...(chosen.length < page.limit ? [page.sinceId] : []),
];

const reachesTo = ({ oldest, newest }: Pulled, needed: readonly (StatusId | null | undefined)[]): boolean =>
  newest === null && (oldest === null || needed.every((id) => id !== null && id !== undefined && compareIds(id, oldest) >= 0));

/** Makes sure that there is a feed, for whoever is there without reading it: fan-out reaches those who have one. */
export async function keepHomeFeed(ports: FeedPorts, viewerId: AccountId): Promise<void> {
  await contents(ports, viewerId, 1);
}

/**
 * Others stand in the home feed from now on: it is made anew at once, for streams of whoever does not read. What is only hidden from it would take the place
 * of others.
 */
export async function remakeHomeFeed(ports: FeedPorts, viewerId: AccountId): Promise<void> {
  try {
    await ports.feeds.drop(viewerId);
    await contents(ports, viewerId, 1);
  } catch (error) {
    if (!isFeedsDown(error)) throw error;
  }
}

/**
 * Ids in order of arrival are nearly in order: what arrived before all of these cannot be newer than the oldest of them
 * by more than the time until which arrivals do not count as late, twice for what passes between the decision and the push.
 */
function holdsAllAbove(ids: readonly StatusId[], bounds: readonly (StatusId | null | undefined)[]): boolean {
  const oldest = ids.at(-1);
  return oldest !== undefined && bounds.every((id) => id !== null && id !== undefined && idTimeMs(oldest) + 2 * FEED_LATE_MS <= idTimeMs(id));
}

/** A look at the head of a feed that is under way. */
export interface HeadLook {
  /** What it was before; null: nobody looked. */
  readonly known: KnownFeed | null;
  readonly found: Promise<FeedContents | 'same' | null>;
}

/** Begins to look for what a first page of so many needs. Its fault is met by whoever takes the head from it. */
export function lookAtHead({ feeds }: Pick<FeedPorts, 'feeds'>, viewerId: AccountId, limit: number, known: KnownFeed | null): HeadLook {
  const found = feeds.look(viewerId, limit + HEAD_MARGIN, known);
  found.catch(() => undefined);
  return { known, found };
}

/** What the look found, built where there is no feed. */
export const headOf = (ports: FeedPorts, viewerId: AccountId, limit: number, look: HeadLook): Promise<FeedHead> =>
  unlessDown(ports, viewerId, async () => {
    const found = await look.found;
    return found === 'same' ? (look.known ?? NOTHING) : made(ports, viewerId, found, limit + HEAD_MARGIN);
  });

/** The feed, built from Postgres when nobody read it lately, Redis forgot it, or something calls for it. */
const contents = (ports: FeedPorts, viewerId: AccountId, most?: number): Promise<FeedHead> =>
  unlessDown(ports, viewerId, async () => made(ports, viewerId, await ports.feeds.read(viewerId, most), most));

/** What is known of a feed, or the feed as it is after what it lacked was asked of Postgres. */
async function made(ports: FeedPorts, viewerId: AccountId, known: FeedContents | null, most: number | undefined): Promise<FeedHead> {
  if (known?.state === 'complete') return known;
  // Claimed first: what is published while Postgres is asked lands in the feed as well; `fill` drops doubles.
  const claim = await ports.feeds.claim(viewerId);
  if (claim === null) {
    if (known?.state !== 'stale') ports.onPartialFeed?.();
    return { ...(known ?? NOTHING), print: null };
  }
  const ids = await ports.store.homeStatusIds(viewerId, FEED_BUILD_MAX);
  await ports.feeds.fill(viewerId, ids, claim);
  const filled = await ports.feeds.read(viewerId, most);
  return filled === null ? fromPostgres(ids) : { ...filled, print: filled.state === 'complete' ? filled.print : null };
}

/** Redis is disposable: while it is away, Postgres answers. */
async function unlessDown({ store }: FeedPorts, viewerId: AccountId, work: () => Promise<FeedHead>): Promise<FeedHead> {
  try {
    return await work();
  } catch (error) {
    if (!isFeedsDown(error)) throw error;
    return fromPostgres(await store.homeStatusIds(viewerId, FEED_BUILD_MAX));
  }
}

const fromPostgres = (ids: readonly StatusId[]): FeedHead => ({ ids, isWhole: true, hasLate: false, print: null });
const NOTHING = fromPostgres([]);

interface Feed {
  readonly ports: Repeats;
  /** Newest first. */
  readonly ids: readonly StatusId[];
  readonly shown: Shown;
}

/** What knows of boosts what they boost. */
interface Repeats {
  readonly store: Pick<SocialReads, 'boostTargets'>;
}

/** The ids of a page out of `ids` (newest first; what lies before the page with it), without boosts of what is shown shortly before. */
export const withoutRepeats = async (ports: Repeats, ids: readonly StatusId[], page: Page, shown: Shown): Promise<StatusId[]> => (await choose({ ports, ids, shown }, page)).chosen;

/** The page's ids, newest first, without repeated boosts. `seen`: how many of the newest had to be known for that. */
async function choose(feed: Feed, page: Page): Promise<{ chosen: StatusId[]; seen: number }> {
  const upwards = page.minId !== null;
  let chosen: StatusId[] = [];
  let seen = 0;
  for (let rest = page; rest.limit > 0; rest = { ...rest, limit: page.limit - chosen.length }) {
    const slice = feedPage(feed.ids, rest);
    const edge = upwards ? slice[0] : slice.at(-1);
    if (edge === undefined) break;
    const judged = await repeatedAmong(feed, slice);
    seen = Math.max(seen, judged.seen);
    const kept = slice.filter((id) => !judged.repeated.has(id));
    chosen = upwards ? [...kept, ...chosen] : [...chosen, ...kept];
    if (slice.length < rest.limit) break;
    rest = upwards ? { ...rest, minId: edge } : { ...rest, maxId: edge };
  }
  return { chosen, seen };
}

/**
 * Which of `slice`, neighbours in the feed, repeat what stands before them. Only as much of the feed is looked up as
 * that needs, and rules are asked only for what is repeated: nearly always for nothing.
 */
async function repeatedAmong({ ports, ids, shown }: Feed, slice: readonly StatusId[]): Promise<{ repeated: ReadonlySet<StatusId>; seen: number }> {
  const start = slice[0] === undefined ? 0 : ids.indexOf(slice[0]);
  const hidden = new Set<StatusId>();
  const asked = new Set<StatusId>();
  let known: FeedEntry[] = [];
  for (let needs = slice.length; ; ) {
    const more = ids.slice(start + known.length, start + needs);
    const targets = more.length === 0 ? new Map<StatusId, StatusId>() : await ports.store.boostTargets(more);
    known = [...known, ...more.map((statusId) => ({ statusId, boostOfId: targets.get(statusId) ?? null }))];
    const judged = repeatedBoosts(known, slice.length, { hidden });
    needs = Math.max(judged.needs, known.length);
    if (needs > known.length && start + known.length < ids.length) continue;
    const unasked = judged.because.filter((id) => !asked.has(id));
    if (unasked.length === 0) return { repeated: judged.repeated, seen: start + needs };
    const seen = await shown(unasked);
    for (const id of unasked) {
      asked.add(id);
      if (!seen.has(id)) hidden.add(id);
    }
  }
}

/** Whether Redis is away. Adapters mark such errors with this code. */
export const isFeedsDown = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error as { code: unknown }).code === 'redis_unavailable';
