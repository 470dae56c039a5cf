import { nowDate, type Clock, type Snowflake } from '@trunkline/kernel';
import type { Database } from '../database.js';
import type { EventStore } from './events.js';
import type { InboundStore } from './inbound.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const RECEIPT_KEEP_MS = 48 * HOUR_MS;
const IDEMPOTENCY_KEEP_MS = HOUR_MS;
/** A Create that arrives later than this after its Delete is of an object that no sender should still hold. */
const TOMBSTONE_KEEP_MS = 90 * DAY_MS;
/** Of people whom nobody here knows. */
const STRANGE_KEY_KEEP_MS = 7 * DAY_MS;
/** After so long an outbox may be read again. */
const READING_KEEP_MS = 30 * DAY_MS;
/** What was read for somebody and nobody came back for. */
const PERSONAL_READING_KEEP_MS = HOUR_MS;
/** A used or expired grant is remembered for a day, so that a second use of its code is recognised. */
const GRANT_KEEP_MS = DAY_MS;
const BATCH = 5_000;
const BATCHES_MAX = 20;

/** Rings again for inbound rows whose doorbell got lost. @returns how many rows it rang for. */
export async function ringOverdueInbound(
  inbound: InboundStore,
  ring: (ids: readonly Snowflake[]) => Promise<void>,
  query: { readonly olderThanSeconds: number; readonly limit: number; readonly ringMax: number },
): Promise<number> {
  const ids = await inbound.overdueIds(query.olderThanSeconds, query.limit);
  for (let start = 0; start < ids.length; start += query.ringMax) await ring(ids.slice(start, start + query.ringMax));
  return ids.length;
}

/** Settles what is done and announces again what is not, until no page is full. */
export async function sweepEvents(
  events: EventStore,
  query: { readonly olderThanSeconds: number; readonly limit: number },
  signal?: AbortSignal,
): Promise<{ settled: number; reannounced: number }> {
  const total = { settled: 0, reannounced: 0 };
  for (let page = 0; page < BATCHES_MAX && signal?.aborted !== true; page += 1) {
    const { settled, reannounced } = await events.sweepUnsettled(query.olderThanSeconds, query.limit);
    total.settled += settled;
    total.reannounced += reannounced;
    if (settled + reannounced < query.limit) break;
  }
  return total;
}

/** Receipts, and what is remembered of hosts: for the inbox's role. @returns rows deleted. */
export async function expireReceipts(db: Database, clock: Clock): Promise<number> {
  const receipts = await deleteBefore(db, 'federation.receipts', 'created_at', new Date(clock.nowMs() - RECEIPT_KEEP_MS));
  return receipts + (await deleteBefore(db, 'federation.signature_schemes', 'expires_at', nowDate(clock)));
}

/**
 * Keys of nobody who is known here: instance actors, and whoever made them up; they are fetched again when they sign again. Those of
 * accounts stay: what is said at the end of an account is signed with a key that can be fetched no more. For the inbox's role.
 */
export async function expireKeys(db: Database, clock: Clock): Promise<number> {
  let deleted = 0;
  for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
    const gone = await db.query(
      `DELETE FROM federation.remote_keys WHERE ctid = ANY(ARRAY(
         SELECT k.ctid FROM federation.remote_keys k
          WHERE k.fetched_at < $1 AND NOT EXISTS (SELECT FROM social.accounts a WHERE a.uri = k.owner_uri) LIMIT $2))
       RETURNING key_id`,
      [new Date(clock.nowMs() - STRANGE_KEY_KEEP_MS), BATCH],
    );
    deleted += gone.length;
    if (gone.length < BATCH) break;
  }
  return deleted;
}

/** Readings that ended long ago: for the inbox's role. */
export async function expireReadings(db: Database, clock: Clock): Promise<number> {
  const personal = await deleteBefore(db, 'federation.personal_readings', 'asked_at', new Date(clock.nowMs() - PERSONAL_READING_KEEP_MS));
  return personal + (await deleteBefore(db, 'federation.readings', 'finished_at', new Date(clock.nowMs() - READING_KEEP_MS)));
}

/** Tombstones and idempotency keys: for a role that writes social. */
export async function expireSocial(db: Database, clock: Clock): Promise<number> {
  const tombstones = await deleteBefore(db, 'social.tombstones', 'created_at', new Date(clock.nowMs() - TOMBSTONE_KEEP_MS));
  return tombstones + (await deleteBefore(db, 'social.idempotency_keys', 'created_at', new Date(clock.nowMs() - IDEMPOTENCY_KEEP_MS)));
}

/** Authorization codes and web sessions: for the api's role. */
export async function expireIdentity(db: Database, clock: Clock): Promise<number> {
  const grants = await deleteBefore(db, 'identity.grants', 'expires_at', new Date(clock.nowMs() - GRANT_KEEP_MS));
  return grants + (await deleteBefore(db, 'identity.sessions', 'expires_at', nowDate(clock)));
}

type Expiring = 'federation.personal_readings' | 'federation.readings' | 'federation.receipts' | 'federation.signature_schemes' | 'social.tombstones' | 'social.idempotency_keys' | 'identity.grants' | 'identity.sessions';

/** In batches, so that no statement holds many locks or runs for long. */
async function deleteBefore(db: Database, table: Expiring, column: 'asked_at' | 'created_at' | 'expires_at' | 'finished_at', before: Date): Promise<number> {
  let deleted = 0;
  for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
    const [row] = await db.query<{ rows: number }>(
      `WITH gone AS (
         DELETE FROM ${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${table} WHERE ${column} < $1 LIMIT $2)) RETURNING 1)
       SELECT count(*)::int AS rows FROM gone`,
      [before, BATCH],
    );
    deleted += row?.rows ?? 0;
    if ((row?.rows ?? 0) < BATCH) break;
  }
  return deleted;
}
