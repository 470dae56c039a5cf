import type { Snowflake } from '@trunkline/kernel';
import type { DeadDelivery, DeadInbound, DeadLetterRow } from '@trunkline/persistence';

export interface Replayed {
  readonly replayed: number;
  /** Dead ones that stay so: what cannot be read can never be handled. */
  readonly left: number;
}

type Paged<T> = (query: { beforeId?: Snowflake; limit: number }) => Promise<T[]>;

const PAGE = 200;

/** Every dead row, newest first, whatever becomes of the pages before. */
async function* pages<T extends { readonly id: Snowflake }>(page: Paged<T>): AsyncGenerator<T[]> {
  let beforeId: Snowflake | undefined;
  for (;;) {
    const rows: T[] = await page({ ...(beforeId === undefined ? {} : { beforeId }), limit: PAGE });
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE) return;
    beforeId = rows.at(-1)?.id;
  }
}

export async function replayInbound(store: { deadPage: Paged<DeadInbound>; replayDead(ids: readonly Snowflake[]): Promise<Snowflake[]> }): Promise<Replayed> {
  let replayed = 0;
  for await (const rows of pages<DeadInbound>((query) => store.deadPage(query))) replayed += (await store.replayDead(rows.map((row) => row.id))).length;
  return { replayed, left: 0 };
}

export async function replayEvents(store: { page: Paged<DeadLetterRow>; replay(ids: readonly Snowflake[]): Promise<Snowflake[]> }): Promise<Replayed> {
  let [replayed, seen] = [0, 0];
  for await (const rows of pages<DeadLetterRow>((query) => store.page(query))) {
    seen += rows.length;
    replayed += (await store.replay(rows.map((row) => row.id))).length;
  }
  return { replayed, left: seen - replayed };
}

/** By host: whoever is tried again gets everything that waits for them, in order. */
export async function replayDeliveries(store: { deadPage: Paged<DeadDelivery>; requeueHost(host: string): Promise<number> }): Promise<Replayed> {
  const hosts = new Set<string>();
  for await (const rows of pages<DeadDelivery>((query) => store.deadPage(query))) for (const row of rows) hosts.add(row.host);
  let replayed = 0;
  for (const host of hosts) replayed += await store.requeueHost(host);
  return { replayed, left: 0 };
}
