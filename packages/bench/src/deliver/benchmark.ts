import type { Account } from '@trunkline/domain';
import { contest, type Contender, type Outcome } from '../harness/contest.js';
import type { BenchOptions } from '../harness/options.js';
import { letGo, publishPosts } from '../harness/publish-posts.js';
import { Stage } from '../harness/stage.js';
import { waitFor } from '../harness/wait-for.js';
import { WorkerProcess } from '../harness/worker-process.js';

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
    await seedRemoteFollowers(stage, hosts, author);
    const outbox = await stage.server('outbox');
    const [bare, fedify] = [stage.worker('bare-sender'), stage.worker('fedify-sender')];
    await bare.ask('open', { hosts });
    await fedify.ask('open', { hosts });
    const text = 'The morning train left the yard on time, and everybody who had waited for it since dawn was on board. '.repeat(4);
    const contenders: Contender[] = [
      oursOf(stage, sink, { pid: outbox.pid, hosts: hosts.length, author }),
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
    return { name: 'deliver', unit: 'deliveries', standings, notes: [`${hosts.length} hosts`, `${POSTS} posts a round`, `${await rowsPerPost(stage)} delivery rows a post`] };
  } finally {
    await stage?.close();
    await sink.stop();
  }
}

function oursOf(stage: Stage, sink: WorkerProcess, { pid, hosts, author }: { readonly pid: number; readonly hosts: number; readonly author: Account }): Contender {
  return {
    role: 'ours',
    label: 'outbox, plan and deliver',
    pids: [pid],
    prepare: async () => {
      await sink.ask('take');
      await publishPosts(stage, [author], POSTS, pid);
    },
    run: async () => {
      letGo(pid);
      await waitFor('the deliveries', async () => (await sink.ask<number>('peek')) >= POSTS * hosts, { everyMs: 25 });
      await waitFor('the ledger to say so', async () => {
        const [row] = await stage.backbone.db.query<{ left: boolean }>(`SELECT EXISTS (SELECT FROM federation.delivery_chunks WHERE state = 'pending') AS left`);
        return row?.left !== true;
      });
      const received = await sink.ask<number>('take');
      if (received !== POSTS * hosts) throw new Error(`${received} deliveries of ${POSTS * hosts}`);
      return received;
    },
  };
}

async function seedRemoteFollowers(stage: Stage, hosts: readonly string[], author: Account): Promise<void> {
  const { db, ids } = stage.backbone;
  const accountIds = hosts.map(() => ids.next());
  await db.query(
    `INSERT INTO social.accounts (id, username, domain, uri, url, inbox_url, shared_inbox_url, fetched_at)
     SELECT id, 'ann', host, 'http://' || host || '/users/ann', 'http://' || host || '/@ann', 'http://' || host || '/users/ann/inbox', 'http://' || host || '/inbox', now()
       FROM unnest($1::bigint[], $2::text[]) AS t (id, host)`,
    [accountIds, hosts],
  );
  await db.query(`INSERT INTO social.follows (account_id, target_account_id, id) SELECT follower, $2, id FROM unnest($1::bigint[], $3::bigint[]) AS t (follower, id)`, [
    accountIds,
    author.id,
    accountIds.map(() => ids.next()),
  ]);
  await db.query('ANALYZE');
}

async function rowsPerPost(stage: Stage): Promise<number> {
  const [row] = await stage.backbone.db.query<{ rows: number }>(
    `SELECT (SELECT count(*) FROM federation.delivery_chunks)::float / greatest(1, (SELECT count(*) FROM federation.delivery_bodies))
          + (SELECT count(*) FROM federation.delivery_retries)::float / greatest(1, (SELECT count(*) FROM federation.delivery_bodies)) AS rows`,
  );
  return Math.round(row?.rows ?? 0);
}
