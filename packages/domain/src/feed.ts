import { compareIds, isSnowflake, newestFirst, type AccountId, type StatusId } from '@trunkline/kernel';
import type { Page } from './paging.js';

/** One line of a home feed. In Redis it is the text `statusId:authorId:boostOfId`, with `0` for no boost. */
export interface FeedEntry {
  readonly statusId: StatusId;
  readonly authorId: AccountId;
  readonly boostOfId: StatusId | null;
}

/** Entries a home feed holds. Older ones are read from Postgres no more: the field's limit is 800. */
export const FEED_ENTRIES_MAX = 800;
/** A boost is dropped when its status already stands among this many entries before it (Mastodon: 40). */
export const BOOST_WINDOW = 40;

export const formatFeedEntry = (entry: FeedEntry): string => `${entry.statusId}:${entry.authorId}:${entry.boostOfId ?? '0'}`;

/** `null` for text that is no entry, so that a damaged line costs one line, not the feed. */
export function parseFeedEntry(text: string): FeedEntry | null {
  const [statusId, authorId, boostOfId, rest] = text.split(':');
  if (!isSnowflake(statusId) || !isSnowflake(authorId) || !isSnowflake(boostOfId) || rest !== undefined) return null;
  return { statusId, authorId, boostOfId: boostOfId === '0' ? null : boostOfId };
}

/**
 * Several lists as one: newest first, each status once, repeated boosts collapsed. The earliest boost stays, so
 * that an entry a client has seen does not move when somebody boosts again.
 */
export function feedMerge(lists: readonly (readonly FeedEntry[])[], boostWindow = BOOST_WINDOW): FeedEntry[] {
  const unique = new Map<string, FeedEntry>();
  for (const list of lists) for (const entry of list) unique.set(entry.statusId, entry);
  const oldestFirst = [...unique.values()].sort((a, b) => compareIds(a.statusId, b.statusId));
  const shownAt = new Map<string, number>();
  const shown: FeedEntry[] = [];
  for (const entry of oldestFirst) {
    const subject = entry.boostOfId ?? entry.statusId;
    const before = shownAt.get(subject);
    if (entry.boostOfId !== null && before !== undefined && shown.length - before <= boostWindow) continue;
    shownAt.set(subject, shown.length);
    shown.push(entry);
  }
  return shown.reverse();
}

/** The entries of one page, newest first, from a list that is newest first. */
export function feedPage<T extends { readonly statusId: StatusId }>(entries: readonly T[], page: Page): T[] {
  const floor = page.minId ?? page.sinceId;
  const within = entries.filter(
    (entry) =>
      (page.maxId === null || compareIds(entry.statusId, page.maxId) < 0) &&
      (floor === null || compareIds(entry.statusId, floor) > 0),
  );
  within.sort((a, b) => newestFirst(a.statusId, b.statusId));
  if (page.minId === null) return within.slice(0, page.limit);
  return page.limit === 0 ? [] : within.slice(-page.limit);
}
