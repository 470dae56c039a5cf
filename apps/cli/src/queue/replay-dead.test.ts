import { expect, test } from '@jest/globals';
import { compareIds, snowflake, type Snowflake } from '@trunkline/kernel';
import type { DeadDelivery, DeadInbound, DeadLetterRow } from '@trunkline/persistence';
import { replayDeliveries, replayEvents, replayInbound } from './replay-dead.js';

type Row = { id: Snowflake };

/** Newest first, as the stores page; rows that were replayed are gone from the next page. */
const pager = <T extends Row>(rows: Map<Snowflake, T>) => async (query: { beforeId?: Snowflake; limit: number }): Promise<T[]> =>
  [...rows.values()]
    .filter((row) => query.beforeId === undefined || compareIds(row.id, query.beforeId) < 0)
    .sort((a, b) => compareIds(b.id, a.id))
    .slice(0, query.limit);

const rowsOf = <T extends Row>(count: number, make: (index: number) => Omit<T, 'id'>): Map<Snowflake, T> =>
  new Map(Array.from({ length: count }, (_, index) => [snowflake(String(index + 1)), { id: snowflake(String(index + 1)), ...make(index) } as T]));

// None, less than a page, exactly two, two and a rest.
test.each([0, 3, 400, 450])('%i dead activities are all replayed', async (count) => {
  const rows = rowsOf<DeadInbound>(count, () => ({}) as DeadInbound);
  const store = { deadPage: pager(rows), replayDead: async (ids: readonly Snowflake[]) => ids.filter((id) => rows.delete(id)) };
  expect(await replayInbound(store)).toEqual({ replayed: count, left: 0 });
  expect(rows.size).toBe(0);
});

test('what cannot be read stays, and is counted', async () => {
  const rows = rowsOf<DeadLetterRow>(250, (index) => ({ eventId: index % 5 === 0 ? null : 'e' }) as DeadLetterRow);
  const store = { page: pager(rows), replay: async (ids: readonly Snowflake[]) => ids.filter((id) => rows.get(id)?.eventId !== null && rows.delete(id)) };
  expect(await replayEvents(store)).toEqual({ replayed: 200, left: 50 });
});

test('each host is asked for once', async () => {
  const rows = rowsOf<DeadDelivery>(450, (index) => ({ host: `h${index % 3}.example` }) as DeadDelivery);
  const asked: string[] = [];
  const store = { deadPage: pager(rows), requeueHost: async (host: string) => asked.push(host) };
  expect(await replayDeliveries(store)).toEqual({ replayed: 6, left: 0 });
  expect(asked.sort()).toEqual(['h0.example', 'h1.example', 'h2.example']);
});
