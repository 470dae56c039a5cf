import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SnowflakeGenerator, type Snowflake, type StatusId } from '@trunkline/kernel';
import { createClient } from 'redis';
import { Redis } from '../../src/redis/connect-redis.js';
import { RedisHomeFeeds } from '../../src/redis/home-feeds.js';
import { InMemoryFeeds } from './in-memory-feeds.js';
import { feedsSuite } from './feeds-suite.js';
import { startRedis, type TestRedis } from './redis-server.js';

const open = (url: string) => createClient({ url });

let server: TestRedis;
let redis: Redis;
let raw: ReturnType<typeof open>;
let feeds: RedisHomeFeeds;
beforeAll(async () => {
  server = await startRedis();
  redis = await Redis.connect({ url: server.url, prefix: server.prefix, onError: () => undefined });
  raw = open(server.url);
  await raw.connect();
  feeds = new RedisHomeFeeds(redis, 7);
}, 30_000);
afterAll(async () => {
  await raw.close();
  await redis.close();
  await server.stop();
});

const memory = new InMemoryFeeds();
feedsSuite('in memory', () => memory);
feedsSuite('in Redis', () => feeds);

const id = (statusId: number): StatusId => String(statusId) as StatusId;

async function fill(account: Snowflake, ...ids: readonly StatusId[]): Promise<void> {
  const claim = await feeds.claim(account);
  if (claim === null) throw new Error('somebody else is at it');
  await feeds.fill(account, ids, claim);
}

/** The one key under which an account's feed lies. */
async function keyOf(accountId: Snowflake): Promise<string> {
  const keys = await raw.keys(`${server.prefix}:feed2:*}:${accountId}`);
  expect(keys).toHaveLength(1);
  return keys[0] as string;
}

describe('what only Redis can get wrong', () => {
  test('a key of another type is dropped and counts as missing, by every command', async () => {
    const account = '81001' as Snowflake;
    await fill(account);
    const key = await keyOf(account);
    const spoil = () => raw.set(key, 'not a list');
    await spoil();
    expect(await feeds.read(account)).toBeNull();
    await spoil();
    expect(await feeds.push([account], id(1))).toBe(0);
    expect(await raw.exists(key)).toBe(0);
    await spoil();
    expect(await feeds.push([account], id(1), { again: true })).toBe(0);
    await spoil();
    await feeds.remove([account], [id(1)]);
    expect(await raw.exists(key)).toBe(0);
    await spoil();
    await fill(account, id(2));
    expect((await feeds.read(account))?.ids).toEqual(['2']);
  });

  // It ends by itself when whoever fills the feed died over it.
  test('a claim has an end', async () => {
    const account = '81002' as Snowflake;
    await feeds.claim(account);
    const ttl = await raw.pTTL(`${await keyOf(account)}:lock`);
    expect(ttl).toBeGreaterThan(0);
    expect(ttl).toBeLessThanOrEqual(10_000);
    await raw.del(`${await keyOf(account)}:lock`);
    expect(await feeds.claim(account)).not.toBeNull();
  });

  test('reading keeps a feed alive; one that nobody reads ends', async () => {
    const account = '81003' as Snowflake;
    await fill(account, id(1));
    const key = await keyOf(account);
    await raw.expire(key, 60);
    await feeds.push([account], id(2));
    expect(await raw.ttl(key)).toBeLessThanOrEqual(60);
    await feeds.read(account);
    expect(await raw.ttl(key)).toBeGreaterThan(6 * 86_400);
  });

  // Accounts are made one at a time, so the low bits of their ids are all alike.
  test('accounts spread over the buckets, so that a cluster shares the load', async () => {
    let nowMs = Date.parse('2026-01-01T00:00:00Z');
    const generator = new SnowflakeGenerator(3, () => nowMs);
    const accounts: Snowflake[] = [];
    for (let n = 0; n < 640; n += 1) {
      nowMs += 1 + ((n * 7_919) % 5_000);
      accounts.push(generator.next());
    }
    for (const account of accounts) await feeds.claim(account);
    const buckets = new Map<string, number>();
    for (const key of await raw.keys(`${server.prefix}:feed2:*`)) {
      const account = key.split(':').at(-1) as Snowflake; // `…:lock` is none.
      if (!accounts.includes(account)) continue;
      const tag = /\{.+?\}/.exec(key)?.[0] ?? '';
      buckets.set(tag, (buckets.get(tag) ?? 0) + 1);
    }
    expect(buckets.size).toBeGreaterThan(56);
    expect(Math.max(...buckets.values())).toBeLessThan(40);
  });

  test("a full feed of today's ids takes below 10 kB", async () => {
    const account = '81004' as Snowflake;
    const at = BigInt(Date.parse('2026-01-01T00:00:00Z')) << 16n;
    await fill(account, ...Array.from({ length: 800 }, (_, n) => String(at + BigInt(n)) as StatusId));
    expect((await raw.memoryUsage(await keyOf(account))) ?? 0).toBeLessThan(10_000);
    for (let n = 0; n < 45; n += 1) await feeds.push([account], String(at + BigInt(800 + n)) as StatusId);
    expect((await raw.memoryUsage(await keyOf(account))) ?? 0).toBeLessThan(10_000);
    expect((await feeds.read(account))?.ids).toHaveLength(845);
  });
});
