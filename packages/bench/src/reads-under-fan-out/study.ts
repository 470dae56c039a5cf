import { publishStatus } from '@trunkline/social';
import type { Account } from '@trunkline/domain';
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../crowd/analyse.js';
import { cpuSeconds } from '../harness/cpu-meter.js';
import { openFeeds } from '../harness/feed-keys.js';
import type { BenchOptions } from '../harness/options.js';
import { seedFollows, seedPeople } from '../harness/seed-people.js';
import { Stage } from '../harness/stage.js';
import { waitFor } from '../harness/wait-for.js';
import type { Study } from '../harness/verdict.js';
import { seedHome } from '../home-read/seed-home.js';

const SIZES = {
  full: { accounts: 20_000, statuses: 200_000, viewers: 50, followers: 100_000, seconds: 15 },
  quick: { accounts: 2_000, statuses: 20_000, viewers: 8, followers: 5_000, seconds: 4 },
} as const;
/** Pages a second: a small part of what the api can do, so that what is measured is waiting for others, not for each other. */
const RATE = 40;
const FACTOR_MAX = 2;
/** Posts that wait for fan-out at any time. */
const QUEUED_POSTS = 3;

/** How long readers wait for their home timeline while nothing happens, and while fan-out has more to do than it can. */
export async function studyReadsUnderFanOut(options: BenchOptions): Promise<Study> {
  const sizes = options.quick ? SIZES.quick : SIZES.full;
  const stage = await Stage.open(options);
  try {
    const viewers = await seedHome(stage, sizes);
    const author = (await stage.person('big')).account;
    const followers = await seedPeople(stage, sizes.followers, 'follower');
    await seedFollows(stage, followers, author.id);
    await openFeeds(stage, followers);
    await stage.backbone.db.query('ANALYZE');
    const [api, timeline, reader] = [await stage.server('api'), await stage.server('timeline'), stage.worker('page-reader')];
    const read = (): Promise<number[]> => reader.ask('read', { port: api.port, tokens: viewers.map(({ token }) => token), rate: RATE, seconds: sizes.seconds });
    await read();
    const [idle, busy]: [number[], number[]] = [[], []];
    let pushed = 0;
    let fanOutCpu = 0;
    // In turns, so that whatever else the machine does meets both.
    for (let round = 0; round < options.rounds; round += 1) {
      idle.push(...(await read()));
      const before = cpuSeconds([timeline.pid]);
      const flood = new PostFlood(stage, author);
      await sleep(500);
      busy.push(...(await read()));
      pushed += (await flood.stop()) * sizes.followers;
      fanOutCpu += cpuSeconds([timeline.pid]) - before;
    }
    return report(idle, busy, { pushed, fanOutCpu, followers: sizes.followers });
  } finally {
    await stage.close();
  }
}

/** Posts of one author, the next as soon as few of them wait for fan-out. */
class PostFlood {
  private isOver = false;
  private posts = 0;
  private readonly posting: Promise<void>;

  constructor(
    private readonly stage: Stage,
    private readonly author: Account,
  ) {
    this.posting = this.post();
  }

  /** @returns how many posts there were, once all of them are in the feeds */
  async stop(): Promise<number> {
    this.isOver = true;
    await this.posting;
    await waitFor('the last posts to be fanned out', async () => (await this.waiting()) === 0, { everyMs: 100 });
    return this.posts;
  }

  private async post(): Promise<void> {
    while (!this.isOver) {
      if ((await this.waiting()) >= QUEUED_POSTS) {
        await sleep(20);
        continue;
      }
      const made = await publishStatus(this.stage.backbone, this.author, {
        text: 'Read all about it', spoilerText: '', sensitive: false, visibility: 'public', language: 'en', inReplyToId: null, application: null, idempotencyKey: null,
      });
      if (!made.ok) throw new Error(made.error.code);
      this.posts += 1;
    }
  }

  private async waiting(): Promise<number> {
    const [row] = await this.stage.backbone.db.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM events.outbox o
        WHERE o.subject = 'status.published.v1' AND NOT EXISTS (SELECT FROM events.done d WHERE d.event_id = o.event_id AND d.consumer LIKE '%fan-out%')`,
    );
    return row?.count ?? 0;
  }
}

function report(idle: readonly number[], busy: readonly number[], { pushed, fanOutCpu, followers }: { readonly pushed: number; readonly fanOutCpu: number; readonly followers: number }): Study {
  const rows = [['idle', idle], ['fan-out flat out', busy]] as const;
  const [idleP99, busyP99] = [quantile(idle, 0.99), quantile(busy, 0.99)];
  return {
    name: 'reads-under-fan-out',
    head: ['home timeline', 'pages', 'p50 ms', 'p99 ms'],
    rows: rows.map(([name, took]) => [name, String(took.length), quantile(took, 0.5).toFixed(1), quantile(took, 0.99).toFixed(1)]),
    figures: { 'idle p50 ms': quantile(idle, 0.5), 'idle p99 ms': idleP99, 'busy p50 ms': quantile(busy, 0.5), 'busy p99 ms': busyP99 },
    verdicts: [{ goal: `p99 while fan-out runs flat out ≤ ${FACTOR_MAX} × idle`, found: `${(busyP99 / idleP99).toFixed(2)} ×`, isReached: busyP99 <= FACTOR_MAX * idleP99 }],
    notes: [`${RATE} pages a second in an open loop; meanwhile ${pushed} feed insertions (posts to ${followers} followers each) in ${fanOutCpu.toFixed(1)} CPU-seconds of the timeline service`],
  };
}
