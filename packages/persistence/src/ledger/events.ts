import { CONSUMERS, groupsOf, STREAMS, type EventLane } from '@trunkline/contracts';
import { firstIdAt, idTimeMs, nowDate, type Clock, type Snowflake } from '@trunkline/kernel';
import type { Database, Queryable } from '../database.js';
import { WITHOUT_FLUSH } from './without-flush.js';

export interface NewEvent {
  /** A contract's subject. */
  readonly subject: string;
  readonly payload: Readonly<Record<string, unknown>> & { readonly eventId: string };
  /** W3C traceparent of the cause. */
  readonly trace?: string | null;
  /** Default: local. */
  readonly lane?: EventLane;
}

/** A row on its way to the broker; without `id`, what messaging's publisher takes. */
export interface OutboxEvent {
  readonly id: Snowflake;
  readonly eventId: string;
  readonly subject: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly traceparent?: string;
  readonly lane: EventLane;
}

/**
 * Writes events in the transaction of the state that they tell of; the relay publishes them after the commit.
 * `ids.next()` gives each row its id. So that they are published at once: `afterCommit(tx, () => relay.offer(rows))`.
 * @returns the rows as the relay would read them
 */
export async function appendEvents(tx: Queryable, events: readonly NewEvent[], ids: { next(): Snowflake }): Promise<OutboxEvent[]> {
  if (events.length === 0) return [];
  const rows = events.map(({ subject, payload, trace, lane = 'local' }): OutboxEvent => ({
    id: ids.next(), eventId: payload.eventId, subject, payload, lane, ...(trace == null ? {} : { traceparent: trace }),
  }));
  await tx.query(
    `INSERT INTO events.outbox (id, event_id, subject, payload, trace, is_remote)
     SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::jsonb[], $5::text[], $6::boolean[])`,
    [
      rows.map((row) => row.id),
      rows.map((row) => row.eventId),
      rows.map((row) => row.subject),
      rows.map((row) => JSON.stringify(row.payload)),
      rows.map((row) => row.traceparent ?? null),
      rows.map((row) => row.lane === 'remote'),
    ],
  );
  return rows;
}

/**
 * The groups whose done rows settle an event. Doorbells of work queues have none: there the rows they ring for
 * say what is left to do.
 */
const settlingGroups = ({ subject, lane }: Pick<OutboxEvent, 'subject' | 'lane'>): readonly string[] => SETTLING_GROUPS[lane].get(subject) ?? [];

const SETTLING_GROUPS: Readonly<Record<EventLane, ReadonlyMap<string, readonly string[]>>> = (() => {
  const queues = new Set(STREAMS.filter((stream) => stream.retention === 'workqueue').map((stream) => stream.name));
  const settling = CONSUMERS.filter((consumer) => !queues.has(consumer.stream));
  const groups = new Set(settling.map((consumer) => consumer.group));
  const inLane = (lane: EventLane) => new Map(settling.map(({ event }) => [event.subject, groupsOf(event.subject, lane).filter((group) => groups.has(group))]));
  return { local: inLane('local'), remote: inLane('remote') };
})();

/** The name under which events are parked that no broker would take. */
export const RELAY_CONSUMER = 'relay';

const ID_MAX = '9223372036854775807';

/** Waits double with each announcement, up to 64 times the first one. */
const ANNOUNCE_DOUBLINGS_MAX = 6;

/** events.outbox: from the commit to the last group's done row. Times are the clock port's. */
export class EventStore {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Locks rows of the lane that nobody else is publishing; they stay locked until `tx` ends. `minAgeMs`: younger ones are left to the
   * process that wrote them.
   */
  async claimUnpublished(tx: Queryable, lane: EventLane, limit: number, minAgeMs = 0): Promise<OutboxEvent[]> {
    const rows = await tx.query<Omit<OutboxEvent, 'traceparent' | 'lane'> & { trace: string | null }>(
      `SELECT id, event_id AS "eventId", subject, payload, trace
         FROM events.outbox
        WHERE published_at IS NULL AND is_remote = $1 AND id < $3
        ORDER BY id
        LIMIT $2
          FOR UPDATE SKIP LOCKED`,
      [lane === 'remote', limit, minAgeMs === 0 ? ID_MAX : firstIdAt(this.clock.nowMs() - minAgeMs)],
    );
    return rows.map(({ trace, ...event }) => ({ ...event, lane, ...(trace === null ? {} : { traceparent: trace }) }));
  }

  /** Events that no group has to settle are settled by their publication. */
  async markPublished(tx: Queryable, events: readonly Pick<OutboxEvent, 'id' | 'subject' | 'lane'>[]): Promise<void> {
    await tx.query(
      `UPDATE events.outbox o SET published_at = $3, settled_at = CASE WHEN t.settles THEN $3 ELSE o.settled_at END
         FROM unnest((SELECT $1::bigint[]), (SELECT $2::boolean[])) AS t (id, settles)
        WHERE o.id = t.id AND o.id = ANY((SELECT $1)::bigint[]) AND ${WITHOUT_FLUSH}`,
      [events.map((event) => event.id), events.map((event) => settlingGroups(event).length === 0), nowDate(this.clock)],
    );
  }

  /**
   * Looks at published events of this age or more that are not settled: settles those whose groups are all
   * done (or parked their message), and lets the relay announce the others again. An event that stays
   * undone is announced at growing intervals, so a slow consumer is not flooded.
   */
  async sweepUnsettled(olderThanSeconds: number, limit: number): Promise<{ settled: number; reannounced: number }> {
    const events = await this.unsettled(olderThanSeconds, limit);
    const finished = await this.finishedGroups(events.map((event) => event.eventId));
    const [settled, open] = [[] as Snowflake[], [] as Snowflake[]];
    for (const event of events) {
      const groups = finished.get(event.eventId);
      const over = groups?.has(RELAY_CONSUMER) === true || settlingGroups(event).every((group) => groups?.has(group));
      (over ? settled : open).push(event.id);
    }
    await this.settle(settled);
    await this.reannounce(open);
    return { settled: settled.length, reannounced: open.length };
  }

  async unsettled(olderThanSeconds: number, limit: number): Promise<{ id: Snowflake; eventId: string; subject: string; lane: EventLane }[]> {
    return this.db.query(
      `SELECT id, event_id AS "eventId", subject, CASE WHEN is_remote THEN 'remote' ELSE 'local' END AS lane
         FROM events.outbox
        WHERE settled_at IS NULL AND published_at < $1
          AND published_at < $2::timestamptz - make_interval(secs => $3::float8 * power(2, least(announced, ${ANNOUNCE_DOUBLINGS_MAX})))
        ORDER BY published_at
        LIMIT $4`,
      [new Date(this.clock.nowMs() - olderThanSeconds * 1_000), nowDate(this.clock), olderThanSeconds, limit],
    );
  }

  async settle(ids: readonly Snowflake[]): Promise<void> {
    if (ids.length === 0) return;
    await this.db.query('UPDATE events.outbox SET settled_at = $2 WHERE id = ANY($1)', [ids, nowDate(this.clock)]);
  }

  /** Makes the relay publish them again, under the same event id. */
  async reannounce(ids: readonly Snowflake[]): Promise<void> {
    if (ids.length === 0) return;
    await this.db.query(
      `UPDATE events.outbox SET published_at = NULL, announced = least(announced + 1, 32000)
        WHERE id = ANY($1) AND settled_at IS NULL`,
      [ids],
    );
  }

  async unpublishedRows(): Promise<number> {
    const [row] = await this.db.query<{ rows: number }>('SELECT count(*)::int AS rows FROM events.outbox WHERE published_at IS NULL');
    return row?.rows ?? 0;
  }

  /** 0 when everything is published. */
  async oldestUnpublishedSeconds(): Promise<number> {
    const [row] = await this.db.query<{ oldest: Snowflake | null }>(
      `SELECT least(
         (SELECT min(id) FROM events.outbox WHERE published_at IS NULL AND is_remote),
         (SELECT min(id) FROM events.outbox WHERE published_at IS NULL AND NOT is_remote)) AS oldest`,
    );
    return row?.oldest ? Math.max(0, (this.clock.nowMs() - idTimeMs(row.oldest)) / 1_000) : 0;
  }

  /**
   * Age of the oldest among the thousand published longest ago that are not known to be done by everybody. The sweeper looks at them 45 s
   * after they were published: below a minute all is well, whatever the broker says of its consumers.
   */
  async oldestUnsettledSeconds(): Promise<number> {
    const [row] = await this.db.query<{ oldest: Snowflake | null }>(
      'SELECT min(id) AS oldest FROM (SELECT id FROM events.outbox WHERE settled_at IS NULL AND published_at IS NOT NULL ORDER BY published_at LIMIT 1000) AS due',
    );
    return row?.oldest ? Math.max(0, (this.clock.nowMs() - idTimeMs(row.oldest)) / 1_000) : 0;
  }

  private async finishedGroups(eventIds: readonly string[]): Promise<Map<string, Set<string>>> {
    const groups = new Map<string, Set<string>>();
    if (eventIds.length === 0) return groups;
    const rows = await this.db.query<{ event_id: string; consumer: string }>(
      `SELECT event_id, consumer FROM events.done WHERE event_id = ANY($1::uuid[])
        UNION
       SELECT event_id, consumer FROM events.dead WHERE event_id = ANY($1::uuid[]) AND replayed_at IS NULL
        LIMIT $2`,
      [eventIds, eventIds.length * CONSUMERS.length],
    );
    for (const row of rows) {
      const known = groups.get(row.event_id) ?? new Set<string>();
      groups.set(row.event_id, known.add(row.consumer));
    }
    return groups;
  }
}
