import { contest, type Contender, type Outcome } from '../harness/contest.js';
import type { BenchOptions } from '../harness/options.js';
import { settleEvents } from '../harness/publish-posts.js';
import { seedRemoteAuthors } from '../harness/seed-people.js';
import { Stage } from '../harness/stage.js';
import { waitFor } from '../harness/wait-for.js';
import { holdApplying } from './hold-applying.js';
import type { Sender } from '../harness/remote-authors.js';
import type { Volley } from './senders.js';
import { SHADOWS } from './bare-statements.js';

const HOSTS = 200;
/** A door that has stood for an hour is measured: some 20,000 posts go by until all of its code is compiled. */
const WARM_UPS = { receive: 6, apply: 1 };
const POSTS = { full: 4_000, quick: 400 };

/** Posts over HTTP until the 202, and no further: the applying half is held off meanwhile. */
export const benchReceive = (options: BenchOptions): Promise<Outcome> => benchInbox(options, 'receive');
/** From the POST until status, mentions, tags, counters and events are committed. */
export const benchApply = (options: BenchOptions): Promise<Outcome> => benchInbox(options, 'apply');

async function benchInbox(options: BenchOptions, name: 'receive' | 'apply'): Promise<Outcome> {
  const stage = await Stage.open(options);
  try {
    const load = stage.worker('senders');
    const senders = await load.ask<Sender[]>('makeSenders', { count: HOSTS });
    const reader = await stage.person('reader');
    await seedSenders(stage, senders, reader.account.id);
    const inbox = await stage.server('inbox');
    const [bare, fedify] = [stage.worker('bare-inbox'), stage.worker('fedify-inbox')];
    const barePort = await bare.ask<number>('listen', { databaseUrl: stage.databaseUrl, senders });
    const fedifyPort = await fedify.ask<number>('listen', { senders });
    const count = options.quick ? POSTS.quick : POSTS.full;
    const fire = (port: number): Promise<number> => load.ask<number>('fire', { port });
    let volleys = 0;
    const prepare = async (): Promise<void> => {
      volleys += 1;
      const volley: Volley = { round: volleys, count, domain: stage.domain, mentionedUri: reader.account.uri };
      await load.ask('prepare', volley);
    };
    const applied = name === 'apply';
    const state = applied ? 'applied' : 'stored';
    let before = 0;
    const contenders: Contender[] = [
      {
        role: 'ours',
        label: `inbox, ${name}`,
        pids: [inbox.pid],
        prepare: async () => {
          await prepare();
          await settleEvents(stage);
          before = await countInbound(stage, state);
        },
        run: async () => {
          const sent = await fire(inbox.port);
          if (applied) await waitFor('everything to be applied', async () => !(await hasStored(stage)), { everyMs: 100 });
          return sent;
        },
        check: async (sent) => {
          const found = (await countInbound(stage, state)) - before;
          if (found !== sent) throw new Error(`${sent} were answered 202 and ${found} are ${state}`);
        },
      },
      {
        role: 'limit',
        label: applied ? 'bare handler and batched loop' : 'bare Nest-fastify handler',
        pids: [bare.pid],
        run: async () => {
          const applying = applied ? bare.ask('applyWhile', { until: count }) : null;
          const sent = await fire(barePort);
          await applying;
          return sent;
        },
      },
      { role: 'peer', label: 'Fedify 2.3.6 inbox, no-op handler', pids: [fedify.pid], run: () => fire(fedifyPort) },
    ];
    const held = applied ? null : await holdApplying(stage.databaseUrl);
    const standings = await contest(contenders, { rounds: options.rounds, warmUps: options.quick ? 1 : WARM_UPS[name], stores: stage.stores }).finally(() => held?.release());
    return { name, unit: 'activities', standings, notes: [`${HOSTS} hosts, ${count} activities a round`, `${await rowsPerCommit(stage)} of them a commit`] };
  } finally {
    await stage.close();
  }
}

/** Actors that are known already, followed by somebody here, with keys that were read before. */
async function seedSenders(stage: Stage, senders: readonly Sender[], readerId: string): Promise<void> {
  const { db, ids } = stage.backbone;
  const accountIds = await seedRemoteAuthors(stage, senders);
  await db.query(`INSERT INTO social.follows (account_id, target_account_id, id) SELECT $1, t.target, t.id FROM unnest($2::bigint[], $3::bigint[]) AS t (target, id)`, [
    readerId,
    accountIds,
    accountIds.map(() => ids.next()),
  ]);
  await db.query(SHADOWS);
  await db.query('ANALYZE');
}

/** Rows of one statement have one time. */
async function rowsPerCommit(stage: Stage): Promise<string> {
  const [row] = await stage.backbone.db.query<{ rows: number }>(
    'SELECT count(*)::float / greatest(1, count(DISTINCT received_at)) AS rows FROM federation.inbound',
  );
  return (row?.rows ?? 0).toFixed(1);
}

async function hasStored(stage: Stage): Promise<boolean> {
  const [row] = await stage.backbone.db.query<{ left: boolean }>(`SELECT EXISTS (SELECT FROM federation.inbound WHERE state = 'stored') AS left`);
  return row?.left === true;
}

async function countInbound(stage: Stage, state: string): Promise<number> {
  const [row] = await stage.backbone.db.query<{ count: number }>('SELECT count(*)::int AS count FROM federation.inbound WHERE state = $1', [state]);
  return row?.count ?? 0;
}
