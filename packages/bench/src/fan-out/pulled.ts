import { consumerName, StatusPublishedV1 } from '@trunkline/contracts';
import type { Account } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import { rateOf } from '../harness/contest.js';
import { eventsOf, letGo, publishPosts, untilDone } from '../harness/publish-posts.js';
import { seedFollows } from '../harness/seed-people.js';
import type { Stage } from '../harness/stage.js';

/** Pulled authors whom one reader follows. */
const FOLLOWED = [1, 5, 20];
const POSTS_EACH = 50;
const POSTS = 20;
const READS = 200;
/** Entries that the first page of a home timeline asks for. */
const ENTRIES = 100;
/** Longer than a process believes what it knows of pulled authors. */
const HEARD_MS = 6_000;

/** What an author above the threshold costs: a post when it is written, and others' pages when they are read. @returns notes */
export async function benchPulled(stage: Stage, big: { account: Account; followers: readonly AccountId[] }, timelinePid: number): Promise<string[]> {
  const { db, pulled } = stage.backbone;
  const authors = [big.account];
  while (authors.length < Math.max(...FOLLOWED)) authors.push((await stage.person(`pulled${authors.length}`)).account);
  await db.query('INSERT INTO timeline.pulled_authors (account_id) SELECT unnest($1::bigint[])', [authors.map(({ id }) => id)]);
  await new Promise((resolve) => setTimeout(resolve, HEARD_MS));
  const options = { rounds: 1, stores: stage.stores };
  let written = await publishPosts(stage, [big.account], POSTS, timelinePid);
  let eventIds: string[] = [];
  const writes = await rateOf(
    {
      role: 'ours',
      label: `timeline, ${POSTS} posts to ${big.followers.length} who look them up`,
      pids: [timelinePid],
      prepare: async () => {
        written = await publishPosts(stage, [big.account], POSTS, timelinePid);
        eventIds = await eventsOf(stage, written);
      },
      run: async () => {
        letGo(timelinePid);
        await untilDone(stage, consumerName('timeline', 'fan-out', StatusPublishedV1), eventIds, 50);
        return POSTS;
      },
      check: async () => {
        const feed = await stage.backbone.feeds.read(big.followers[0] ?? ('0' as AccountId));
        if (written.some((id) => feed?.ids.includes(id) === true)) throw new Error('a follower was pushed to');
      },
    },
    options,
  );
  await publishPosts(stage, authors, POSTS_EACH, timelinePid);
  letGo(timelinePid);
  const reads: string[] = [];
  for (const followed of FOLLOWED) {
    const { account } = await stage.person(`looks${followed}`);
    for (const author of authors.slice(0, followed)) await seedFollows(stage, [account.id], author.id);
    await db.query('ANALYZE social.follows, social.statuses, timeline.pulled_authors');
    const perCpuSec = await rateOf(
      {
        role: 'ours',
        label: `lookups, ${followed} authors`,
        pids: [process.pid],
        run: async () => {
          for (let count = 0; count < READS; count += 1) {
            const { ids } = await pulled.page(account.id, { maxId: null, minId: null, limit: ENTRIES });
            if (ids.length < Math.min(ENTRIES, POSTS_EACH * followed)) throw new Error('a lookup misses posts');
          }
          return READS;
        },
      },
      options,
    );
    reads.push(`${followed}: ${(1_000 / perCpuSec).toFixed(2)} ms`);
  }
  return [
    `a post to ${big.followers.length} who look it up: ${(1_000 / writes).toFixed(1)} ms of CPU`,
    `a lookup of ${ENTRIES} entries, by pulled authors followed: ${reads.join(', ')} of CPU`,
  ];
}
