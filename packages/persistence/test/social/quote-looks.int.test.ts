import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Snowflake } from '@trunkline/kernel';
import { QuoteLooks } from '../../src/social/quote-looks.js';
import { addAccount, mustPost, startWorld, type World } from './world.js';

let world: World;
let remote: Snowflake;
const startMs = Date.parse('2030-01-01T00:00:00Z');
let nowMs = startMs;
const looks = (): QuoteLooks => new QuoteLooks(world.db, { nowMs: () => nowMs });
beforeAll(async () => {
  world = await startWorld(12);
  remote = await addAccount(world.store, 'rae', 'far.example');
}, 60_000);
afterAll(() => world.stop());
beforeEach(async () => {
  await world.db.query('DELETE FROM social.quotes');
  nowMs = startMs;
});

let made = 0;
const quote = (host: string, change = {}): Promise<Snowflake> => {
  const uri = `https://${host}/posts/${(made += 1)}`;
  return mustPost(world.store, remote, { local: false, uri: `https://far.example/posts/${made}`, quote: { quotedId: null, quotedUri: uri, state: 'pending', stampUri: null, legacy: false, ...change } });
};
const nextOf = async (id: Snowflake): Promise<number | null> => {
  const [row] = await world.db.query<{ at: Date | null }>('SELECT next_look_at AS at FROM social.quotes WHERE status_id = $1', [id]);
  return row?.at == null ? null : row.at.getTime();
};

test('an open quote comes up eight times over three days, each time once for all copies, and then no more', async () => {
  const id = await quote('one.example');
  const waits: number[] = [];
  for (let turn = 0; turn < 8; turn += 1) {
    const claims = await Promise.all([looks().claim(16), looks().claim(16), looks().claim(16)]);
    expect(claims.flat()).toEqual([id]);
    const next = await nextOf(id);
    if (next === null) break;
    waits.push((next - nowMs) / 1_000);
    nowMs = next - 1_000;
    expect(await looks().claim(16)).toEqual([]);
    nowMs = next;
  }
  expect(waits).toEqual([60, 600, 3_600, 21_600, 86_400, 86_400, 86_400]);
  nowMs += 365 * 86_400_000;
  expect(await looks().claim(16)).toEqual([]);
});

// A host that names a thousand posts of its own must not hold up the others.
test('of one host a few at a time; its others wait and lose no turn by it', async () => {
  const many: Snowflake[] = [];
  for (let at = 0; at < 7; at += 1) many.push(await quote('greedy.example'));
  const other = await quote('quiet.example');
  const first = await looks().claim(16);
  expect(first).toHaveLength(5);
  expect(first).toContain(other);
  nowMs += 30_000;
  expect(await looks().claim(16)).toEqual([]);
  nowMs = startMs + 120_000;
  const rest = many.filter((id) => !first.includes(id));
  const second = await looks().claim(16);
  expect(second).toHaveLength(5);
  expect(second.filter((id) => rest.includes(id)).length + second.filter((id) => first.includes(id)).length).toBe(5);
  const [{ most } = { most: 0 }] = await world.db.query<{ most: number }>('SELECT max(looks)::int AS most FROM social.quotes');
  expect(most).toBe(2);
});

test('what is found out takes it off the list; another stamp begins anew', async () => {
  const { store } = world;
  const [quoted, other] = [await mustPost(store, remote, { local: false, uri: 'https://far.example/quoted' }), await quote('two.example', { stampUri: 'https://two.example/stamps/1' })];
  const change = (id: Snowflake, what: Parameters<Parameters<Parameters<typeof store.transaction>[0]>[0]['changeQuote']>[1]): Promise<boolean> =>
    store.transaction((tx) => tx.changeQuote(id, what, ['pending', 'accepted', 'unauthorized']));
  expect(await nextOf(other)).not.toBeNull();
  // The post is here, the stamp could not be read.
  await change(other, { quotedId: quoted });
  expect(await nextOf(other)).not.toBeNull();
  await change(other, { state: 'accepted' });
  expect(await nextOf(other)).toBeNull();
  await change(other, { state: 'pending', stampUri: 'https://two.example/stamps/2' });
  expect(await nextOf(other)).not.toBeNull();
  await change(other, { state: 'pending', stampUri: null });
  expect(await nextOf(other)).toBeNull();
  const unstamped = await quote('two.example');
  await change(unstamped, { quotedId: quoted });
  expect(await nextOf(unstamped)).toBeNull();
  const own = await mustPost(store, await addAccount(store, 'ann'), { quote: { quotedId: quoted, quotedUri: 'https://far.example/quoted', state: 'pending', stampUri: null, legacy: false } });
  expect(await nextOf(own)).toBeNull();
  const doomed = await quote('two.example');
  await store.transaction((tx) => tx.deleteStatus(doomed));
  expect(await nextOf(doomed)).toBeNull();
});
