import { consumerName, StatusPublishedV1 } from '@trunkline/contracts';
import type { Account } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import { contest, type Contender, type Outcome } from '../harness/contest.js';
import type { BenchOptions } from '../harness/options.js';
import { doneCount, letGo, publishPosts } from '../harness/publish-posts.js';
import { openRedis, sendAll, type RedisClient } from '../harness/redis-client.js';
import { seedFollows, seedPeople } from '../harness/seed-people.js';
import { Stage } from '../harness/stage.js';
import { waitFor } from '../harness/wait-for.js';

const FOLLOWERS = { full: 100_000, quick: 2_000 };
/** One post to everybody, and many posts to a few: the two shapes of a day. */
const POSTS = { full: 250, quick: 20 };
const SMALL_FOLLOWERS = 400;
const FEED_ENTRIES = 100;
const JOB_FEEDS = 4_000;
const JOB_FEED_ENTRIES = 400;
const CONSUMER = consumerName('timeline', 'fan-out', StatusPublishedV1);

/** From the announced post until it stands in every active follower's feed and is marked as done. */
export async function benchFanOut(options: BenchOptions): Promise<Outcome> {
  const stage = await Stage.open(options);
  let redis: RedisClient | null = null;
  try {
    redis = await openRedis(stage.redisUrl);
    const followers = await seedPeople(stage, options.quick ? FOLLOWERS.quick : FOLLOWERS.full, 'follower');
    const [big, small] = [await stage.person('big'), await stage.person('small')];
    await seedFollows(stage, followers, big.account.id);
    await seedFollows(stage, followers.slice(0, SMALL_FOLLOWERS), small.account.id);
    const feedBytes = await seedFeeds(stage, redis, followers);
    await stage.backbone.db.query('ANALYZE');
    const timeline = await stage.server('timeline');
    const loops = stage.worker('push-loops');
    await loops.ask('open', { redisUrl: stage.redisUrl });
    const lists = followers.map((id) => `bare:${id}`);
    const sortedSets = followers.slice(0, JOB_FEEDS).map((id) => `jobs:${id}`);
    const posts = options.quick ? POSTS.quick : POSTS.full;
    const walls: number[] = [];
    const contenders: Contender[] = [
      fanOutOf(stage, timeline.pid, { label: 'timeline, one post', author: big.account, posts: 1, followers, walls }),
      {
        role: 'limit',
        label: 'bare Lua LPUSHX, 500 keys a call',
        pids: [loops.pid],
        run: (round) => loops.ask('pushBare', { keys: lists, entries: [`${Date.now()}${round}:1:0`] }),
      },
      {
        role: 'peer',
        label: 'one job per follower, 25 in flight',
        pids: [loops.pid],
        run: (round) => loops.ask('pushByJobs', { keys: sortedSets, entries: [0, 1, 2].map((n) => `${Date.now()}${round}${n}`) }),
      },
      fanOutOf(stage, timeline.pid, { label: `timeline, ${posts} posts × ${SMALL_FOLLOWERS}`, author: small.account, posts, followers: followers.slice(0, SMALL_FOLLOWERS), walls: [] }),
    ];
    const standings = await contest(contenders, { rounds: options.rounds, stores: stage.stores });
    const many = standings[3];
    return {
      name: 'fan-out',
      unit: 'feed insertions',
      standings: standings.slice(0, 3),
      notes: [
        `${followers.length} followers with feeds`,
        `the last of them after ${walls.slice(1).map((wall) => wall.toFixed(2)).join(', ')} s`,
        `${posts} posts × ${SMALL_FOLLOWERS} followers: ${Math.round(many?.perCpuSec ?? 0)}/CPU-s`,
        `${feedBytes} bytes of Redis for a feed of 800`,
      ],
    };
  } finally {
    redis?.destroy();
    await stage.close();
  }
}

interface Shape {
  readonly label: string;
  readonly author: Account;
  readonly posts: number;
  readonly followers: readonly AccountId[];
  readonly walls: number[];
}

function fanOutOf(stage: Stage, pid: number, { label, author, posts, followers, walls }: Shape): Contender {
  let statusIds: StatusId[] = [];
  return {
    role: 'ours',
    label,
    pids: [pid],
    prepare: async () => {
      statusIds = await publishPosts(stage, [author], posts, pid);
    },
    run: async () => {
      const startedMs = performance.now();
      letGo(pid);
      await waitFor('the posts to be fanned out', async () => (await doneCount(stage, CONSUMER, statusIds)) === posts, { everyMs: 25 });
      walls.push((performance.now() - startedMs) / 1_000);
      for (const follower of [followers[0], followers.at(-1)]) {
        const entries = (await stage.backbone.feeds.read(follower ?? '0' as AccountId)) ?? [];
        if (!statusIds.every((id) => entries.some((entry) => entry.statusId === id))) throw new Error('a feed misses a post');
      }
      return posts * followers.length;
    },
  };
}

/** A feed each, all copies of one that the product wrote; the same lists and sorted sets for the bare loops. @returns bytes of a full feed */
async function seedFeeds(stage: Stage, redis: RedisClient, followers: readonly AccountId[]): Promise<number> {
  const { feeds, ids } = stage.backbone;
  const entry = (): { statusId: StatusId; authorId: AccountId; boostOfId: null } => ({ statusId: ids.next() as StatusId, authorId: ids.next() as AccountId, boostOfId: null });
  const template = ids.next() as AccountId;
  await feeds.open(template);
  await feeds.fill(template, Array.from({ length: 800 }, entry));
  const feedBytes = await redis.sendCommand<number>(['MEMORY', 'USAGE', await keyOf(redis, template)]);
  await feeds.drop(template);
  await feeds.open(template);
  await feeds.fill(template, Array.from({ length: FEED_ENTRIES }, entry));
  const key = await keyOf(redis, template);
  const feedKey = (id: AccountId): string => `${key.slice(0, key.indexOf('{'))}{b${(BigInt(id) >> 16n) % 64n}}:${id}`;
  await sendAll(redis, followers.map((id) => ['COPY', key, feedKey(id)]));
  if ((await feeds.read(followers.at(-1) as AccountId))?.length !== FEED_ENTRIES) throw new Error('the seeded feeds are not where the product looks for them');
  await sendAll(redis, followers.map((id) => ['COPY', key, `bare:${id}`]));
  await sendAll(redis, Array.from({ length: JOB_FEED_ENTRIES }, (_, at) => ['ZADD', 'jobs:template', String(at), `11530${at}0000000000`]));
  await sendAll(redis, followers.slice(0, JOB_FEEDS).map((id) => ['COPY', 'jobs:template', `jobs:${id}`]));
  return feedBytes;
}

async function keyOf(redis: RedisClient, id: AccountId): Promise<string> {
  const [key] = await redis.sendCommand<string[]>(['KEYS', `*feed:*:${id}`]);
  if (key === undefined) throw new Error('the product wrote no feed');
  return key;
}
