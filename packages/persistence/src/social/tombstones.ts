import type { Queryable } from '../database.js';
import { plainText, plainTexts } from './safe-values.js';

/** Until the transaction ends, others who lock one of these uris wait. In one order, so that nobody waits in a ring. */
export const lockUris = (tx: Queryable, uris: readonly string[]): Promise<unknown> =>
  tx.query(
    `SELECT pg_advisory_xact_lock(key)
       FROM (SELECT DISTINCT hashtextextended(uri, 0) AS key FROM unnest($1::text[]) AS uri ORDER BY key) AS keys`,
    [plainTexts(uris)],
  );

/** What is deleted here never comes (back): a Delete may overtake its Create. */
export async function addTombstone(tx: Queryable, uri: string, actorUri: string): Promise<void> {
  await lockUris(tx, [uri]);
  await tx.query('INSERT INTO social.tombstones (uri, actor_uri) VALUES ($1, $2) ON CONFLICT (uri) DO NOTHING', [
    plainText(uri),
    plainText(actorUri),
  ]);
}

export async function isTombstoned(db: Queryable, uris: readonly string[]): Promise<Set<string>> {
  if (uris.length === 0) return new Set();
  const sql = 'SELECT uri FROM social.tombstones WHERE uri = ANY($1::text[]) LIMIT $2';
  return new Set((await db.query<{ uri: string }>(sql, [plainTexts(uris), uris.length])).map((row) => row.uri));
}
