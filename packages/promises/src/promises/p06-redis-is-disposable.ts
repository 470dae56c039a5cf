import { setTimeout as sleep } from 'node:timers/promises';
import { homeOf } from '../check/observe.js';
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
  endsNoProcess: true,
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
  const answers = new Map<number, number>();
  while (!signal.aborted) {
    for (const name of round.people.cast.writers) {
      for (const path of READ) {
        const answer = await localOf(round.people, name).api.ask('GET', path).catch(() => null);
        const status = answer?.status ?? 0;
        answers.set(status, (answers.get(status) ?? 0) + 1);
        // Too many requests may be counted too long, never a reader be failed.
        if (![200, 206, 429, 503].includes(status)) bad.set(`${path} was answered ${status}`, (bad.get(`${path} was answered ${status}`) ?? 0) + 1);
      }
    }
    await sleep(READ_EVERY_MS);
  }
  round.history.note(`readers were answered ${[...answers].map(([status, count]) => `${status} × ${count}`).join(', ')}`);
  for (const [what, count] of bad) round.violate(`${what}, ${count} times`);
}

/**
 * Feeds as they grew, which the checker has held against what was posted, equal feeds rebuilt from Postgres: the same posts and boosts in the same
 * order.
 */
async function compareWithRebuilt(round: Round): Promise<void> {
  const { people, stage } = round;
  const grown = new Map<string, readonly string[]>();
  for (const name of people.cast.writers) grown.set(name, await homeOf(people, name));
  await redisCommand(stage.backing.url('redis'), 'EVAL', FORGET, '0');
  for (const [name, before] of grown) {
    const rebuilt = await homeOf(people, name);
    const at = rebuilt.findIndex((line, index) => line !== before[index]);
    const from = at === -1 && rebuilt.length < before.length ? rebuilt.length : at;
    if (from !== -1) round.violate(`the home of ${name} differs from the one rebuilt in line ${from + 1}: ${before[from] ?? 'its end'}, not ${rebuilt[from] ?? 'its end'}`);
    round.history.note(`the home of ${name}: ${rebuilt.length} lines were compared`);
  }
}
