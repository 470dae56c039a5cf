import { setTimeout as sleep } from 'node:timers/promises';
import { compareIds, nowDate, type AccountId, type Clock, type Snowflake } from '@trunkline/kernel';
import type { Queryable } from '../database.js';
import { earliest, type DoneMark } from './done.js';
import { withoutNul } from './text-limits.js';

export interface PlannedDelivery {
  readonly activityId: string;
  readonly senderAccountId: AccountId;
  /** The JSON as it will be signed and sent. */
  readonly body: string;
  readonly trace: string | null;
  /** What it is about: deliveries of one key reach each inbox in the order in which they were planned. Absent: no order. */
  readonly orderKey?: string | null;
  /** Each delivery tells its server which of its people follow the sender (FEP-8fcf). Default false. */
  readonly syncFollowers?: boolean;
  /** Distinct. */
  readonly inboxes: readonly string[];
}

/** What stood when the locks of some order keys were had: nobody else changes it before the transaction ends. */
export interface PlanningTurn {
  isDone(mark: DoneMark): boolean;
  /** The last body of a key that still waits. */
  readonly lastBodyIds: ReadonlyMap<string, Snowflake>;
}

const CHUNK_SIZE = 100;
const CHUNK_SIZE_MAX = 200;
/** One statement writes about so many inboxes: some two megabytes. */
const INBOXES_A_WRITE = 20_000;
const ID_TRIES_MAX = 500;

const nameOf = ({ eventId, consumer }: DoneMark): string => `${eventId} ${consumer}`;

/** The writing side of federation.delivery_*: how events become deliveries, many in one transaction. Times are the clock port's. */
export class DeliveryPlans {
  constructor(
    private readonly ids: { next(): Snowflake },
    private readonly clock: Clock,
  ) {}

  /**
   * Until the transaction ends, others who plan for one of the keys wait: what is read after this and what is planned
   * then are one step, so that a Delete is never planned before the Create that it undoes. An event has one key, so its
   * repeat waits as well, and finds it done: there is no other lock on it.
   * @param asked which of these are done, the turn knows
   */
  async begin(tx: Queryable, orderKeys: readonly string[], asked: readonly DoneMark[] = []): Promise<PlanningTurn> {
    const keys = [...new Set(orderKeys)];
    if (keys.length > 0) await tx.query(LOCK, [keys, 'delivery order ']);
    const lastBodyIds = new Map<string, Snowflake>();
    const done = new Set<string>();
    if (keys.length === 0 && asked.length === 0) return { isDone: () => false, lastBodyIds };
    // A statement of its own, to see what was committed while the first one waited.
    const rows = await tx.query<{ about: string; consumer: string | null; last: Snowflake | null }>(STANDING, [
      asked.map(({ eventId }) => eventId),
      [...new Set(asked.map(({ consumer }) => consumer))],
      earliest(asked.map(({ eventId }) => eventId)),
      keys,
    ]);
    for (const { about, consumer, last } of rows) {
      if (consumer !== null) done.add(nameOf({ eventId: about, consumer }));
      else if (last !== null) lastBodyIds.set(about, last);
    }
    return { isDone: (mark) => done.has(nameOf(mark)), lastBodyIds };
  }

  /** All that a turn planned, in this order, and what it has done by that. Deliveries to nobody are left out. @returns the number of chunks */
  async write(
    tx: Queryable,
    turn: PlanningTurn,
    { deliveries, done = [], chunkSize = CHUNK_SIZE }: { readonly deliveries: readonly PlannedDelivery[]; readonly done?: readonly DoneMark[]; readonly chunkSize?: number },
  ): Promise<number> {
    const size = Math.min(Math.max(1, chunkSize), CHUNK_SIZE_MAX);
    let unmarked = done;
    let part: Planned[] = [];
    let [chunks, inboxes] = [0, 0];
    const flush = async (): Promise<void> => {
      if (part.length > 0 || unmarked.length > 0) chunks += await this.writePart(tx, part, unmarked, size);
      [unmarked, part, inboxes] = [[], [], 0];
    };
    for (const delivery of deliveries) {
      if (delivery.inboxes.length === 0) continue;
      part.push({ ...delivery, id: await this.nextBodyId(turn, delivery.orderKey ?? null) });
      inboxes += delivery.inboxes.length;
      if (inboxes >= INBOXES_A_WRITE) await flush();
    }
    await flush();
    return chunks;
  }

  private async writePart(tx: Queryable, bodies: readonly Planned[], done: readonly DoneMark[], size: number): Promise<number> {
    const chunks = bodies.flatMap(({ id, orderKey, inboxes }) =>
      Array.from({ length: Math.ceil(inboxes.length / size) }, (_, at) => ({ id: this.ids.next(), bodyId: id, orderKey: orderKey ?? null, inboxes: inboxes.slice(at * size, (at + 1) * size) })),
    );
    await tx.query(WRITE, [
      done.map(({ eventId }) => eventId),
      done.map(({ consumer }) => consumer),
      bodies.map(({ id }) => id),
      bodies.map(({ activityId }) => activityId),
      bodies.map(({ senderAccountId }) => senderAccountId),
      bodies.map(({ body }) => withoutNul(body)),
      bodies.map(({ trace }) => trace),
      bodies.map(({ syncFollowers }) => syncFollowers ?? false),
      chunks.map(({ id }) => id),
      chunks.map(({ bodyId }) => bodyId),
      // An array column does not go through unnest, which flattens: each chunk travels as JSON.
      chunks.map((chunk) => JSON.stringify(chunk.inboxes)),
      chunks.map(({ orderKey }) => orderKey),
      nowDate(this.clock),
    ]);
    return chunks.length;
  }

  /** Above every body of the key that still waits, also where another copy's clock is some milliseconds ahead. */
  private async nextBodyId({ lastBodyIds }: PlanningTurn, orderKey: string | null): Promise<Snowflake> {
    const last = (orderKey === null ? undefined : lastBodyIds.get(orderKey)) ?? '0';
    for (let tries = 0; tries < ID_TRIES_MAX; tries += 1) {
      const id = this.ids.next();
      if (compareIds(id, last) > 0) return id;
      await sleep(1);
    }
    throw new Error('the clock of this process is behind that of another copy');
  }
}

type Planned = PlannedDelivery & { readonly id: Snowflake };

// In one order everywhere, so that two batches cannot wait for each other.
const LOCK = `
  SELECT count(pg_advisory_xact_lock(hashtextextended($2 || key, 0)))
    FROM (SELECT key FROM unnest($1::text[]) AS t (key) ORDER BY key) AS keys`;

const STANDING = `
  SELECT DISTINCT event_id::text AS about, consumer, NULL::bigint AS last FROM events.done
   WHERE event_id = ANY((SELECT $1::uuid[])::uuid[]) AND consumer = ANY((SELECT $2::text[])::text[]) AND done_at >= $3
  UNION ALL
  SELECT t.key, NULL, greatest(
           (SELECT max(body_id) FROM federation.delivery_chunks WHERE state = 'pending' AND order_key = t.key),
           (SELECT max(body_id) FROM federation.delivery_retries WHERE state = 'pending' AND order_key = t.key))
    FROM unnest((SELECT $4::text[])) AS t (key)`;

const WRITE = `
  WITH done AS (
    INSERT INTO events.done (event_id, consumer) SELECT t.event_id, t.consumer FROM unnest($1::uuid[], $2::text[]) AS t (event_id, consumer)
  ), bodies AS (
    INSERT INTO federation.delivery_bodies (id, activity_id, sender_account_id, body, trace, sync_followers)
    SELECT t.* FROM unnest($3::bigint[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::boolean[]) AS t (id, activity_id, sender_account_id, body, trace, sync_followers)
  )
  INSERT INTO federation.delivery_chunks (id, body_id, inboxes, not_before, order_key)
  SELECT t.id, t.body_id, ARRAY(SELECT jsonb_array_elements_text(t.inboxes)), $13, t.order_key
    FROM unnest($9::bigint[], $10::bigint[], $11::jsonb[], $12::text[]) AS t (id, body_id, inboxes, order_key)`;
