import type { AccountId, StatusId } from '@trunkline/kernel';
import { rateOf, type Contender } from '../harness/contest.js';
import { fillFeed, openFeeds } from '../harness/feed-keys.js';
import type { BenchOptions } from '../harness/options.js';
import { seedFollows, seedRemoteFollowers } from '../harness/seed-people.js';
import type { ServerProcess } from '../harness/server-process.js';
import { Stage } from '../harness/stage.js';
import { untilQuiet } from '../harness/until-quiet.js';
import { atMost, type Study } from '../harness/verdict.js';
import { WorkerProcess } from '../harness/worker-process.js';
import { seedLoadPeople } from '../load/people.js';
import { applyWork, deliverWork, fanOutWork } from '../load/works.js';
import { StoreSeeder } from './seed-store.js';

const ACCOUNTS = { full: [10_000, 100_000, 1_000_000], quick: [1_000, 10_000] } as const;
const EACH = { statusesEach: 5, followsEach: 10 };
/** The newest post that is stored is an hour old. */
const NEWEST_AGO_MS = 3_600_000;
const FACTOR_MAX = 1.3;
/** The work is the same whatever the size; only what is stored around it grows. */
const SIZES = {
  full: { authors: 100, applied: 3_000, followers: 1_000, posts: 100, hosts: 20, remoteEach: 100, delivered: 20, viewers: 30, feed: 400, pages: 1_500 },
  quick: { authors: 20, applied: 300, followers: 200, posts: 20, hosts: 5, remoteEach: 20, delivered: 5, viewers: 5, feed: 100, pages: 100 },
} as const;
type Sizes = (typeof SIZES)[keyof typeof SIZES];

const PATHS = ['receive + apply, an activity', 'fan-out, a feed', 'deliver, a remote follower', 'home read, a page'] as const;

/** CPU of everything involved for one operation of each hot path, in stores of growing size. */
export async function studyGrowth(options: BenchOptions): Promise<Study> {
  const accounts = options.quick ? ACCOUNTS.quick : ACCOUNTS.full;
  const columns: (readonly number[])[] = [];
  for (const count of accounts) columns.push(await microsecondsAt(options, count));
  const factors = PATHS.map((_, path) => (columns.at(-1)?.[path] ?? 0) / (columns[0]?.[path] ?? 1));
  return {
    name: 'growth',
    head: ['µs of CPU', ...accounts.map((count) => `${count.toLocaleString('en')} accounts`), 'largest of smallest'],
    rows: PATHS.map((path, row) => [path, ...columns.map((column) => (column[row] ?? 0).toFixed(1)), `${factors[row]?.toFixed(2)} ×`]),
    figures: Object.fromEntries(PATHS.flatMap((path, row) => columns.map((column, at) => [`${path}, ${accounts[at]} accounts, µs`, column[row] ?? 0]))),
    verdicts: PATHS.map((path, row) => atMost(`${path}: CPU at ${accounts.at(-1)?.toLocaleString('en')} accounts of that at ${accounts[0].toLocaleString('en')}`, FACTOR_MAX, factors[row] ?? Infinity, ' ×', 2)),
    notes: [`${EACH.statusesEach} statuses and ${EACH.followsEach} follows for each account`],
  };
}

async function microsecondsAt(options: BenchOptions, accounts: number): Promise<number[]> {
  process.stderr.write(`  ${accounts} accounts\n`);
  const sizes = options.quick ? SIZES.quick : SIZES.full;
  const sink = WorkerProcess.start('sink');
  let stage: Stage | null = null;
  try {
    const hosts = await sink.ask<string[]>('listen', { count: sizes.hosts });
    stage = await Stage.open(options, hosts);
    const seeder = await StoreSeeder.connect(stage.databaseUrl, stage.backbone.settings.baseUrl);
    await seeder.seed({ accounts, ...EACH, newestMs: Date.now() - NEWEST_AGO_MS }).finally(() => seeder.close());
    const opened = stage;
    const micros: number[] = [];
    for (const [app, workOf] of await worksOn(stage, sink, hosts, sizes)) {
      const server = await stage.server(app);
      await untilQuiet([server.pid]);
      const rate = await rateOf(await workOf([server]), { rounds: options.rounds, warmUps: 2, stores: opened.stores });
      await server.stop();
      micros.push(1_000_000 / rate);
    }
    return micros;
  } finally {
    await stage?.close();
    await sink.stop();
  }
}

type WorkOf = (copies: readonly ServerProcess[]) => Contender | Promise<Contender>;

/** The same people are added to each store, whose ties are among those that were there. In the order of PATHS. */
async function worksOn(stage: Stage, sink: WorkerProcess, hosts: readonly string[], sizes: Sizes): Promise<(readonly [string, WorkOf])[]> {
  const load = stage.worker('load');
  const people = await seedLoadPeople(stage, load, { remote: sizes.authors, local: 0 });
  const [followed, remote] = [(await stage.person('followed')).account, (await stage.person('remote')).account];
  const followers = await someAccounts(stage, sizes.followers);
  await seedFollows(stage, followers, followed.id);
  await openFeeds(stage, followers);
  await seedRemoteFollowers(stage, hosts, remote.id, sizes.remoteEach);
  const tokens = await seedViewers(stage, sizes);
  await stage.backbone.db.query('ANALYZE social.accounts, social.follows');
  return [
    ['inbox', (copies) => applyWork(stage, copies, { load, people, posts: sizes.applied })],
    ['timeline', (copies) => fanOutWork(stage, copies, { authors: [followed], followers: followers.length, postsEach: sizes.posts })],
    ['outbox', (copies) => deliverWork(stage, copies, { sink, author: remote, hosts: hosts.length, posts: sizes.delivered, unitsPerPost: hosts.length * sizes.remoteEach })],
    ['api', (copies) => readWork(stage, copies, tokens, sizes.pages)],
  ];
}

function readWork(stage: Stage, copies: readonly ServerProcess[], tokens: readonly string[], pages: number): Contender {
  const readers = stage.worker('readers');
  return {
    role: 'ours',
    label: 'home read',
    pids: copies.map((copy) => copy.pid),
    run: async () => (await readers.ask<{ pages: number }>('read', { port: copies[0]?.port, tokens, count: pages })).pages,
  };
}

/** Spread evenly over all there are. */
async function someAccounts(stage: Stage, count: number): Promise<AccountId[]> {
  const rows = await stage.backbone.db.query<{ id: AccountId }>(
    `SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS n, count(*) OVER () AS all FROM social.accounts WHERE domain IS NULL AND username LIKE 'person%') AS a
      WHERE n % greatest(1, a.all / $1) = 0 ORDER BY id LIMIT $1`,
    [count],
  );
  return rows.map((row) => row.id);
}

async function seedViewers(stage: Stage, sizes: Sizes): Promise<string[]> {
  const { db, ids } = stage.backbone;
  const tokens: string[] = [];
  for (let index = 0; index < sizes.viewers; index += 1) {
    const { account, token } = await stage.person(`viewer${index}`);
    const rows = await db.query<{ id: StatusId; account: AccountId }>(
      'SELECT id, account_id AS account FROM social.statuses WHERE id = ANY ($1::bigint[])',
      [await someStatuses(stage, sizes.feed)],
    );
    const authors = [...new Set(rows.map((row) => row.account))];
    await db.query('INSERT INTO social.follows (account_id, target_account_id, id) SELECT $1, t.target, t.id FROM unnest($2::bigint[], $3::bigint[]) AS t (target, id)', [
      account.id,
      authors,
      authors.map(() => ids.next()),
    ]);
    await fillFeed(stage, account.id, rows.map((row) => row.id));
    tokens.push(token);
  }
  return tokens;
}

/** Statuses of any age. Where ids have holes, the next one counts. */
async function someStatuses(stage: Stage, count: number): Promise<StatusId[]> {
  const rows = await stage.backbone.db.query<{ id: StatusId }>(
    `SELECT DISTINCT found.id
       FROM (SELECT first + floor(random() * (last - first))::bigint AS wanted
               FROM (SELECT min(id) AS first, max(id) AS last FROM social.statuses) AS bounds, generate_series(1, $1::int)) AS wishes,
            LATERAL (SELECT id FROM social.statuses WHERE id >= wishes.wanted ORDER BY id LIMIT 1) AS found`,
    [count],
  );
  return rows.map((row) => row.id);
}
