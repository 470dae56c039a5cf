import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Snowflake } from '@trunkline/kernel';
import { RedisCache } from '../../src/redis/cache.js';
import { Redis } from '../../src/redis/connect-redis.js';
import { RedisHomeFeeds } from '../../src/redis/home-feeds.js';
import { RedisRateCounter } from '../../src/redis/rate-counter.js';
import { startRedis, type TestRedis } from './redis-server.js';

let server: TestRedis;
let redis: Redis;
beforeEach(async () => {
  server = await startRedis();
  redis = await Redis.connect({ url: server.url, prefix: server.prefix, onError: () => undefined });
}, 30_000);
afterEach(async () => {
  await redis.close();
  await server.stop();
});

const person = '5' as Snowflake;

test('while Redis is away commands fail at once with one code; they work again by themselves, scripts reloaded', async () => {
  const { kill, start } = server;
  // A Redis that others use as well cannot be taken away.
  if (kill === null || start === null) return;
  const feeds = new RedisHomeFeeds(redis, 7);
  const cache = new RedisCache(redis);
  const rates = new RedisRateCounter(redis, { nowMs: () => 1_000 });
  const fill = async (): Promise<void> => {
    const claim = await feeds.claim(person);
    if (claim === null) throw new Error('somebody else is at it');
    await feeds.fill(person, [], claim);
    expect((await feeds.read(person))?.ids).toEqual([]);
  };
  await fill();

  await kill();
  const before = performance.now();
  await expect(feeds.read(person)).rejects.toMatchObject({ code: 'redis_unavailable' });
  await expect(feeds.push([person], person)).rejects.toMatchObject({ code: 'redis_unavailable' });
  await expect(rates.hit('k', 1, 1)).rejects.toMatchObject({ code: 'redis_unavailable' });
  expect(await cache.get('k')).toBeNull();
  await cache.set('k', 1, 10);
  expect(performance.now() - before).toBeLessThan(10_000);

  await start();
  // The client waits two seconds at most between its tries.
  let read: unknown = 'away';
  for (let tries = 0; tries < 60 && read === 'away'; tries += 1) {
    read = await feeds.read(person).catch(() => 'away');
    if (read === 'away') await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(read).toBeNull();
  await fill();
}, 30_000);

test('a server starts while Redis is away', async () => {
  const nowhere = await Redis.connect({ url: 'redis://127.0.0.1:1', prefix: 'x', onError: () => undefined });
  await expect(nowhere.ping()).rejects.toMatchObject({ code: 'redis_unavailable' });
  await nowhere.close();
}, 10_000);

test('hits are counted in windows that all copies share', async () => {
  let nowMs = 1_000_000;
  const copies = [1, 2].map(() => new RedisRateCounter(redis, { nowMs: () => nowMs }));
  const counts = await Promise.all(Array.from({ length: 20 }, (_, n) => copies[n % 2]?.hit('login:1', 5, 10)));
  expect(counts.map((hit) => hit?.count).sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
  expect(counts[0]?.resetAtMs).toBe(1_010_000);
  nowMs = 1_010_000;
  expect(await copies[0]?.hit('login:1', 5, 10)).toEqual({ count: 1, resetAtMs: 1_020_000 });
});

test('the cache gives back what it was given, and neither what is too large nor what is not JSON', async () => {
  const cache = new RedisCache(redis);
  await cache.set('a', { list: [1, 'ü'] }, 60);
  expect(await cache.get('a')).toEqual({ list: [1, 'ü'] });
  expect(await cache.get('b')).toBeNull();
  await cache.set('big', 'x'.repeat(300_000), 60);
  expect(await cache.get('big')).toBeNull();
  await redis.run((client) => client.set(`${redis.prefix}cache:broken`, '{'));
  expect(await cache.get('broken')).toBeNull();
});
