import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { RedisChangeLog } from '../../src/redis/change-log.js';
import { Redis } from '../../src/redis/connect-redis.js';
import { startRedis, type TestRedis } from './redis-server.js';

let server: TestRedis;
let redis: Redis;
let writer: RedisChangeLog;
let reader: RedisChangeLog;
beforeEach(async () => {
  server = await startRedis();
  redis = await Redis.connect({ url: server.url, prefix: server.prefix, onError: () => undefined });
  [writer, reader] = [new RedisChangeLog(redis), new RedisChangeLog(redis)];
}, 30_000);
afterEach(async () => {
  writer.close();
  reader.close();
  await redis.close();
  await server.stop();
});

const start = async () => {
  const told = await reader.since(null);
  if (told === null) throw new Error('redis is away');
  return told.position;
};

test('tells what was written after a position, in order, and nothing twice', async () => {
  const from = await start();
  await writer.tell(['s1', 'a2']);
  await writer.tell(['s3']);
  const told = await reader.since(from);
  expect(told?.names).toEqual(['s1', 'a2', 's3']);
  expect((await reader.since(told?.position ?? null))?.names).toEqual([]);
});

test('who is too far behind, or knows another log, is told that nothing kept is sure', async () => {
  const from = await start();
  for (let call = 0; call < 3; call += 1) await writer.tell(Array.from({ length: 4_000 }, (_, at) => `s${call}.${at}`));
  expect((await reader.since(from))?.names).toBeNull();
  expect((await reader.since({ epoch: 'another', count: 0 }))?.names).toBeNull();
  const now = await start();
  await writer.tell(Array.from({ length: 5_001 }, (_, at) => `s${at}`));
  expect((await reader.since(now))?.names).toBeNull();
});

test.each([['head', 'SET'], ['log', 'SET'], ['head', 'DEL'], ['head', 'HDEL']])('a %s that met %s begins a new log', async (key, command) => {
  const from = await start();
  await writer.tell(['s1']);
  const name = `${redis.prefix}{changes}:${key}`;
  await redis.run((client) => client.sendCommand(command === 'SET' ? ['SET', name, 'damaged'] : command === 'DEL' ? ['DEL', name] : ['HDEL', name, 'n']));
  const told = await reader.since(from);
  expect(told?.names).toBeNull();
  await writer.tell(['s2']);
  expect((await reader.since(told?.position ?? null))?.names).toEqual(['s2']);
});

test('what could not be told is made good by a new epoch', async () => {
  const { kill, start: startAgain } = server;
  // A Redis that others use as well cannot be taken away.
  if (kill === null || startAgain === null) return;
  const from = await start();
  await kill();
  await writer.tell(['s1']);
  expect(await reader.since(from)).toBeNull();
  await startAgain();
  let told = await reader.since(from);
  for (let tries = 0; tries < 200 && told === null; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    told = await reader.since(from);
  }
  expect(told?.names).toBeNull();
});
