import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { remoteOf } from '../load/cast.js';
import type { Attack, Round } from '../round.js';
import { trunkline } from '../stage/operator.js';
import { hurry, plantBugs, untilBugsAreSetApart, untilMendedOnesAreApplied } from './planted-bugs.js';

const EACH = 4;
const NO_ID = 'no number';
const TOLD_MS_MAX = 300_000;

/** Small, so that a bug that takes all memory finds its end soon. */
const HEAP_MIB = 256;

/** Activities and events that nobody can handle, among those that all can, and a bug by which one process after the other throws, waits, dies, hangs or runs out of memory. */
export const poison: Attack = {
  id: 'P14',
  promise: 'poison is set apart, the rest goes on',
  short: false,
  stage: { hungAfterMs: 20_000, env: { NODE_OPTIONS: `--max-old-space-size=${HEAP_MIB}` } },
  sizes: { operations: 160, writers: 2, remotes: 3 },
  longSizes: { operations: 400 },
  perform: () => ({ paceMs: 40 }),
  except: ['no dead activities', 'no dead events'],
  script: async (round) => {
    await round.at(0.1);
    round.fault('a bug');
    const planted = await plantBugs(round);
    for (let turn = 0; turn < EACH; turn += 1) {
      await round.at(0.15 + (turn * 0.2) / EACH);
      round.fault('poison');
      await sendPoison(round);
      await storePoison(round);
    }
    // The load goes on beside it.
    await round.feeding(async () => {
      await untilSetApart(round);
      await untilBugsAreSetApart(round, planted);
    });
    await round.at(1);
    await planted.mend();
    await replayAfterTheFix(round);
    await untilMendedOnesAreApplied(round, planted);
  },
  // What the operator does with it: looked at, and thrown away. The next round starts from an empty table.
  verify: async ({ stage }) => {
    await stage.db.query("DELETE FROM federation.inbound WHERE state = 'dead'");
    await stage.db.query('DELETE FROM events.dead');
  },
};

/** Every broken thing ends before the operator, with a reason, after its tries; the time between tries passes at once. */
async function untilSetApart(round: Round): Promise<void> {
  const { db } = round.stage;
  await round.inTime('all poison to be told to the operator', TOLD_MS_MAX, async () => {
    await hurry(round);
    await sleep(500);
    const [row] = await db.query<{ activities: number; events: number }>(
      `SELECT (SELECT count(*)::int FROM federation.inbound WHERE state = 'dead' AND body = '{broken' AND reason <> '') AS activities,
              (SELECT count(DISTINCT event_id)::int FROM events.dead WHERE reason <> '') AS events`,
    );
    if (row === undefined || row.activities < EACH || row.events < EACH) throw new Error(`${row?.activities} activities and ${row?.events} events of ${EACH} each`);
    return true;
  });
  // An event that was never fit to be published waits for nobody.
  await db.query("DELETE FROM events.outbox WHERE payload->>'statusId' = $1", [NO_ID]);
}

/** What an operator does once the cause is mended; here the stored texts are, and the command is the operator's own. */
async function replayAfterTheFix(round: Round): Promise<void> {
  const { db, split } = round.stage;
  const { person } = remoteOf(round.people, round.people.cast.remotes[1] ?? '');
  const broken = await db.query<{ id: string }>("SELECT id::text AS id FROM federation.inbound WHERE state = 'dead' AND body = '{broken' LIMIT 100");
  for (const { id } of broken) {
    const activity = person.create(person.note(`${round.options.name} mended ${id}`));
    await db.query('UPDATE federation.inbound SET body = $2, activity_id = $3 WHERE id = $1', [id, JSON.stringify(activity), activity.id]);
  }
  round.history.note(`${broken.length} mended and replayed`);
  await trunkline(split, 'queue', 'replay', '--inbound');
  await round.inTime('what was replayed to be applied', TOLD_MS_MAX, async () => {
    const [row] = await db.query<{ count: number }>('SELECT count(*)::int AS count FROM social.statuses WHERE content LIKE $1', [`%${round.options.name} mended %`]);
    return row?.count === broken.length;
  });
}

/** Signed, and as wrong as a stranger can make it: the inbox refuses it, or the worker ends it. */
async function sendPoison(round: Round): Promise<void> {
  const remote = remoteOf(round.people, round.people.cast.remotes[0] ?? '');
  const { person } = remote;
  const deep = JSON.parse(`${'{"object":'.repeat(400)}1${'}'.repeat(400)}`) as unknown;
  const bodies = [
    person.activity('Create', { ...person.note('x'), content: { toString: 1 } }),
    person.activity('Create', { ...person.note('x'), tag: Array.from({ length: 5_000 }, () => ({ type: 'Mention', href: null })) }),
    person.activity('Update', deep),
    person.activity('Announce', [null, 7, { id: [] }]),
    person.activity('Create', { ...person.note(`${'<b>'.repeat(20_000)}`) }),
  ];
  for (const body of bodies) {
    const answer = await remote.sendActivity(`${round.stage.split.url}/inbox`, body).catch(() => null);
    if (answer !== null && answer.status >= 500 && answer.status !== 503) round.violate(`poison was answered ${answer.status}`);
  }
}

/** What no inbox would take, as a bug of ours might store it. */
async function storePoison(round: Round): Promise<void> {
  const { db } = round.stage;
  const { ids } = round.stage.split.operator.backbone;
  const uri = remoteOf(round.people, round.people.cast.remotes[1] ?? '').person.id;
  await db.query(
    `INSERT INTO federation.inbound (id, activity_id, activity_type, actor_uri, signer_host, body) VALUES ($1, $2, 'Create', $3, 'localhost', '{broken')`,
    [ids.next(), `${uri}/poison/${randomUUID()}`, uri],
  );
  const eventId = randomUUID();
  await db.query(`INSERT INTO events.outbox (id, event_id, subject, payload) VALUES ($1, $2, 'status.published.v1', $3::jsonb)`, [
    ids.next(),
    eventId,
    JSON.stringify({ eventId, statusId: NO_ID }),
  ]);
}
