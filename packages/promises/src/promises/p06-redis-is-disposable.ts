import { setTimeout as sleep } from 'node:timers/promises';
import { observe } from '../check/observe.js';
import { localOf } from '../load/cast.js';
import type { Attack, Round } from '../round.js';
import { redisCommand } from '../stage/redis-command.js';

const READ_EVERY_MS = 1_000;
/** Every key becomes something else: what was a list, a hash or a stream becomes a string, what was a string a list. Whoever reads it is answered WRONGTYPE. */
const SPOIL = `
  for _, key in ipairs(redis.call('KEYS', '*')) do
    local wasString = redis.call('TYPE', key).ok == 'string'
    redis.call('DEL', key)
    if wasString then redis.call('RPUSH', key, 'of the wrong type') else redis.call('SET', key, 'of the wrong type') end
  end
  return 1`;
/** What apps read all the time. */
const READ = ['/api/v1/timelines/home', '/api/v1/timelines/public', '/api/v1/notifications', '/api/v1/accounts/verify_credentials', '/api/v2/instance'];
const FORGET = "for _, key in ipairs(redis.call('KEYS', '*feed:*')) do redis.call('DEL', key) end return 1";

export const redisIsDisposable: Attack = {
  id: 'P6',
  promise: 'Redis is disposable',
  short: true,
  sizes: { operations: 200, writers: 3, remotes: 3 },
  perform: () => ({ paceMs: 60 }),
  script: async (round) => {
    const { backing } = round.stage;
    const reading = new AbortController();
    const reads = readMeanwhile(round, reading.signal);
    await round.at(0.2);
    round.fault('FLUSHALL');
    await redisCommand(backing.url('redis'), 'FLUSHALL');
    await round.at(0.4);
    round.fault('keys of the wrong type');
    await redisCommand(backing.url('redis'), 'EVAL', SPOIL, '0');
    await round.at(0.6);
    round.fault('kill -9 Redis');
    await round.stage.restartStore('redis', 'SIGKILL');
    await round.at(0.8);
    round.fault('Redis is away');
    await round.stage.restartStore('redis', 'SIGKILL', () => round.outage(6, 30));
    reading.abort();
    await reads;
  },
  verify: compareWithRebuilt,
};

/** People go on reading: whatever happens to Redis, nothing is a 500. */
async function readMeanwhile(round: Round, signal: AbortSignal): Promise<void> {
  const bad = new Map<string, number>();
  while (!signal.aborted) {
    for (const name of round.people.cast.writers) {
      for (const path of READ) {
        const answer = await localOf(round.people, name).api.ask('GET', path).catch(() => null);
        const status = answer?.status ?? 0;
        // Too many requests may be counted too long, never a reader be failed.
        if (![200, 206, 429, 503].includes(status)) bad.set(`${path} was answered ${status}`, (bad.get(`${path} was answered ${status}`) ?? 0) + 1);
      }
    }
    await sleep(READ_EVERY_MS);
  }
  for (const [what, count] of bad) round.violate(`${what}, ${count} times`);
}

/** Feeds as they grew equal feeds rebuilt from Postgres. */
async function compareWithRebuilt(round: Round): Promise<void> {
  const feeds = async (): Promise<Set<string>> => {
    const found = await observe(round.stage, round.people, round.options.name);
    return new Set([...found].filter(([key]) => key.startsWith('feed:')).map(([key, { count }]) => `${key} × ${count}`));
  };
  const grown = await feeds();
  await redisCommand(round.stage.backing.url('redis'), 'EVAL', FORGET, '0');
  for (const name of round.people.cast.writers) await localOf(round.people, name).api.get('/api/v1/timelines/home');
  const rebuilt = await feeds();
  const differing = [...[...grown].filter((entry) => !rebuilt.has(entry)), ...[...rebuilt].filter((entry) => !grown.has(entry))];
  if (differing.length > 0) round.violate(`feeds differ from those rebuilt: ${differing.slice(0, 5).join(', ')} and ${Math.max(0, differing.length - 5)} more`);
}
