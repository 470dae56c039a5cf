import { isSnowflake, type Snowflake } from '@trunkline/kernel';
import { z } from 'zod';
import { ACCOUNTS_PER_PAGE, anything, asList, count, cursorShape, flag, optionalId, pageFrom, requiredText, textList } from './pieces.js';

const NOTIFICATION_TYPES_MAX = 30;
const chosen = { types: textList(NOTIFICATION_TYPES_MAX), exclude_types: textList(NOTIFICATION_TYPES_MAX), account_id: optionalId };

/** GET /api/v1/notifications (and v2). An empty `types` means all. */
export const NotificationsParams = z
  .object({ ...cursorShape, ...chosen })
  .transform((params) => ({
    page: pageFrom(params, ACCOUNTS_PER_PAGE),
    types: params.types,
    excludeTypes: params.exclude_types,
    accountId: params.account_id,
  }));

/** GET /api/v1/notifications/unread_count: counting ends at `limit`. */
export const UnreadCountParams = z
  .object({ ...chosen, limit: count(100, 1000) })
  .transform((params) => ({
    limit: params.limit,
    types: params.types,
    excludeTypes: params.exclude_types,
    accountId: params.account_id,
  }));

export type SearchType = 'accounts' | 'hashtags' | 'statuses';
const SEARCH_TYPES: readonly SearchType[] = ['accounts', 'hashtags', 'statuses'];
const SEARCH_LIMIT = 20;
const SEARCH_OFFSET_MAX = 10_000;
const SEARCH_CHARS_MAX = 2048;

/** GET /api/v2/search. `type` null: all three. */
export const SearchParams = z
  .object({
    q: requiredText(SEARCH_CHARS_MAX),
    type: anything,
    resolve: flag,
    following: flag,
    account_id: optionalId,
    limit: count(SEARCH_LIMIT, SEARCH_LIMIT * 2),
    offset: count(0, SEARCH_OFFSET_MAX),
    max_id: anything,
    min_id: anything,
  })
  .transform((params) => ({
    query: params.q.trim(),
    type: SEARCH_TYPES.find((type) => type === params.type) ?? null,
    resolve: params.resolve === true,
    following: params.following === true,
    accountId: params.account_id,
    page: pageFrom(params, SEARCH_LIMIT),
    offset: params.offset,
  }));

export type MarkerTimeline = 'home' | 'notifications';
const TIMELINES: readonly MarkerTimeline[] = ['home', 'notifications'];

/** GET /api/v1/markers: `timeline[]`. */
export const MarkersParams = z
  .object({ timeline: textList(10) })
  .transform((params) => ({ timelines: TIMELINES.filter((timeline) => params.timeline.includes(timeline)) }));

const marker = anything.transform((value): Snowflake | null => {
  const id = value !== null && typeof value === 'object' && 'last_read_id' in value ? asList(value.last_read_id)[0] : null;
  const text = typeof id === 'number' ? String(id) : id;
  return isSnowflake(text) ? text : null;
});

/** POST /api/v1/markers: how far each timeline was read. */
export const SaveMarkersParams = z.object({ home: marker, notifications: marker }).transform((params) =>
  TIMELINES.flatMap((timeline) => {
    const lastReadId = params[timeline];
    return lastReadId === null ? [] : [{ timeline, lastReadId }];
  }),
);
