import { compareIds, type StatusId } from '@trunkline/kernel';
import type { Page } from './paging.js';

/** One line of a home feed, with what it boosts, if anything. */
export interface FeedEntry {
  readonly statusId: StatusId;
  readonly boostOfId: StatusId | null;
}

/** Entries a home feed holds. Older ones are read from Postgres no more: the field's limit is 800. */
export const FEED_ENTRIES_MAX = 800;
/** A boost is dropped when its status already stands among this many entries before it (Mastodon: 40). */
export const BOOST_WINDOW = 40;

/** How boosts of a page stand to what is before them. */
export interface RepeatedBoosts {
  readonly repeated: ReadonlySet<StatusId>;
  /** How many entries have to be known to be sure; with fewer, ask again with more. */
  readonly needs: number;
  /** The earlier entries because of which boosts are repeated, unless they are hidden. */
  readonly because: readonly StatusId[];
}

/**
 * The boosts among the first `count` of `entries` (newest first, each status once) that repeat what stands within
 * `window` entries before them and is not hidden. The earliest boost stays, so that an entry a client has seen does not
 * move when somebody boosts again.
 */
export function repeatedBoosts(
  entries: readonly FeedEntry[],
  count: number,
  { hidden = new Set(), window = BOOST_WINDOW }: { readonly hidden?: ReadonlySet<StatusId>; readonly window?: number } = {},
): RepeatedBoosts {
  const repeated = new Set<StatusId>();
  const because = new Set<StatusId>();
  let needs = 0;
  for (const [index, entry] of entries.slice(0, count).entries()) {
    if (entry.boostOfId === null || hidden.has(entry.statusId)) continue;
    const chain = earlierOnes(entries, index, { hidden, window });
    needs = Math.max(needs, (chain.at(-1) ?? index) + 1 + (endsAtOriginal(entries, chain) ? 0 : window));
    for (const at of chain) because.add(entries[at]?.statusId ?? entry.statusId);
    if (repeats(chain, index, window)) repeated.add(entry.statusId);
  }
  return { repeated, needs, because: [...because] };
}

/** Places of the same status before `index`, each within the window of the one after it; the original ends the search. */
function earlierOnes(entries: readonly FeedEntry[], index: number, { hidden, window }: { hidden: ReadonlySet<StatusId>; window: number }): number[] {
  const subject = entries[index]?.boostOfId;
  const chain: number[] = [];
  for (let at = index + 1; at <= (chain.at(-1) ?? index) + window && at < entries.length; at += 1) {
    const other = entries[at];
    if (other === undefined || hidden.has(other.statusId)) continue;
    if (other.statusId === subject) return [...chain, at];
    if (other.boostOfId === subject) chain.push(at);
  }
  return chain;
}

const endsAtOriginal = (entries: readonly FeedEntry[], chain: readonly number[]): boolean => entries[chain.at(-1) ?? -1]?.boostOfId === null;

/** From the earliest of the chain, which stands: each that follows too soon after one that stands is left out. */
function repeats(chain: readonly number[], index: number, window: number): boolean {
  let standing: number | null = null;
  for (const at of [...chain].reverse()) if (standing === null || standing - at > window) standing = at;
  return standing !== null && standing - index <= window;
}

/** The ids of one page, newest first, from a list that is newest first. */
export function feedPage(ids: readonly StatusId[], page: Page): StatusId[] {
  const floor = page.minId ?? page.sinceId;
  const within: StatusId[] = [];
  for (const id of ids) {
    if (page.maxId !== null && compareIds(id, page.maxId) >= 0) continue;
    if (floor !== null && compareIds(id, floor) <= 0) break;
    // What lies just above `minId` is found from below only.
    if (page.minId === null && within.length >= page.limit) break;
    within.push(id);
  }
  if (page.minId === null) return within;
  return page.limit === 0 ? [] : within.slice(-page.limit);
}
