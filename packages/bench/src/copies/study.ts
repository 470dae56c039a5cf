import type { Account } from '@trunkline/domain';
import type { Contender } from '../harness/contest.js';
import { rateOf } from '../harness/contest.js';
import { openFeeds } from '../harness/feed-keys.js';
import type { BenchOptions } from '../harness/options.js';
import { seedFollows, seedPeople, seedRemoteFollowers } from '../harness/seed-people.js';
import type { ServerProcess } from '../harness/server-process.js';
import { Stage } from '../harness/stage.js';
import { untilQuiet } from '../harness/until-quiet.js';
import type { Study } from '../harness/verdict.js';
import { WorkerProcess } from '../harness/worker-process.js';
import { seedLoadPeople } from '../load/people.js';
import { applyWork, deliverWork, fanOutWork } from '../load/works.js';
import { ratesOfBareHandlers } from './bare-handlers.js';
import type { Spun } from './spin.js';

/**
 * One copy comes first and last: what the machine and the growing tables do meanwhile is then in the mean of both. Four before two: these are then
 * two of the four, and as warm.
 */
const COPIES = [1, 4, 2, 1] as const;
/** Rounds before those that count, when there is a copy that has just begun: its code has to be compiled. */
const WARM_UPS = { begun: 8, warm: 3 };
/** Within this share of what one copy does. */
const SHARE_MIN = 0.85;
const SIZES = {
  full: { authors: 100, applied: 4_000, followed: 50, followers: 400, posts: 15, hosts: 200, delivered: 10 },
  quick: { authors: 20, applied: 300, followed: 5, followers: 100, posts: 4, hosts: 20, delivered: 5 },
} as const;
const LOOP = 'a loop that asks nobody';
const HANDLER = 'a bare handler: digest, signature, grouped insert';
/** The connections that one server may open, over its copies. */
const CONNECTIONS = '16';

type Sizes = (typeof SIZES)[keyof typeof SIZES];
type WorkOf = (copies: readonly ServerProcess[]) => Contender;

/**
 * Work per CPU-second of one, two and four copies of each worker. On few cores they cannot be faster; they can be as cheap. Each copy
 * is given what one alone is given: copies are added when there is more to do, and their batches are as full then. Each worker has
 * stores of its own, or it would first do what the one before it left to others.
 */
export async function studyCopies(options: BenchOptions): Promise<Study> {
  const sizes = options.quick ? SIZES.quick : SIZES.full;
  const sink = WorkerProcess.start('sink');
  try {
    const hosts = await sink.ask<string[]>('listen', { count: sizes.hosts });
    const alone = { name: LOOP, rates: await ratesOfLoops(options) };
    const bare = { name: HANDLER, rates: await ratesOfBareHandlers(options, sizes, COPIES, WARM_UPS.begun) };
    return report([alone, bare], [
      { name: 'receive + apply', rates: await ratesOf('inbox', options, hosts, (stage) => applying(stage, sizes)) },
      { name: 'fan-out', rates: await ratesOf('timeline', options, hosts, (stage) => fanningOut(stage, sizes)) },
      { name: 'deliver', rates: await ratesOf('outbox', options, hosts, (stage) => delivering(stage, sizes, { sink, hosts })) },
    ]);
  } finally {
    await sink.stop();
  }
}

async function applying(stage: Stage, sizes: Sizes): Promise<WorkOf> {
  const load = stage.worker('load');
  const people = await seedLoadPeople(stage, load, { remote: sizes.authors, local: 0 });
  return (copies) => applyWork(stage, copies, { load, people, posts: sizes.applied });
}

async function fanningOut(stage: Stage, sizes: Sizes): Promise<WorkOf> {
  const followers = await seedPeople(stage, sizes.followers, 'follower');
  const authors: Account[] = [];
  for (let index = 0; index < sizes.followed; index += 1) {
    const { account } = await stage.person(`followed${index}`);
    await seedFollows(stage, followers, account.id);
    authors.push(account);
  }
  await openFeeds(stage, followers);
  return (copies) => fanOutWork(stage, copies, { authors, followers: followers.length, postsEach: sizes.posts });
}

async function delivering(stage: Stage, sizes: Sizes, { sink, hosts }: { readonly sink: WorkerProcess; readonly hosts: readonly string[] }): Promise<WorkOf> {
  const author = (await stage.person('remote')).account;
  await seedRemoteFollowers(stage, hosts, author.id);
  return (copies) => deliverWork(stage, copies, { sink, author, hosts: hosts.length, posts: sizes.delivered, unitsPerPost: hosts.length });
}

/**
 * What the machine itself takes from processes that run at once: a loop that asks nobody, in as many processes as there are copies. Two
 * virtual cores may be one real one, and then an hour of each is less than an hour of one alone.
 */
async function ratesOfLoops({ rounds, quick }: BenchOptions): Promise<number[]> {
  const loops = Array.from({ length: Math.max(...COPIES) }, () => WorkerProcess.start('spin'));
  const seconds = quick ? 0.3 : 2;
  try {
    // Compiles what they do.
    await Promise.all(loops.map((loop) => loop.ask<Spun>('spin', { seconds })));
    const rates: number[] = [];
    for (const copies of COPIES) {
      const found: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const spun = await Promise.all(loops.slice(0, copies).map((loop) => loop.ask<Spun>('spin', { seconds })));
        const sum = (of: keyof Spun): number => spun.reduce((all, one) => all + one[of], 0);
        found.push(sum('turns') / sum('cpuSeconds'));
      }
      found.sort((a, b) => a - b);
      rates.push(found[Math.floor(found.length / 2)] ?? 0);
    }
    return rates;
  } finally {
    await Promise.all(loops.map((loop) => loop.stop()));
  }
}

interface Line {
  readonly name: string;
  /** In the order of COPIES. */
  readonly rates: readonly number[];
}

async function ratesOf(app: string, options: BenchOptions, hosts: readonly string[], prepare: (stage: Stage) => Promise<WorkOf>): Promise<number[]> {
  const stage = await Stage.open(options, hosts);
  try {
    const work = await prepare(stage);
    await stage.backbone.db.query('ANALYZE');
    const running: ServerProcess[] = [];
    const rates: number[] = [];
    for (const copies of COPIES) {
      const warmUps = running.length < copies ? WARM_UPS.begun : WARM_UPS.warm;
      while (running.length < copies) running.push(await stage.server(app, { env: { DB_CONNECTION_BUDGET: CONNECTIONS } }));
      while (running.length > copies) await running.pop()?.stop();
      process.stderr.write(`  ${app}, ${copies} of it\n`);
      await untilQuiet(running.map(({ pid }) => pid));
      rates.push(await rateOf(work(running), { rounds: stage.options.rounds, warmUps, stores: stage.stores }));
    }
    return rates;
  } finally {
    await stage.close();
  }
}

function report(controls: readonly Line[], lines: readonly Line[]): Study {
  const sharesOf = ({ name, rates: [first = 0, four = 0, two = 0, last = 0] }: Line) => {
    const one = (first + last) / 2;
    return { name, first, two, four, last, shares: [two / one, four / one] as const };
  };
  const judged = lines.map(sharesOf);
  const all = [...controls.map(sharesOf), ...judged];
  return {
    name: 'copies',
    head: ['work per CPU-second', '1 copy', '2', '4', '1 again', '2 of 1', '4 of 1'],
    rows: all.map(({ name, first, two, four, last, shares }) => [name, ...[first, two, four, last].map((rate) => rate.toFixed(0)), ...shares.map((share) => `${Math.round(share * 100)} %`)]),
    figures: Object.fromEntries(all.flatMap(({ name, shares }) => [[`${name} 2 of 1`, shares[0]], [`${name} 4 of 1`, shares[1]]])),
    verdicts: judged.flatMap(({ name, shares }) =>
      shares.map((share, index) => ({ goal: `${name}, ${index === 0 ? 2 : 4} copies ≥ ${SHARE_MIN * 100} % of one`, found: `${Math.round(share * 100)} %`, isReached: share >= SHARE_MIN })),
    ),
    notes: [
      'of one: of the mean of its two runs, before and after the others',
      `${LOOP} tells what the machine takes from processes that run at once, whatever they do; ${HANDLER}, what those lose that share a Postgres and turns on its cores: no copies can be cheaper than these where they fill the machine`,
    ],
  };
}
