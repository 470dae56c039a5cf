import { consumerName, StatusPublishedV1 } from '@trunkline/contracts';
import type { Account } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import { contest, type Contender, type Outcome } from '../harness/contest.js';
import type { BenchOptions } from '../harness/options.js';
import { fillFeed } from '../harness/feed-keys.js';
import { eventsOf, letGo, publishPosts, untilDone } from '../harness/publish-posts.js';
import { openRedis, sendAll, type RedisClient } from '../harness/redis-client.js';
import { seedFollows, seedPeople } from '../harness/seed-people.js';
import { Stage } from '../harness/stage.js';
import { atMost } from '../harness/verdict.js';
import { benchPulled } from './pulled.js';

const FOLLOWERS = { full: 100_000, quick: 2_000 };
/** One post to everybody, and many posts to a few: the two shapes of a day. */
const POSTS = { full: 250, quick: 20 };
const SMALL_FOLLOWERS = 400;
const SMALL_AUTHORS = { full: 50, quick: 5 };
const FEED_ENTRIES = 100;
const LAST_FEED_SECONDS_MAX = 1;
const FEED_BYTES_MAX = 10_240;
const JOB_FEEDS = 4_000;
const JOB_FEED_ENTRIES = 400;
/** A round takes a third of a second: the first ones are compiling. */
const WARM_UPS = 3;
const CONSUMER = consumerName('timeline', 'fan-out', StatusPublishedV1);

/** From the announced post until it stands in every active follower's feed and is marked as done. */
export async function benchFanOut(options: BenchOptions): Promise<Outcome> {
  const stage = await Stage.open(options);
  let redis: RedisClient | null = null;
  try {
    redis = await openRedis(stage.redisUrl);
    const followers = await seedPeople(stage, options.quick ? FOLLOWERS.quick : FOLLOWERS.full, 'follower');
    const big = await stage.person('big');
    await seedFollows(stage, followers, big.account.id);
    const small = await smallAuthors(stage, followers, options.quick ? SMALL_AUTHORS.quick : SMALL_AUTHORS.full);
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
      fanOutOf(stage, timeline.pid, { label: 'timeline, one post', authors: [{ account: big.account, followers }], postsEach: 1, walls }),
      {
        role: 'limit',
        label: 'bare Lua LPUSHX, 500 keys a call',
        pids: [loops.pid],
        run: () => loops.ask('pushBare', { keys: lists, entries: [stage.backbone.ids.next()] }),
      },
      {
        role: 'peer',
        label: 'one job per follower, 25 in flight',
        pids: [loops.pid],
        run: (round) => loops.ask('pushByJobs', { keys: sortedSets, entries: [0, 1, 2].map((n) => `${Date.now()}${WARM_UPS + round}${n}`) }),
      },
      fanOutOf(stage, timeline.pid, { label: `timeline, ${posts} posts × ${SMALL_FOLLOWERS}`, authors: small, postsEach: posts / small.length, walls: [] }),
    ];
    const standings = await contest(contenders, { rounds: options.rounds, warmUps: options.quick ? 1 : WARM_UPS, stores: stage.stores });
    const many = standings[3];
    const pulled = await benchPulled(stage, { account: big.account, followers }, timeline.pid);
    return {
      name: 'fan-out',
      unit: 'feed insertions',
      standings: standings.slice(0, 3),
      notes: [
        `${followers.length} followers with feeds`,
        `the last of them after ${walls.slice(1).map((wall) => wall.toFixed(2)).join(', ')} s`,
        `${posts} posts × ${SMALL_FOLLOWERS} followers: ${Math.round(many?.perCpuSec ?? 0)}/CPU-s`,
        `${feedBytes} bytes of Redis for a feed of 800`,
        ...pulled,
      ],
      verdicts: [
        atMost(`the last of ${followers.length} feeds written in`, LAST_FEED_SECONDS_MAX, Math.max(...walls.slice(1)), ' s', 2),
        atMost('Redis for a feed of 800', FEED_BYTES_MAX, feedBytes, ' bytes'),
      ],
    };
  } finally {
    redis?.destroy();
    await stage.close();
  }
}

interface Author {
  readonly account: Account;
  readonly followers: readonly AccountId[];
}

/** Authors who share the followers among them, each with some of their own. */
async function smallAuthors(stage: Stage, followers: readonly AccountId[], count: number): Promise<Author[]> {
  const authors: Author[] = [];
  for (let at = 0; at < count; at += 1) {
    const { account } = await stage.person(`small${at}`);
    const from = Math.floor((at * (followers.length - SMALL_FOLLOWERS)) / count);
    const mine = followers.slice(from, from + SMALL_FOLLOWERS);
    await seedFollows(stage, mine, account.id);
    authors.push({ account, followers: mine });
  }
  return authors;
}

interface Shape {
  readonly label: string;
  readonly authors: readonly Author[];
  readonly postsEach: number;
  readonly walls: number[];
}

function fanOutOf(stage: Stage, pid: number, { label, authors, postsEach, walls }: Shape): Contender {
  let statusIds: StatusId[] = [];
  let eventIds: string[] = [];
  return {
    role: 'ours',
    label,
    pids: [pid],
    prepare: async () => {
      statusIds = await publishPosts(stage, authors.map(({ account }) => account), postsEach, pid);
      eventIds = await eventsOf(stage, statusIds);
    },
    run: async () => {
      const startedMs = performance.now();
      letGo(pid);
      await untilDone(stage, CONSUMER, eventIds, 50);
      walls.push((performance.now() - startedMs) / 1_000);
      return authors.reduce((sum, { followers }) => sum + followers.length * postsEach, 0);
    },
    check: async () => {
      for (const [at, { followers }] of authors.entries()) {
        const written = statusIds.slice(at * postsEach, (at + 1) * postsEach);
        for (const follower of [followers[0], followers.at(-1)]) {
          const feed = await stage.backbone.feeds.read(follower ?? ('0' as AccountId));
          if (!written.every((id) => feed?.ids.includes(id))) throw new Error('a feed misses a post');
        }
      }
    },
  };
}

/** A feed each, all copies of one that the product wrote; the same lists and sorted sets for the bare loops. @returns bytes of a full feed */
async function seedFeeds(stage: Stage, redis: RedisClient, followers: readonly AccountId[]): Promise<number> {
  const { feeds, ids } = stage.backbone;
  const template = ids.next() as AccountId;
  const fill = (entries: number): Promise<void> => fillFeed(stage, template, Array.from({ length: entries }, () => ids.next() as StatusId));
  await fill(800);
  const feedBytes = await redis.sendCommand<number>(['MEMORY', 'USAGE', await keyOf(redis, template)]);
  await feeds.drop(template);
  await fill(FEED_ENTRIES);
  const key = await keyOf(redis, template);
  const feedKey = (id: AccountId): string => `${key.slice(0, key.indexOf('{'))}{b${Number(id.slice(-4)) % 61}}:${id}`;
  await sendAll(redis, followers.map((id) => ['COPY', key, feedKey(id)]));
  if ((await feeds.read(followers.at(-1) as AccountId))?.ids.length !== FEED_ENTRIES) throw new Error('the seeded feeds are not where the product looks for them');
  await sendAll(redis, followers.map((id) => ['COPY', key, `bare:${id}`]));
  await sendAll(redis, Array.from({ length: JOB_FEED_ENTRIES }, (_, at) => ['ZADD', 'jobs:template', String(at), `11530${at}0000000000`]));
  await sendAll(redis, followers.slice(0, JOB_FEEDS).map((id) => ['COPY', 'jobs:template', `jobs:${id}`]));
  return feedBytes;
}

async function keyOf(redis: RedisClient, id: AccountId): Promise<string> {
  const [key] = await redis.sendCommand<string[]>(['KEYS', `*feed2:*:${id}`]);
  if (key === undefined) throw new Error('the product wrote no feed');
  return key;
}
