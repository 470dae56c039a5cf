import type { Tombstone } from '@trunkline/social';
import type { Queryable } from '../database.js';
import { plainText, plainTexts } from './safe-values.js';

/** Until the transaction ends, others who lock one of these uris wait. In one order, so that nobody waits in a ring. */
export const lockUris = (tx: Queryable, uris: readonly string[]): Promise<unknown> =>
  tx.query(
    `SELECT pg_advisory_xact_lock(key)
       FROM (SELECT DISTINCT hashtextextended(uri, 0) AS key FROM unnest($1::text[]) AS uri ORDER BY key) AS keys`,
    [plainTexts(uris)],
  );

/** An index entry takes 2,704 bytes. Of two addresses that are longer together the end is not remembered: nobody else's post comes to life by that. */
const ENTRY_BYTES_MAX = 2_600;
const fitsIndex = ({ uri, actorUri }: Tombstone): boolean => Buffer.byteLength(uri) + Buffer.byteLength(actorUri) <= ENTRY_BYTES_MAX;

/**
 * What its author deleted here never comes (back): a Delete may overtake its Create. Keyed by the author too, so that
 * nobody keeps away what is another's, not on the same host either.
 */
export async function addTombstones(tx: Queryable, given: readonly Tombstone[]): Promise<void> {
  const stones = given.filter(fitsIndex);
  if (stones.length === 0) return;
  await lockUris(tx, stones.map(({ uri }) => uri));
  await tx.query(
    `INSERT INTO social.tombstones (uri, actor_uri)
     SELECT DISTINCT uri, actor_uri FROM unnest($1::text[], $2::text[]) AS given (uri, actor_uri) ORDER BY uri, actor_uri
     ON CONFLICT (uri, actor_uri) DO NOTHING`,
    [plainTexts(stones.map(({ uri }) => uri)), plainTexts(stones.map(({ actorUri }) => actorUri))],
  );
}

/** Those of an actor's own ids that it ended. */
export async function isTombstoned(db: Queryable, actorUri: string, uris: readonly string[]): Promise<Set<string>> {
  if (uris.length === 0) return new Set();
  const sql = 'SELECT uri FROM social.tombstones WHERE uri = ANY($1::text[]) AND actor_uri = $2 LIMIT $3';
  return new Set((await db.query<{ uri: string }>(sql, [plainTexts(uris), plainText(actorUri), uris.length])).map((row) => row.uri));
}

/** The actor takes back that it ended this. @returns since when it had been ended; null: it had not */
export async function liftTombstone(tx: Queryable, uri: string, actorUri: string): Promise<Date | null> {
  await lockUris(tx, [uri]);
  const [row] = await tx.query<{ createdAt: Date }>('DELETE FROM social.tombstones WHERE uri = $1 AND actor_uri = $2 RETURNING created_at AS "createdAt"', [
    plainText(uri),
    plainText(actorUri),
  ]);
  return row?.createdAt ?? null;
}
