import type { TestServer } from '../src/index.js';

/** Where processes note that they live; everything else is state. */
const HEARTBEATS = new Set(['events.leases', 'events.workers']);
/** Columns that say when somebody was last here, or was last asked for. */
const FOOTPRINTS = ['last_active_at', 'last_used_at', 'fetched_at'];

/** What stands in every table: how many rows, and a digest of them all. Two that are equal: not a row was touched. */
export async function stateOf({ backbone: { db } }: TestServer): Promise<ReadonlyMap<string, string>> {
  const tables = await db.query<{ name: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      ORDER BY 1 LIMIT 1000`,
  );
  const state = new Map<string, string>();
  for (const { name } of tables) {
    if (HEARTBEATS.has(name)) continue;
    const [row] = await db.query<{ digest: string }>(
      `SELECT count(*) || ' rows ' || md5(coalesce(string_agg(line, chr(10) ORDER BY line), '')) AS digest
         FROM (SELECT (to_jsonb(t) - $1::text[])::text AS line FROM ${name} t) lines`,
      [FOOTPRINTS],
    );
    state.set(name, row?.digest ?? '');
  }
  return state;
}
