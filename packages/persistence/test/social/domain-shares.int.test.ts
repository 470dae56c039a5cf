import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Snowflake } from '@trunkline/kernel';
import { boundDomains } from '../../src/social/domain-shares.js';
import { followsToDomains } from '../../src/social/domain-standing.js';
import { addAccount, ids, startWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 60_000);
afterAll(() => world.stop());
beforeEach(() => world.db.query('TRUNCATE social.tombstones, social.remote_emojis'));

const domainOf = (host: string): string => host.split('.').slice(-2).join('.');
const MAX = 10;

async function endAt(host: string, count: number): Promise<void> {
  const stones = Array.from({ length: count }, (_, n) => ({ uri: `https://${host}/notes/${n}`, actorUri: `https://${host}/users/eve` }));
  await world.store.transaction((tx) => tx.addTombstones(stones));
}
const tombstones = async (): Promise<string[]> =>
  (await world.db.query<{ uri: string }>('SELECT uri FROM social.tombstones ORDER BY created_at, uri')).map(({ uri }) => uri);

test('S094 what one domain ended is kept away as far as its share, the newest of it, under whatever names', async () => {
  await endAt('old.evil.example', 7);
  await world.db.query(`UPDATE social.tombstones SET created_at = now() - interval '1 day'`);
  await endAt('new.evil.example', 8);
  await endAt('honest.example', MAX);
  expect([...(await boundDomains(world.db, domainOf, MAX))]).toEqual([['evil.example', 5]]);
  const left = await tombstones();
  expect(left.filter((uri) => uri.includes('//old.'))).toHaveLength(2);
  expect(left.filter((uri) => uri.includes('//new.'))).toHaveLength(8);
  expect(left.filter((uri) => uri.includes('//honest.'))).toHaveLength(MAX);
  expect((await boundDomains(world.db, domainOf, MAX)).size).toBe(0);
  // By its own measure nobody has too much.
  expect((await boundDomains(world.db, domainOf)).size).toBe(0);
});

test('S094 of its emojis the pictures that changed last are known', async () => {
  const emojis = (host: string, count: number) =>
    Array.from({ length: count }, (_, n) => ({ host, shortcode: `e${n}`, url: `https://${host}/${n}`, staticUrl: `https://${host}/${n}`, updatedAt: new Date(Date.UTC(2026, 0, 1 + n)) }));
  await world.store.transaction((tx) => tx.noteEmojis([...emojis('a.evil.example', 8), ...emojis('b.evil.example', 8), ...emojis('honest.example', 3)]));
  expect([...(await boundDomains(world.db, domainOf, MAX))]).toEqual([['evil.example', 6]]);
  const left = await world.db.query<{ host: string; shortcode: string }>('SELECT host, shortcode FROM social.remote_emojis ORDER BY host, shortcode');
  expect(left.map(({ host, shortcode }) => `${host} ${shortcode}`)).toEqual([
    ...['a.evil.example', 'b.evil.example'].flatMap((host) => [3, 4, 5, 6, 7].map((n) => `${host} e${n}`)),
    ...[0, 1, 2].map((n) => `honest.example e${n}`),
  ]);
});

test('how well a domain is known is told by the follows that go there', async () => {
  const [ann, ben, far, other] = [await addAccount(world.store, 'ann'), await addAccount(world.store, 'ben'), await addAccount(world.store, 'rae', 'far.example'), await addAccount(world.store, 'eve', 'evil.example')];
  const follow = (from: Snowflake, to: Snowflake) => world.db.query('INSERT INTO social.follows (account_id, target_account_id, id) VALUES ($1, $2, $3)', [from, to, ids.next()]);
  for (const from of [ann, ben]) await follow(from, far as Snowflake);
  await follow(other as Snowflake, ann as Snowflake);
  const known = (domains: readonly string[], max = 1_000) => followsToDomains(world.db, domains, max);
  expect([await known(['far.example']), await known(['social.far.example', 'far.example']), await known(['far.example'], 1), await known(['evil.example']), await known(['none.example'])]).toEqual([2, 2, 1, 0, 0]);
});
