import { contest, rateOf, type Contender, type Outcome } from '../harness/contest.js';
import type { BenchOptions } from '../harness/options.js';
import { openRedis, sendAll } from '../harness/redis-client.js';
import { Stage } from '../harness/stage.js';
import type { WorkerProcess } from '../harness/worker-process.js';
import type { ReadResult } from './readers.js';
import { seedHome, type HomeSizes, type Viewer } from './seed-home.js';

const SIZES: Record<'full' | 'quick', HomeSizes & { readonly pages: number; readonly peerPages: number }> = {
  full: { accounts: 100_000, statuses: 1_000_000, viewers: 50, pages: 4_000, peerPages: 1_000 },
  quick: { accounts: 2_000, statuses: 20_000, viewers: 8, pages: 3_000, peerPages: 500 },
};
/** The first thousands of pages compile the code that is measured. */
const WARM_UPS = 2;
/** Leaves nothing out, but is a bound: such a page is put together anew however often it is asked for. */
const NOTHING_KEPT = '?since_id=1';

/** First pages of home timelines over HTTP, from warm feeds. */
export async function benchHomeRead(options: BenchOptions): Promise<Outcome> {
  const sizes = options.quick ? SIZES.quick : SIZES.full;
  const stage = await Stage.open(options);
  try {
    const viewers = await seedHome(stage, sizes);
    const api = await stage.server('api');
    const readers = stage.worker('readers');
    const shared = await sharePages(stage, readers, api.port, viewers);
    const [bare, orm] = [stage.worker('bare-pages'), stage.worker('orm-pages')];
    const barePort = await bare.ask<number>('listen', { redisUrl: stage.redisUrl, ...shared });
    const ormPort = await orm.ask<number>('listen', { redisUrl: stage.redisUrl, databaseUrl: stage.databaseUrl, viewers: shared.viewers });
    const ours: ReadResult[] = [];
    const tokens = viewers.map((viewer) => viewer.token);
    const readAt = (port: number, count = sizes.pages, query = ''): Promise<ReadResult> => readers.ask('read', { port, tokens, count, query });
    const contenders: Contender[] = [
      {
        role: 'ours',
        label: 'api, home timeline',
        pids: [api.pid],
        run: async () => {
          const result = await readAt(api.port);
          ours.push(result);
          return result.pages;
        },
      },
      { role: 'limit', label: 'bare fastify, joined fragments', pids: [bare.pid], run: async () => (await readAt(barePort)).pages },
      { role: 'peer', label: 'TypeORM find with relations', pids: [orm.pid], run: async () => (await readAt(ormPort, sizes.peerPages)).pages },
    ];
    const standings = await contest(contenders, { rounds: options.rounds, warmUps: WARM_UPS, stores: stage.stores });
    const assembling: Contender = {
      role: 'ours',
      label: 'api, put together each time',
      pids: [api.pid],
      run: async () => (await readAt(api.port, sizes.pages, NOTHING_KEPT)).pages,
    };
    const assembled = await rateOf(assembling, { rounds: options.rounds, stores: stage.stores });
    const limit = standings.find(({ role }) => role === 'limit')?.perCpuSec ?? assembled;
    const last = ours.at(-1);
    return {
      name: 'home-read',
      unit: 'pages',
      standings,
      notes: [
        `${sizes.accounts} accounts, ${sizes.statuses} statuses`,
        `${Math.round((last?.bytesOfPage ?? 0) / 1024)} KB a page, 16 connections`,
        `put together each time: ${Math.round(assembled)} per CPU-second, ${Math.round((100 * assembled) / limit)} % of the limit`,
        `p50 ${last?.p50Ms.toFixed(1)} ms, p99 ${last?.p99Ms.toFixed(1)} ms`,
      ],
    };
  } finally {
    await stage.close();
  }
}

/** What the product renders becomes the fragments of the bare loop, so that both send the same pages. */
async function sharePages(stage: Stage, readers: WorkerProcess, port: number, viewers: readonly Viewer[]) {
  const redis = await openRedis(stage.redisUrl);
  const fragments = new Map<string, string>();
  const shared: { token: string; key: string; accountId: string }[] = [];
  for (const { token, accountId } of viewers) {
    const page = JSON.parse(await readers.ask<string>('readOne', { port, token })) as { id: string; favourited: boolean }[];
    const key = `page:${accountId}`;
    for (const status of page) fragments.set(status.id, JSON.stringify({ ...status, favourited: false }));
    await sendAll(redis, [
      ['RPUSH', key, ...page.map((status) => status.id)],
      ['SADD', `${key}:likes`, '0', ...page.filter((status) => status.favourited).map((status) => status.id)],
    ]);
    shared.push({ token, key, accountId });
  }
  redis.destroy();
  return { viewers: shared, fragments: [...fragments] };
}
