import { consumerName, StatusPublishedV1 } from '@trunkline/contracts';
import type { Account } from '@trunkline/domain';
import type { StatusId } from '@trunkline/kernel';
import type { Contender } from '../harness/contest.js';
import { eventsOf, letGo, publishPosts, settleEvents, untilDone } from '../harness/publish-posts.js';
import type { ServerProcess } from '../harness/server-process.js';
import type { Stage } from '../harness/stage.js';
import { waitFor } from '../harness/wait-for.js';
import type { WorkerProcess } from '../harness/worker-process.js';
import type { Sent } from './generator.js';
import type { LoadPeople } from './people.js';

/** What is on its way at once, for each copy: as many copies are run as there is work for, so that each has what one alone would have. */
const IN_FLIGHT_EACH = 64;
const FAN_OUT = consumerName('timeline', 'fan-out', StatusPublishedV1);

/** Receive and apply: signed posts, so many for each copy, at any of them until all are applied. */
export function applyWork(stage: Stage, copies: readonly ServerProcess[], how: { readonly load: WorkerProcess; readonly people: LoadPeople; readonly posts: number }): Contender {
  const { db } = stage.backbone;
  // What is looked at while the work goes on is a matter of one row: counting thousands would be counted.
  const hasStored = async (): Promise<boolean> => (await db.query<{ left: boolean }>(`SELECT EXISTS (SELECT FROM federation.inbound WHERE state = 'stored') AS left`))[0]?.left === true;
  let before = 0;
  const countApplied = async (): Promise<number> => (await db.query<{ count: number }>(`SELECT count(*)::int AS count FROM federation.inbound WHERE state = 'applied'`))[0]?.count ?? 0;
  return {
    role: 'ours',
    label: 'receive and apply',
    pids: copies.map((copy) => copy.pid),
    prepare: async () => {
      const { mentionedUris } = how.people;
      const plan = { inboxPorts: copies.map((copy) => copy.port), apiPort: 0, domain: stage.domain, mentionedUris, localTokens: [], localShare: 0, signsBefore: true };
      await how.load.ask('prepare', { ...plan, phases: [{ rate: how.posts * copies.length, seconds: 1 }] });
      await settleEvents(stage);
      before = await countApplied();
    },
    run: async () => {
      const sent = (await how.load.ask<Sent[]>('flood', { inFlight: IN_FLIGHT_EACH * copies.length })).length;
      await waitFor('everything to be applied', async () => !(await hasStored()), { everyMs: 100 });
      return sent;
    },
    check: async (sent) => {
      const applied = (await countApplied()) - before;
      if (applied !== sent) throw new Error(`${sent} were answered 202 and ${applied} are applied`);
    },
  };
}

/** Posts of each author, so many for each copy, into the feeds of his followers. */
export function fanOutWork(stage: Stage, copies: readonly ServerProcess[], how: { readonly authors: readonly Account[]; readonly followers: number; readonly postsEach: number }): Contender {
  let eventIds: string[] = [];
  const postsEach = how.postsEach * copies.length;
  return {
    role: 'ours',
    label: 'fan-out',
    pids: copies.map((copy) => copy.pid),
    prepare: async () => void (eventIds = await eventsOf(stage, await publishHeld(stage, copies, how.authors, postsEach))),
    run: async () => {
      for (const { pid } of copies) letGo(pid);
      await untilDone(stage, FAN_OUT, eventIds, 25);
      return eventIds.length * how.followers;
    },
  };
}

/** Plan, sign and send posts of one author, so many for each copy, to every host until the ledger says so. Operations are posts times `unitsPerPost`. */
export function deliverWork(
  stage: Stage,
  copies: readonly ServerProcess[],
  how: { readonly sink: WorkerProcess; readonly author: Account; readonly hosts: number; readonly posts: number; readonly unitsPerPost: number },
): Contender {
  const posts = how.posts * copies.length;
  return {
    role: 'ours',
    label: 'deliver',
    pids: copies.map((copy) => copy.pid),
    prepare: async () => {
      await how.sink.ask('take');
      await publishHeld(stage, copies, [how.author], posts);
    },
    run: async () => {
      for (const { pid } of copies) letGo(pid);
      const expected = posts * how.hosts;
      await waitFor('the deliveries', async () => (await how.sink.ask<number>('peek')) >= expected, { everyMs: 25 });
      await waitFor('the ledger to say so', async () => {
        const [row] = await stage.backbone.db.query<{ left: boolean }>(`SELECT EXISTS (SELECT FROM federation.delivery_chunks WHERE state = 'pending') AS left`);
        return row?.left !== true;
      });
      const received = await how.sink.ask<number>('take');
      if (received !== expected) throw new Error(`${received} deliveries of ${expected}`);
      return posts * how.unitsPerPost;
    },
  };
}

/** Writes posts while every copy of what consumes them is stopped. */
async function publishHeld(stage: Stage, copies: readonly ServerProcess[], authors: readonly Account[], postsEach: number): Promise<StatusId[]> {
  const [first, ...others] = copies;
  if (first === undefined) throw new Error('there is no copy');
  for (const { pid } of others) process.kill(pid, 'SIGSTOP');
  return publishPosts(stage, authors, postsEach, first.pid);
}
