import { hash } from 'node:crypto';
import { compareIds, nowDate, type Clock, type Snowflake } from '@trunkline/kernel';
import type { Database, Queryable } from '../database.js';
import type { DeadInbound, InboundBacklog, InboundRow, NewInbound, SettledInbound } from './inbound-rows.js';
import { cutText, REASON_LENGTH_MAX, withoutNul } from './text-limits.js';

const BACKLOG_HOSTS_MAX = 200;
/** Of texts that a batch holds at once: a bell names a hundred rows, each up to a megabyte. The first comes whatever it has. */
const LOADED_BYTES_MAX = 8 * 1_048_576;
/** As stored: above it a text lies beside the row, so that keeping it costs nothing here and dropping it frees its place. */
const IGNORED_BODY_BYTES_MAX = 4_096;

/** Less than the time after which overdue rows are rung for again: what is late was not answered the first time. */
const LATE_MS = 9_000;

/**
 * Types whose repeats are known by their id. Everything else may rightly come again with the same id, or with none, but not in the
 * same signed request: whoever read that on its way could send it again after it was taken back.
 */
const RECEIPTED = new Set(['Create', 'Update', 'Announce']);

/** federation.inbound: what was accepted and has to be applied. All times are the clock port's. */
export class InboundStore {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Stores a group in one statement and says which were exact repeats. When it resolves, the rows are
   * committed: only then may anybody be answered 202. Answers come in the order given.
   */
  async accept(rows: readonly NewInbound[]): Promise<{ id: Snowflake; duplicate: boolean }[]> {
    const keyed = rows.map((row) => ({ row, key: receiptKey(row) }));
    const seen = new Set<string>();
    const fresh = keyed.filter(({ row, key }) => {
      const pair = `${row.signerHost} ${key}`;
      return seen.has(pair) ? false : seen.add(pair);
    });
    // Two groups that share receipts must take them in the same order, or they could wait for each other.
    fresh.sort((a, b) => compareText(`${a.row.signerHost} ${a.key}`, `${b.row.signerHost} ${b.key}`));
    const stored = await this.db.query<{ id: Snowflake }>(ACCEPT, [
      fresh.map(({ row }) => row.id),
      fresh.map(({ key }) => key),
      fresh.map(({ row }) => row.activityId && withoutNul(row.activityId)),
      fresh.map(({ row }) => withoutNul(row.activityType)),
      fresh.map(({ row }) => withoutNul(row.actorUri)),
      fresh.map(({ row }) => row.signerHost),
      fresh.map(({ row }) => withoutNul(row.body).replaceAll(SEPARATOR, ' ')).join(SEPARATOR),
      fresh.map(({ row }) => row.trace),
      nowDate(this.clock),
    ]);
    const storedIds = new Set(stored.map((row) => row.id));
    return rows.map((row) => ({ id: row.id, duplicate: !storedIds.has(row.id) }));
  }

  /** Those of the ids that are still to be applied, oldest first, as far as eight megabytes of text; not those that somebody has begun and holds. */
  async loadWaiting(ids: readonly Snowflake[]): Promise<InboundRow[]> {
    return this.db.query<InboundRow & Record<string, unknown>>(
      `SELECT id, activity_id AS "activityId", activity_type AS "activityType", actor_uri AS "actorUri",
              signer_host AS "signerHost", body, trace, attempts, begun, next_attempt_at < $4 AS "isLate", received_at AS "receivedAt"
         FROM (SELECT id, activity_id, activity_type, actor_uri, signer_host, body, trace, attempts, begun, next_attempt_at, received_at,
                      sum(octet_length(body)) OVER (ORDER BY id) - octet_length(body) AS bytes_before
                 FROM federation.inbound
                WHERE id = ANY($1) AND state = 'stored' AND (begun = 0 OR next_attempt_at <= $3)) AS waiting
        WHERE bytes_before < $5
        ORDER BY id
        LIMIT $2`,
      [ids, ids.length, nowDate(this.clock), new Date(this.clock.nowMs() - LATE_MS), LOADED_BYTES_MAX],
    );
  }

  /**
   * Whether something that this actor said about ties came before the row and still waits: `underway`, or `failed` when
   * one of these is only tried again later. `handled` are as good as applied. What another server passed on is no word of theirs yet: anybody
   * could hold up their Follows by it.
   */
  async earlierTie(row: Pick<InboundRow, 'id' | 'actorUri' | 'signerHost'>, handled: readonly Snowflake[]): Promise<'none' | 'underway' | 'failed'> {
    const [found] = await this.db.query<{ attempts: number | null }>(
      `SELECT max(attempts)::int AS attempts FROM federation.inbound
        WHERE actor_uri = $1 AND signer_host = $4 AND id < $2 AND id <> ALL ($3::bigint[])
          AND state = 'stored' AND activity_type IN ('Accept', 'Block', 'Follow', 'Reject', 'Undo')`,
      [row.actorUri, row.id, handled, row.signerHost],
    );
    const attempts = found?.attempts ?? null;
    if (attempts === null) return 'none';
    return attempts > 0 ? 'failed' : 'underway';
  }

  /** Those of the rows before which the same actor said something about ties that still waits, `beside` excepted. */
  async behindTies(rows: readonly Pick<InboundRow, 'id' | 'actorUri' | 'signerHost'>[], beside: readonly Snowflake[]): Promise<Set<Snowflake>> {
    if (rows.length === 0) return new Set();
    const found = await this.db.query<{ id: Snowflake }>(
      `SELECT g.id FROM unnest($1::bigint[], $2::text[], $5::text[]) AS g (id, actor_uri, signer_host)
        WHERE EXISTS (SELECT FROM federation.inbound i
                       WHERE i.actor_uri = g.actor_uri AND i.signer_host = g.signer_host AND i.id < g.id AND i.id <> ALL ($3::bigint[])
                         AND i.state = 'stored' AND i.activity_type IN ('Accept', 'Block', 'Follow', 'Reject', 'Undo'))
        LIMIT $4`,
      [rows.map(({ id }) => id), rows.map(({ actorUri }) => actorUri), beside, rows.length, rows.map(({ signerHost }) => signerHost)],
    );
    return new Set(found.map(({ id }) => id));
  }

  async markApplied(ids: readonly Snowflake[]): Promise<void> {
    await this.settleIn(
      this.db,
      ids.map((id) => ({ id, reason: null })),
    );
  }

  /**
   * Applied, or ignored for a reason: in the transaction of the effects, which are guarded by keys of their own, since a
   * second copy may apply the same rows. The body of what is ignored goes when it is long: nobody looks at it, and a stranger could fill the
   * disk with megabytes that mean nothing here.
   */
  async settleIn(tx: Queryable, rows: readonly SettledInbound[]): Promise<void> {
    if (rows.length === 0) return;
    const sorted = [...rows].sort((a, b) => compareIds(a.id, b.id));
    await tx.query(
      `UPDATE federation.inbound i SET state = CASE WHEN s.reason IS NULL THEN 'applied' ELSE 'ignored' END, reason = s.reason, applied_at = $3,
              body = CASE WHEN s.reason IS NULL OR pg_column_size(i.body) <= ${IGNORED_BODY_BYTES_MAX} THEN i.body ELSE '' END
         FROM unnest($1::bigint[], $2::text[]) AS s (id, reason)
        WHERE i.id = s.id AND i.state = 'stored'`,
      [sorted.map(({ id }) => id), sorted.map(({ reason }) => reason && cutText(reason, REASON_LENGTH_MAX)), nowDate(this.clock)],
    );
  }

  /** Not an error: nothing that this server does anything with. */
  async markIgnored(id: Snowflake, reason: string): Promise<void> {
    await this.settleIn(this.db, [{ id, reason }]);
  }

  /** Given up after so many tries; listed for the operator, replayable. One that was replayed meanwhile has its tries before it. */
  async markDead(id: Snowflake, reason: string, attempts: number): Promise<void> {
    await this.db.query(
      `UPDATE federation.inbound SET state = 'dead', reason = $2, applied_at = $3 WHERE id = $1 AND state = 'stored' AND attempts = $4`,
      [id, cutText(reason, REASON_LENGTH_MAX), nowDate(this.clock), attempts],
    );
  }

  /** @returns the tries that failed so far, this one included; null when it is no longer waiting. */
  async retryLater(id: Snowflake, reason: string, delayMs: number): Promise<number | null> {
    const [row] = await this.db.query<{ attempts: number }>(
      `UPDATE federation.inbound SET attempts = least(attempts + 1, 32000), begun = 0, reason = $2, next_attempt_at = $3
        WHERE id = $1 AND state = 'stored' RETURNING attempts`,
      [id, cutText(reason, REASON_LENGTH_MAX), new Date(this.clock.nowMs() + delayMs)],
    );
    return row?.attempts ?? null;
  }

  /** Nobody rings for them before that. No try is counted. */
  async putOff(ids: readonly Snowflake[], delayMs: number): Promise<void> {
    await this.db.query(`UPDATE federation.inbound SET next_attempt_at = $2 WHERE id = ANY($1) AND state = 'stored'`, [ids, new Date(this.clock.nowMs() + delayMs)]);
  }

  /**
   * Before late rows are begun: whoever finds the note later knows that somebody did not bring them to an end. For so long
   * nobody else loads them. @returns those that nobody else noted
   */
  async noteLate(ids: readonly Snowflake[], holdMs: number): Promise<Snowflake[]> {
    const rows = await this.db.query<{ id: Snowflake }>(
      `UPDATE federation.inbound SET begun = 1, next_attempt_at = $2 WHERE id = ANY($1) AND state = 'stored' AND begun = 0 RETURNING id`,
      [ids, new Date(this.clock.nowMs() + holdMs)],
    );
    return rows.map((row) => row.id);
  }

  /** Before a noted row is begun; nobody else loads it for so long. @returns how often it was begun; null when it does not wait any more */
  async begin(id: Snowflake, holdMs: number): Promise<number | null> {
    const [row] = await this.db.query<{ begun: number }>(
      `UPDATE federation.inbound SET begun = least(begun + 1, 32000), next_attempt_at = $2 WHERE id = $1 AND state = 'stored' RETURNING begun`,
      [id, new Date(this.clock.nowMs() + holdMs)],
    );
    return row?.begun ?? null;
  }

  /** Waiting rows whose turn was more than this long ago: their doorbell got lost or nobody answers it. */
  async overdueIds(olderThanSeconds: number, limit: number): Promise<Snowflake[]> {
    const rows = await this.db.query<{ id: Snowflake }>(
      `SELECT id FROM federation.inbound WHERE state = 'stored' AND next_attempt_at < $1 ORDER BY next_attempt_at LIMIT $2`,
      [new Date(this.clock.nowMs() - olderThanSeconds * 1_000), limit],
    );
    return rows.map((row) => row.id);
  }

  /** Age of the oldest among the thousand that are due longest; 0 when nothing waits. */
  async oldestWaitingSeconds(): Promise<number> {
    const [row] = await this.db.query<{ oldest: Date | null }>(
      `SELECT min(received_at) AS oldest FROM
        (SELECT received_at FROM federation.inbound WHERE state = 'stored' ORDER BY next_attempt_at LIMIT 1000) due`,
    );
    return row?.oldest ? Math.max(0, (this.clock.nowMs() - row.oldest.getTime()) / 1_000) : 0;
  }

  /** Looks at no more than `rowsMax` rows, so it costs the same however many wait. Rows put off to a later time are not due. */
  async backlog(rowsMax: number): Promise<InboundBacklog> {
    const hosts = await this.db.query<{ host: string; rows: number; total: number; since: Date }>(
      `SELECT signer_host AS host, count(*)::int AS rows, (sum(count(*)) OVER ())::int AS total, (min(min(next_attempt_at)) OVER ()) AS since
         FROM (SELECT signer_host, next_attempt_at FROM federation.inbound
                WHERE state = 'stored' AND next_attempt_at <= $1 ORDER BY next_attempt_at LIMIT $2) due
        GROUP BY signer_host
        ORDER BY count(*) DESC
        LIMIT $3`,
      [nowDate(this.clock), rowsMax, BACKLOG_HOSTS_MAX],
    );
    const [most] = hosts;
    const overdueSeconds = most === undefined ? 0 : Math.max(0, (this.clock.nowMs() - most.since.getTime()) / 1_000);
    return { rows: most?.total ?? 0, overdueSeconds, rowsByHost: new Map(hosts.map(({ host, rows }) => [host, rows])) };
  }

  /** Those given up that nobody has replayed. */
  async deadCount(): Promise<number> {
    const [row] = await this.db.query<{ dead: number }>(`SELECT count(*)::int AS dead FROM federation.inbound WHERE state = 'dead'`);
    return row?.dead ?? 0;
  }

  /** Newest first. */
  async deadPage(query: { beforeId?: Snowflake; limit: number }): Promise<DeadInbound[]> {
    return this.db.query<DeadInbound & Record<string, unknown>>(
      `SELECT id, activity_id AS "activityId", activity_type AS "activityType", actor_uri AS "actorUri",
              reason, attempts, received_at AS "receivedAt"
         FROM federation.inbound
        WHERE state = 'dead' AND ($1::bigint IS NULL OR id < $1)
        ORDER BY id DESC
        LIMIT $2`,
      [query.beforeId ?? null, query.limit],
    );
  }

  /** Lets dead ones wait again with a fresh count of tries. @returns those to ring for. */
  async replayDead(ids: readonly Snowflake[]): Promise<Snowflake[]> {
    const rows = await this.db.query<{ id: Snowflake }>(
      `UPDATE federation.inbound SET state = 'stored', attempts = 0, begun = 0, applied_at = NULL, next_attempt_at = $2
        WHERE id = ANY($1) AND state = 'dead' RETURNING id`,
      [ids, nowDate(this.clock)],
    );
    return rows.map((row) => row.id);
  }
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Of the actor and its id: a neighbour on the actor's host, who sends the id ahead, keeps nothing of theirs away. A hash fits any index. */
function receiptKey(row: NewInbound): string {
  if (row.activityId === null || !RECEIPTED.has(row.activityType)) return `signature:${row.signatureHash}`;
  return hash('sha256', `${row.actorUri}\n${row.activityId}`, 'base64url');
}

/**
 * Between the bodies, which go as one text: escaping each for an array costs as much as parsing it. JSON knows no such
 * character, not even within texts.
 */
const SEPARATOR = '\x1e';

const ACCEPT = `
  WITH incoming AS (
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], string_to_array($7, E'\\x1e'), $8::text[])
      AS t (id, receipt, activity_id, activity_type, actor_uri, signer_host, body, trace)
  ), receipts AS (
    INSERT INTO federation.receipts (signer_host, activity_id, created_at)
    SELECT signer_host, receipt, $9 FROM incoming
    ON CONFLICT DO NOTHING
    RETURNING signer_host, activity_id
  )
  INSERT INTO federation.inbound (id, activity_id, activity_type, actor_uri, signer_host, body, trace, next_attempt_at, received_at)
  SELECT i.id, i.activity_id, i.activity_type, i.actor_uri, i.signer_host, i.body, i.trace, $9, $9
    FROM incoming i JOIN receipts r ON r.signer_host = i.signer_host AND r.activity_id = i.receipt
  RETURNING id`;
