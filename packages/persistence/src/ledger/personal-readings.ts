import { nowDate, type AccountId, type Clock } from '@trunkline/kernel';
import type { Queryable } from '../database.js';
import { cutText, REASON_LENGTH_MAX } from './text-limits.js';

/** What is to be read in the name of a person here. */
export interface PersonalReadingAsked {
  readonly uri: string;
  /** Whoever sent the address, and lives where it lies. */
  readonly authorId: AccountId;
  /** People here whom the activity names. */
  readonly named: readonly AccountId[];
  /** The registrable domain of the address. */
  readonly domain: string;
}

/** One that a worker holds. */
export interface PersonalReading extends PersonalReadingAsked {
  /** By which the worker's answer is known for that of this try. */
  readonly begunAt: Date;
  /** This try included. */
  readonly attempts: number;
}

/** `refused`: asking again brings the same. `away`: it may go well later. */
export type PersonalAnswer =
  | { readonly state: 'read'; readonly document: string }
  | { readonly state: 'refused' | 'away'; readonly reason: string };

/** Waiting, or read and not fetched yet, of all copies together; and of one registrable domain. */
const OPEN_MAX = 1_000;
const OPEN_OF_DOMAIN_MAX = 50;
/** What did not go well is not tried again before this. */
const AGAIN_AFTER_MS = 10_000;
const URI_BYTES_MAX = 2_048;
const FOLLOWERS_LOOKED_AT_MAX = 16;

/** What is there for one address. */
export type PersonalFinding = PersonalAnswer | { readonly state: 'waiting' | 'none' };

/**
 * federation.personal_readings: documents that other servers show to their readers alone. Whoever applies activities asks, whoever
 * holds the keys of people answers, and both may end at any time: a claim is a lease, and an answer waits until it is taken.
 * Times are the clock port's.
 */
export class PersonalReadingStore {
  constructor(
    private readonly db: Queryable,
    private readonly clock: Clock,
  ) {}

  /**
   * What is there: a document that was begun to be read at `since` or later is taken, and gone from here with that. `none`: nothing, or from before;
   * a refusal from before counts for ten seconds.
   */
  async take(uri: string, since: Date): Promise<PersonalFinding> {
    const [row] = await this.db.query<{ state: string; text: string | null }>(
      `WITH taken AS (
         DELETE FROM federation.personal_readings WHERE uri = $1 AND state = 'read' AND begun_at >= $2 RETURNING document)
       SELECT 'read' AS state, document AS text FROM taken
       UNION ALL
       SELECT state, reason FROM federation.personal_readings
        WHERE uri = $1 AND (state = 'waiting' OR (state = 'refused' AND begun_at >= least($2, $3)) OR (state = 'away' AND begun_at >= $3))
       LIMIT 1`,
      [uri, since, this.lately()],
    );
    return row === undefined ? { state: 'none' } : findingOf(row);
  }

  /**
   * Has it read: call it when there is none.
   * @returns false: another call was faster, or there is no room for more now
   */
  async ask({ uri, authorId, named, domain }: PersonalReadingAsked, since: Date): Promise<boolean> {
    if (Buffer.byteLength(uri) > URI_BYTES_MAX || uri.includes('\0')) return false;
    const rows = await this.db.query(
      `INSERT INTO federation.personal_readings AS r (uri, author_id, named, domain, not_before, asked_at)
       SELECT $1, $2::bigint, $3::bigint[], $4, $5, $5
        WHERE (SELECT count(*) FROM (SELECT FROM federation.personal_readings WHERE state IN ('waiting', 'read') LIMIT $8) AS open) < $8
          AND (SELECT count(*) FROM (SELECT FROM federation.personal_readings WHERE state IN ('waiting', 'read') AND domain = $4 LIMIT $9) AS of_domain) < $9
       ON CONFLICT (uri) DO UPDATE
         SET author_id = excluded.author_id, named = excluded.named, asked_at = excluded.asked_at, not_before = excluded.not_before,
             state = 'waiting', document = NULL, reason = NULL, attempts = 0
         WHERE (r.state = 'read' AND r.begun_at < $6) OR (r.state = 'refused' AND r.begun_at < least($6, $7)) OR (r.state = 'away' AND r.begun_at < $7)
       RETURNING uri`,
      [uri, authorId, named, domain, nowDate(this.clock), since, this.lately(), OPEN_MAX, OPEN_OF_DOMAIN_MAX],
    );
    return rows.length === 1;
  }

  /** Those whose turn it is, one of each domain but these, hidden from other claims for `leaseSeconds`. */
  async claim(query: { readonly limit: number; readonly leaseSeconds: number; readonly exceptDomains: readonly string[] }): Promise<PersonalReading[]> {
    return this.db.query<PersonalReading & Record<string, unknown>>(
      `WITH first AS (
         SELECT DISTINCT ON (domain) uri, not_before FROM federation.personal_readings
          WHERE state = 'waiting' AND not_before <= $1 AND NOT domain = ANY ($4::text[]) ORDER BY domain, not_before
       ), due AS (
         SELECT uri FROM federation.personal_readings
          WHERE uri = ANY (ARRAY(SELECT uri FROM first ORDER BY not_before LIMIT $2)) AND state = 'waiting' AND not_before <= $1
          FOR UPDATE SKIP LOCKED
       )
       UPDATE federation.personal_readings r SET not_before = $3, begun_at = $1, attempts = least(r.attempts + 1, 32000)
         FROM due WHERE r.uri = due.uri
       RETURNING r.uri, r.author_id AS "authorId", r.named, r.domain, r.begun_at AS "begunAt", r.attempts`,
      [nowDate(this.clock), query.limit, new Date(this.clock.nowMs() + query.leaseSeconds * 1_000), query.exceptDomains],
    );
  }

  /** Unless another copy has it in hand by now, or it was asked for anew. */
  async answer({ uri, begunAt }: Pick<PersonalReading, 'uri' | 'begunAt'>, answer: PersonalAnswer): Promise<void> {
    const [document, reason] = answer.state === 'read' ? [answer.document, null] : [null, cutText(answer.reason, REASON_LENGTH_MAX)];
    await this.db.query(
      `UPDATE federation.personal_readings SET state = $3, document = $4, reason = $5
        WHERE uri = $1 AND state = 'waiting' AND begun_at = $2`,
      [uri, begunAt, answer.state, document, reason],
    );
  }

  /**
   * In whose names it may be asked for: people here whom the activity names, and followers of who sent it, in turns, the named ones first. Nobody
   * between whom and the author stands a block.
   */
  async readersOf({ authorId, named }: Pick<PersonalReadingAsked, 'authorId' | 'named'>, limit: number): Promise<AccountId[]> {
    const rows = await this.db.query<{ id: AccountId }>(
      `SELECT reader.id FROM (
         SELECT c.id, c.place, row_number() OVER (PARTITION BY c.place ORDER BY c.id) AS turn FROM (
           SELECT n.id, 0 AS place FROM unnest($2::bigint[]) AS n (id)
           UNION ALL
           (SELECT f.account_id, 1 FROM social.follows f WHERE f.target_account_id = $1 AND f.local AND NOT f.account_id = ANY ($2::bigint[])
             ORDER BY f.account_id LIMIT $4)
         ) AS c JOIN social.accounts a ON a.id = c.id
          WHERE a.domain IS NULL AND a.deleted_at IS NULL AND a.suspended_at IS NULL
            AND NOT EXISTS (SELECT FROM social.blocks b WHERE b.account_id = c.id AND b.target_account_id = $1)
            AND NOT EXISTS (SELECT FROM social.blocks b WHERE b.account_id = $1 AND b.target_account_id = c.id)
       ) AS reader
        ORDER BY reader.turn, reader.place LIMIT $3`,
      [authorId, named, limit, FOLLOWERS_LOOKED_AT_MAX],
    );
    return rows.map(({ id }) => id);
  }

  private lately(): Date {
    return new Date(this.clock.nowMs() - AGAIN_AFTER_MS);
  }
}

function findingOf({ state, text }: { readonly state: string; readonly text: string | null }): PersonalFinding {
  if (state === 'read') return { state, document: text ?? '' };
  if (state === 'refused' || state === 'away') return { state, reason: text ?? '' };
  return { state: 'waiting' };
}
