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

/**
 * One copy comes first and last: what the machine and the growing tables do meanwhile is then in the mean of both. Four before two: these are then
 * two of the four, and as warm.
 */
const COPIES = [1, 4, 2, 1] as const;
/** Rounds before those that count, when there is a copy that has just begun: its code has to be compiled. */
const WARM_UPS = { begun: 8, warm: 2 };
/** Within this share of what one copy does. */
const SHARE_MIN = 0.85;
const SIZES = {
  full: { authors: 100, applied: 2_000, followed: 50, followers: 400, posts: 5, hosts: 200, delivered: 10 },
  quick: { authors: 20, applied: 300, followed: 5, followers: 100, posts: 4, hosts: 20, delivered: 5 },
} as const;
/** The connections that one server may open, over its copies. */
const CONNECTIONS = '16';

type WorkOf = (copies: readonly ServerProcess[]) => Contender;

/**
 * Work per CPU-second of one, two and four copies of each worker. On few cores they cannot be faster; they can be as cheap. Each copy
 * is given what one alone is given: copies are added when there is more to do, and their batches are as full then.
 */
export async function studyCopies(options: BenchOptions): Promise<Study> {
  const sizes = options.quick ? SIZES.quick : SIZES.full;
  const sink = WorkerProcess.start('sink');
  let stage: Stage | null = null;
  try {
    const hosts = await sink.ask<string[]>('listen', { count: sizes.hosts });
    stage = await Stage.open(options, hosts);
    const opened = stage;
    const load = stage.worker('load');
    const people = await seedLoadPeople(stage, load, { remote: sizes.authors, local: 0 });
    const remote = (await stage.person('remote')).account;
    const followers = await seedPeople(stage, sizes.followers, 'follower');
    const followed: Account[] = [];
    for (let index = 0; index < sizes.followed; index += 1) {
      const { account } = await stage.person(`followed${index}`);
      await seedFollows(stage, followers, account.id);
      followed.push(account);
    }
    await openFeeds(stage, followers);
    await seedRemoteFollowers(stage, hosts, remote.id);
    await stage.backbone.db.query('ANALYZE');
    const works: readonly (readonly [string, string, WorkOf])[] = [
      ['receive + apply', 'inbox', (copies) => applyWork(opened, copies, { load, people, posts: sizes.applied })],
      ['fan-out', 'timeline', (copies) => fanOutWork(opened, copies, { authors: followed, followers: followers.length, postsEach: sizes.posts })],
      ['deliver', 'outbox', (copies) => deliverWork(opened, copies, { sink, author: remote, hosts: hosts.length, posts: sizes.delivered, unitsPerPost: hosts.length })],
    ];
    const lines: Line[] = [];
    for (const [name, app, work] of works) lines.push({ name, rates: await ratesOf(stage, app, work) });
    return report(lines);
  } finally {
    await stage?.close();
    await sink.stop();
  }
}

interface Line {
  readonly name: string;
  /** In the order of COPIES. */
  readonly rates: readonly number[];
}

async function ratesOf(stage: Stage, app: string, work: WorkOf): Promise<number[]> {
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
  for (const server of running) await server.stop();
  return rates;
}

function report(lines: readonly Line[]): Study {
  const judged = lines.map(({ name, rates: [first = 0, four = 0, two = 0, last = 0] }) => {
    const one = (first + last) / 2;
    return { name, first, two, four, last, shares: [two / one, four / one] as const };
  });
  return {
    name: 'copies',
    head: ['work per CPU-second', '1 copy', '2', '4', '1 again', '2 of 1', '4 of 1'],
    rows: judged.map(({ name, first, two, four, last, shares }) => [name, ...[first, two, four, last].map((rate) => rate.toFixed(0)), ...shares.map((share) => `${Math.round(share * 100)} %`)]),
    figures: Object.fromEntries(judged.flatMap(({ name, shares }) => [[`${name} 2 of 1`, shares[0]], [`${name} 4 of 1`, shares[1]]])),
    verdicts: judged.flatMap(({ name, shares }) =>
      shares.map((share, index) => ({ goal: `${name}, ${index === 0 ? 2 : 4} copies ≥ ${SHARE_MIN * 100} % of one`, found: `${Math.round(share * 100)} %`, isReached: share >= SHARE_MIN })),
    ),
    notes: ['of one: of the mean of its two runs, before and after the others'],
  };
}
