import { sqlState } from './database-errors.js';
import type { Queryable } from './database.js';

/** Tables with a partition a day (`<table>_p20261121`, UTC). Days outside fall into `<table>_default`. */
export const DAILY_TABLES = [
  'federation.inbound',
  'federation.delivery_bodies',
  'federation.delivery_chunks',
  'federation.delivery_retries',
  'events.outbox',
  'events.done',
] as const;
export type DailyTable = (typeof DAILY_TABLES)[number];

/**
 * Whole days that stay before a partition goes. Bodies outlive the chunks and retries that send them; done
 * rows outlive the events that they settle, or an event would be announced again.
 */
export const KEEP_DAYS: Readonly<Record<DailyTable, number>> = {
  'federation.inbound': 7,
  'federation.delivery_bodies': 16,
  'federation.delivery_chunks': 7,
  'federation.delivery_retries': 14,
  'events.outbox': 7,
  'events.done': 9,
};
const KEEP_DAYS_MIN = 2;
const PARTITIONS_MAX = 1_000;
/** Rows with ids further off are somebody's mistake, and make no partitions. */
const STRAY_DAYS_MAX = 60;

/**
 * Makes the partitions of yesterday, today and `daysAhead` more days, by the database's clock, and of days
 * whose rows fell into a default partition meanwhile. Safe to run by several at once and again and again.
 * @returns the number made.
 */
export async function ensurePartitions(db: Queryable, daysAhead: number): Promise<number> {
  let made = 0;
  for (const table of DAILY_TABLES) {
    const days = await db.query<{ day: string }>(
      `SELECT (today + ahead)::text AS day
         FROM (SELECT (now() AT TIME ZONE 'UTC')::date AS today) clock, generate_series(-1, $2::int) AS ahead
        UNION
       SELECT day::text FROM events.stray_days($1) AS day
        WHERE abs(day - (now() AT TIME ZONE 'UTC')::date) <= ${STRAY_DAYS_MAX}
        ORDER BY day
        LIMIT ${PARTITIONS_MAX}`,
      [table, daysAhead],
    );
    for (const { day } of days) {
      const [row] = await db.query<{ made: boolean }>('SELECT events.ensure_partition($1, $2::date) AS made', [table, day]);
      if (row?.made === true) made += 1;
    }
  }
  return made;
}

/**
 * Drops days older than they are kept, except those that hold something unfinished. A day whose lock is not
 * to be had within 3 s stays for the next run.
 * @returns the names of the partitions dropped.
 */
export async function dropOldPartitions(
  db: Queryable,
  keepDays: Readonly<Partial<Record<DailyTable, number>>> = KEEP_DAYS,
): Promise<string[]> {
  const dropped: string[] = [];
  for (const table of DAILY_TABLES) {
    const days = Math.max(KEEP_DAYS_MIN, keepDays[table] ?? KEEP_DAYS[table]);
    for (const name of await partitionsOf(db, table)) {
      if (await dropPartition(db, table, name, days)) dropped.push(name);
    }
  }
  return dropped;
}

/** Names with their schema, oldest first, without the default one. */
export async function partitionsOf(db: Queryable, table: DailyTable): Promise<string[]> {
  const rows = await db.query<{ name: string }>(
    `SELECT n.nspname || '.' || c.relname AS name
       FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE i.inhparent = $1::regclass AND c.relname ~ '_p[0-9]{8}$'
      ORDER BY c.relname
      LIMIT ${PARTITIONS_MAX}`,
    [table],
  );
  return rows.map((row) => row.name);
}

async function dropPartition(db: Queryable, table: DailyTable, name: string, keepDays: number): Promise<boolean> {
  try {
    const [row] = await db.query<{ dropped: boolean }>(
      `SELECT events.drop_partition($1, $2, (now() AT TIME ZONE 'UTC')::date - $3::int) AS dropped`,
      [table, name, keepDays],
    );
    return row?.dropped === true;
  } catch (error) {
    if (['55P03', '40P01'].includes(sqlState(error) ?? '')) return false;
    throw error;
  }
}
