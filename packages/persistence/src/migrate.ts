import pg from 'pg';
import { Database, type Queryable } from './database.js';
import { MIGRATIONS } from './migrations/index.js';
import { ensurePartitions } from './partitions.js';

/** Any number that nothing else in the database locks. */
const MIGRATION_LOCK = 7_281_900_415;
/**
 * Days of partitions made ahead. Without a leader for longer, rows wait in the default partition and move later;
 * more days would cost planning time in every statement.
 */
export const PARTITION_DAYS_AHEAD = 3;

/**
 * Brings the schema up to date and makes the partitions of the coming days. Copies that start together run it
 * one after the other. `directUrl` must lead to Postgres itself: the lock belongs to a session.
 */
export async function migrate(directUrl: string): Promise<{ applied: string[] }> {
  const lock = new pg.Client({ connectionString: directUrl, application_name: 'trunkline-migrate' });
  lock.on('error', () => undefined);
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return await runMigrations(directUrl);
  } finally {
    await lock.end();
  }
}

async function runMigrations(url: string): Promise<{ applied: string[] }> {
  const db = await Database.connect({ url, poolMax: 2, applicationName: 'trunkline-migrate', statementTimeoutMs: 3_600_000 });
  try {
    const done = await db.dataSource.runMigrations({ transaction: 'each' });
    await ensurePartitions(db, PARTITION_DAYS_AHEAD);
    return { applied: done.map((migration) => migration.name) };
  } finally {
    await db.close();
  }
}

/** Whether every migration that this code knows has run: a copy is not ready before that. */
export async function migrationsAreCurrent(db: Queryable): Promise<boolean> {
  const [table] = await db.query<{ found: boolean }>(`SELECT to_regclass('public.schema_migrations') IS NOT NULL AS found`);
  if (table?.found !== true) return false;
  const names = MIGRATIONS.map((migration) => migration.name);
  const [row] = await db.query<{ done: number }>(
    'SELECT count(DISTINCT name)::int AS done FROM public.schema_migrations WHERE name = ANY($1)',
    [names],
  );
  return row?.done === names.length;
}
