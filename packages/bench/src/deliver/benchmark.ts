import { contest, type Contender, type Outcome } from '../harness/contest.js';
import type { BenchOptions } from '../harness/options.js';
import { Stage } from '../harness/stage.js';
import { atMost } from '../harness/verdict.js';
import { WorkerProcess } from '../harness/worker-process.js';
import { followersOn, followedBy, untilDelivered } from './posts-to-hosts.js';

const HOSTS = { full: 2_000, quick: 100 };
const POSTS = 3;

/** From the announced post until every host has a signed copy and the ledger says so. */
export async function benchDeliver(options: BenchOptions): Promise<Outcome> {
  const sink = WorkerProcess.start('sink');
  let stage: Stage | null = null;
  try {
    const hosts = await sink.ask<string[]>('listen', { count: options.quick ? HOSTS.quick : HOSTS.full });
    stage = await Stage.open(options, hosts);
    const author = (await stage.person('author')).account;
    await followedBy(stage, author, await followersOn(stage, hosts));
    const outbox = await stage.server('outbox');
    const [bare, fedify] = [stage.worker('bare-sender'), stage.worker('fedify-sender')];
    await bare.ask('open', { hosts });
    await fedify.ask('open', { hosts });
    const text = 'The morning train left the yard on time, and everybody who had waited for it since dawn was on board. '.repeat(4);
    let repeated = 0;
    const onRepeated = (copies: number): void => void (repeated += copies);
    const contenders: Contender[] = [
      { role: 'ours', label: 'outbox, plan and deliver', pids: [outbox.pid], ...untilDelivered(stage, sink, { pid: outbox.pid, posts: POSTS, reached: hosts.length, author, onRepeated }) },
      {
        role: 'limit',
        label: 'bare sign-and-POST, a pool per host',
        pids: [bare.pid],
        prepare: () => sink.ask('take'),
        run: () => bare.ask('send', { bodies: Array.from({ length: POSTS }, () => JSON.stringify({ type: 'Create', object: { content: text.repeat(4) } })) }),
      },
      {
        role: 'peer',
        label: 'Fedify 2.3.6 sendActivity, immediate',
        pids: [fedify.pid],
        prepare: () => sink.ask('take'),
        run: async () => {
          await fedify.ask('send', { texts: [text] });
          return sink.ask<number>('take');
        },
      },
    ];
    const standings = await contest(contenders, { rounds: options.rounds, stores: stage.stores });
    return { name: 'deliver', unit: 'deliveries', standings, notes: [`${hosts.length} hosts`, `${POSTS} posts a round`, `${repeated} copies came twice`], verdicts: [atMost('delivery rows for 10,000 inboxes', 200, (await rowsPerInbox(stage, hosts.length)) * 10_000, '')] };
  } finally {
    await stage?.close();
    await sink.stop();
  }
}

/** All rows there are: nothing is cleared away meanwhile. */
async function rowsPerInbox(stage: Stage, inboxes: number): Promise<number> {
  const [row] = await stage.backbone.db.query<{ bodies: number; rows: number }>(
    `SELECT b.n AS bodies, b.n + c.n + r.n AS rows
       FROM (SELECT count(*)::int AS n FROM federation.delivery_bodies) b, (SELECT count(*)::int AS n FROM federation.delivery_chunks) c,
            (SELECT count(*)::int AS n FROM federation.delivery_retries) r`,
  );
  return (row?.rows ?? 0) / Math.max(1, (row?.bodies ?? 0) * inboxes);
}
