import type { Snowflake } from '@trunkline/kernel';
import type { Entry, PageQuery } from '@trunkline/social';
import type { Queryable } from '../database.js';

const ROWS_MAX = 1_000;

/**
 * The conditions and order of one page over an id column, with their values appended to `params`. `tail` ends
 * the statement; `newestFirst` puts rows read upwards (minId) back in order.
 */
export function pageSql(column: string, page: PageQuery, params: unknown[]): { where: string; tail: string } {
  const bind = (value: unknown): string => `$${params.push(value)}`;
  const bounds: string[] = [];
  if (page.maxId !== null) bounds.push(`AND ${column} < ${bind(page.maxId)}::bigint`);
  const floor = page.minId ?? page.sinceId;
  if (floor !== null) bounds.push(`AND ${column} > ${bind(floor)}::bigint`);
  const direction = page.minId === null ? 'DESC' : 'ASC';
  const limit = bind(Math.min(Math.max(0, page.limit), ROWS_MAX));
  return { where: bounds.join(' '), tail: `ORDER BY ${column} ${direction} LIMIT ${limit}` };
}

/** Rows of a page, newest first, whichever way they were read. */
export const newestFirst = <T>(rows: T[], page: PageQuery): T[] => (page.minId === null ? rows : rows.reverse());

/** One page of a list that hangs on one account or status. */
export async function entries(
  db: Queryable,
  page: PageQuery,
  list: { readonly select: string; readonly where: string; readonly pagedBy: string; readonly subject: Snowflake },
): Promise<Entry[]> {
  const params: unknown[] = [list.subject];
  const { where, tail } = pageSql(list.pagedBy, page, params);
  return newestFirst(await db.query<Entry>(`SELECT ${list.select} WHERE ${list.where} ${where} ${tail}`, params), page);
}
