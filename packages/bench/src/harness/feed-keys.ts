import type { AccountId, StatusId } from '@trunkline/kernel';
import type { RedisClient } from './redis-client.js';
import type { Stage } from './stage.js';

const AT_ONCE = 500;
const SCAN_COUNT = '5000';

/** A complete feed with these entries, made as the product makes it: from now on posts are pushed to it. */
export async function fillFeed({ backbone: { feeds } }: Stage, accountId: AccountId, statusIds: readonly StatusId[]): Promise<void> {
  const claim = await feeds.claim(accountId);
  if (claim === null) throw new Error('somebody else fills the feed');
  await feeds.fill(accountId, statusIds, claim);
}

/** Complete feeds without entries for these people. */
export async function openFeeds(stage: Stage, accountIds: readonly AccountId[]): Promise<void> {
  for (let from = 0; from < accountIds.length; from += AT_ONCE) {
    await Promise.all(accountIds.slice(from, from + AT_ONCE).map((id) => fillFeed(stage, id, [])));
  }
}

/** Where the product keeps each feed, found by looking: how keys are made is its own affair. */
export async function feedKeys(redis: RedisClient): Promise<Map<AccountId, string>> {
  const keys = new Map<AccountId, string>();
  let cursor = '0';
  do {
    const [next, found] = await redis.sendCommand<[string, string[]]>(['SCAN', cursor, 'MATCH', '*feed2:{*', 'COUNT', SCAN_COUNT]);
    for (const key of found) if (/\d$/.test(key)) keys.set(key.slice(key.lastIndexOf(':') + 1) as AccountId, key);
    cursor = next;
  } while (cursor !== '0');
  return keys;
}

const LENGTHS = `
local lengths = {}
for i = 1, #KEYS do lengths[i] = redis.call('LLEN', KEYS[i]) end
return lengths`;

/** The statuses among a list's entries. Negative numbers are marks, of which the one before a late entry may stand there many times. */
export const statusIdsOf = (entries: readonly string[]): string[] => entries.filter((entry) => !entry.startsWith('-'));

const COUNTS = `
local counts = {}
for i = 1, #KEYS do
  local count = 0
  for _, entry in ipairs(redis.call('LRANGE', KEYS[i], 0, -1)) do
    if string.sub(entry, 1, 1) ~= '-' then count = count + 1 end
  end
  counts[i] = count
end
return counts`;

/** Statuses in each list, in the order of `keys`: what `listLengths` counts, without marks. */
export const listStatuses = (redis: RedisClient, keys: readonly string[]): Promise<number[]> => askLists(redis, COUNTS, keys);

/** Entries of each list, in the order of `keys`. */
export const listLengths = (redis: RedisClient, keys: readonly string[]): Promise<number[]> => askLists(redis, LENGTHS, keys);

async function askLists(redis: RedisClient, script: string, keys: readonly string[]): Promise<number[]> {
  const numbers: number[] = [];
  for (let from = 0; from < keys.length; from += AT_ONCE) {
    const chunk = keys.slice(from, from + AT_ONCE);
    numbers.push(...(await redis.sendCommand<number[]>(['EVAL', script, String(chunk.length), ...chunk])));
  }
  return numbers;
}
