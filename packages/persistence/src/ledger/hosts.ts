import { HEALTHY_HOST, type HostState } from '@trunkline/domain';
import { nowDate, type Clock } from '@trunkline/kernel';
import type { Queryable } from '../database.js';
import { cutText, REASON_LENGTH_MAX } from './text-limits.js';

interface HostRow extends Record<string, unknown> {
  readonly host: string;
  readonly consecutive_failures: number;
  readonly paused_until: Date | null;
  readonly failure_days: number;
  readonly last_failure_day: number | null;
  readonly unavailable_since: Date | null;
  readonly updated_at: Date;
}

const COLUMNS = 'host, consecutive_failures, paused_until, failure_days, last_failure_day, unavailable_since, updated_at';

/** federation.hosts: what all copies remember about delivering to a host. Without a row a host is healthy. */
export class HostStore {
  constructor(
    private readonly db: Queryable,
    private readonly clock: Clock,
  ) {}

  /** One state for each host asked for. */
  async load(hosts: readonly string[]): Promise<Map<string, HostState>> {
    const rows = await this.db.query<HostRow>(`SELECT ${COLUMNS} FROM federation.hosts WHERE host = ANY($1) LIMIT $2`, [
      hosts,
      hosts.length,
    ]);
    const found = new Map(rows.map((row) => [row.host, stateOf(row)]));
    return new Map(hosts.map((host) => [host, found.get(host) ?? HEALTHY_HOST]));
  }

  /** What any copy wrote since `since` (inclusive, by database time), oldest change first: for following along. */
  async changedSince(since: Date, limit: number): Promise<{ host: string; state: HostState; updatedAt: Date }[]> {
    const rows = await this.db.query<HostRow>(
      `SELECT ${COLUMNS} FROM federation.hosts WHERE updated_at >= $1 ORDER BY updated_at, host LIMIT $2`,
      [since, limit],
    );
    return rows.map((row) => ({ host: row.host, state: stateOf(row), updatedAt: row.updated_at }));
  }

  /** Hosts that nothing should be sent to now: paused, or taken for dead. */
  async shut(limit: number): Promise<string[]> {
    const rows = await this.db.query<{ host: string }>(
      `SELECT host FROM federation.hosts WHERE unavailable_since IS NOT NULL OR paused_until > $1 ORDER BY host LIMIT $2`,
      [nowDate(this.clock), limit],
    );
    return rows.map((row) => row.host);
  }

  /** Hosts that asked to wait or whose breaker is open, those taken for dead left out. */
  async paused(limit: number): Promise<string[]> {
    const rows = await this.db.query<{ host: string }>(
      `SELECT host FROM federation.hosts WHERE unavailable_since IS NULL AND paused_until > $1 ORDER BY host LIMIT $2`,
      [nowDate(this.clock), limit],
    );
    return rows.map((row) => row.host);
  }

  /**
   * Those taken for dead that were not asked for a while whether they are: a day, later up to a week. They count as asked.
   * Several copies take different ones.
   */
  async takeDead(limit: number): Promise<{ host: string; state: HostState }[]> {
    const rows = await this.db.query<HostRow>(
      `WITH due AS (
         SELECT host FROM federation.hosts
          WHERE unavailable_since IS NOT NULL
            AND coalesce(probed_at, unavailable_since) <= $1::timestamptz - least(interval '7 days', greatest(interval '1 day', ($1::timestamptz - unavailable_since) / 4))
          ORDER BY coalesce(probed_at, unavailable_since) LIMIT $2 FOR UPDATE SKIP LOCKED
       )
       UPDATE federation.hosts h SET probed_at = $1 FROM due WHERE h.host = due.host RETURNING ${COLUMNS.split(', ').map((column) => `h.${column}`).join(', ')}`,
      [nowDate(this.clock), limit],
    );
    return rows.map((row) => ({ host: row.host, state: stateOf(row) }));
  }

  /** The last writer wins: copies see the same host fail and succeed alike. Sorted, so that copies cannot block each other. */
  async save(states: ReadonlyMap<string, { readonly state: HostState; readonly reason?: string }>): Promise<void> {
    if (states.size === 0) return;
    const rows = [...states].sort(([a], [b]) => (a < b ? -1 : 1));
    const pick = <T>(of: (state: HostState) => T) => rows.map(([, { state }]) => of(state));
    await this.db.query(SAVE, [
      rows.map(([host]) => host),
      pick((state) => state.consecutiveFailures),
      pick((state) => dateOf(state.pausedUntilMs)),
      pick((state) => state.failureDays),
      pick((state) => state.lastFailureDay),
      pick((state) => dateOf(state.unavailableSinceMs)),
      rows.map(([, { reason }]) => (reason === undefined ? null : cutText(reason, REASON_LENGTH_MAX))),
    ]);
  }

  /**
   * The one probe of a host whose pause is over: of all copies that ask, one is told true, and the host stays
   * paused for the others until `untilMs`.
   */
  async claimProbe(host: string, untilMs: number): Promise<boolean> {
    const rows = await this.db.query(
      `UPDATE federation.hosts SET paused_until = $3, updated_at = now()
        WHERE host = $1 AND (paused_until IS NULL OR paused_until <= $2) RETURNING host`,
      [host, nowDate(this.clock), new Date(untilMs)],
    );
    return rows.length > 0;
  }
}

const dateOf = (unixMs: number | null): Date | null => (unixMs === null ? null : new Date(unixMs));

const stateOf = (row: HostRow): HostState => ({
  consecutiveFailures: row.consecutive_failures,
  pausedUntilMs: row.paused_until?.getTime() ?? null,
  failureDays: row.failure_days,
  lastFailureDay: row.last_failure_day,
  unavailableSinceMs: row.unavailable_since?.getTime() ?? null,
});

const SAVE = `
  INSERT INTO federation.hosts AS h
    (host, consecutive_failures, paused_until, failure_days, last_failure_day, unavailable_since, last_reason, updated_at)
  SELECT t.*, clock_timestamp()
    FROM unnest($1::text[], $2::integer[], $3::timestamptz[], $4::integer[], $5::integer[], $6::timestamptz[], $7::text[])
      AS t (host, consecutive_failures, paused_until, failure_days, last_failure_day, unavailable_since, last_reason)
  ON CONFLICT (host) DO UPDATE SET
    consecutive_failures = excluded.consecutive_failures, paused_until = excluded.paused_until,
    failure_days = excluded.failure_days, last_failure_day = excluded.last_failure_day,
    unavailable_since = excluded.unavailable_since, last_reason = coalesce(excluded.last_reason, h.last_reason),
    updated_at = excluded.updated_at`;
