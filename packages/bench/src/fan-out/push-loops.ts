import { serveTasks } from '../harness/worker-process.js';
import { openRedis, type RedisClient } from '../harness/redis-client.js';

/** The cheapest push there is: one call for many lists, trimmed now and then. */
const PUSH = `
for i = 1, #KEYS do
  local length = redis.call('LPUSHX', KEYS[i], ARGV[1])
  if length > 850 then redis.call('LTRIM', KEYS[i], 0, 799) end
end
return #KEYS`;
const KEYS_PER_CALL = 500;
const JOBS_IN_FLIGHT = 25;
const FEED_MAX = 400;

let redis: RedisClient;

async function open({ redisUrl }: { readonly redisUrl: string }): Promise<void> {
  redis = await openRedis(redisUrl);
}

/** @returns feeds written */
async function pushBare({ keys, entries }: { readonly keys: readonly string[]; readonly entries: readonly string[] }): Promise<number> {
  const sha = await redis.sendCommand<string>(['SCRIPT', 'LOAD', PUSH]);
  let pushed = 0;
  for (const entry of entries) {
    for (let from = 0; from < keys.length; from += KEYS_PER_CALL) {
      const chunk = keys.slice(from, from + KEYS_PER_CALL);
      await redis.sendCommand(['EVALSHA', sha, String(chunk.length), ...chunk, entry]);
      pushed += chunk.length;
    }
  }
  return pushed;
}

/** One job per follower as Sidekiq would run it: three round trips each, 25 at a time. @returns feeds written */
async function pushByJobs({ keys, entries }: { readonly keys: readonly string[]; readonly entries: readonly string[] }): Promise<number> {
  const jobs = entries.flatMap((entry) => keys.map((key) => [key, entry] as const)).values();
  let pushed = 0;
  const work = async (): Promise<void> => {
    for (const [key, entry] of jobs) {
      await redis.sendCommand(['ZADD', key, entry, entry]);
      await redis.sendCommand(['ZREMRANGEBYRANK', key, '0', String(-FEED_MAX - 1)]);
      await redis.sendCommand(['EXISTS', `subscribed:${key}`]);
      pushed += 1;
    }
  };
  await Promise.all(Array.from({ length: JOBS_IN_FLIGHT }, work));
  return pushed;
}

export const serve = (): void => serveTasks({ open, pushBare, pushByJobs });
