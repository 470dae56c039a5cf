import { rateOf, type Contender } from '../harness/contest.js';
import type { BenchOptions } from '../harness/options.js';
import type { Sender } from '../harness/remote-authors.js';
import { Stage } from '../harness/stage.js';
import { SHADOWS } from '../inbox/bare-statements.js';
import type { Sent } from '../load/generator.js';

const IN_FLIGHT_EACH = 64;

interface Sizes {
  readonly authors: number;
  /** Requests of a round, for each copy. */
  readonly applied: number;
}

/**
 * What processes that share one Postgres and this machine's cores lose whoever they are: a handler that checks digest and signature and inserts in
 * groups, nothing else, in as many copies. @returns requests for each CPU-second, in the order of `copies`
 */
export async function ratesOfBareHandlers(options: BenchOptions, sizes: Sizes, copies: readonly number[], warmUps: number): Promise<number[]> {
  const stage = await Stage.open(options);
  try {
    const load = stage.worker('load');
    const senders = await load.ask<Sender[]>('makeAuthors', { count: sizes.authors });
    await stage.backbone.db.query(SHADOWS);
    const handlers = await Promise.all(Array.from({ length: Math.max(...copies) }, async () => {
      const worker = stage.worker('bare-inbox');
      return { pid: worker.pid, port: await worker.ask<number>('listen', { databaseUrl: stage.databaseUrl, senders }) };
    }));
    const work = (running: typeof handlers): Contender => ({
      role: 'limit',
      label: `bare handlers, ${running.length} of them`,
      pids: running.map(({ pid }) => pid),
      prepare: async () => {
        const plan = { apiPort: 0, domain: stage.domain, mentionedUris: senders.map(({ actorUri }) => actorUri), localTokens: [], localShare: 0, signsBefore: true };
        await load.ask('prepare', { ...plan, inboxPorts: running.map(({ port }) => port), phases: [{ rate: sizes.applied * running.length, seconds: 1 }] });
      },
      run: async () => (await load.ask<Sent[]>('flood', { inFlight: IN_FLIGHT_EACH * running.length })).length,
    });
    const rates: number[] = [];
    for (const count of copies) rates.push(await rateOf(work(handlers.slice(0, count)), { rounds: stage.options.rounds, warmUps, stores: stage.stores }));
    return rates;
  } finally {
    await stage.close();
  }
}
