import { randomUUID } from 'node:crypto';
import { remoteOf } from '../load/cast.js';
import type { Attack, Round } from '../round.js';

const EACH = 4;

/** Activities and events that nobody can handle, among those that all can. */
export const poison: Attack = {
  id: 'P14',
  promise: 'poison is set apart, the rest goes on',
  short: false,
  sizes: { operations: 160, writers: 2, remotes: 3 },
  perform: () => ({ paceMs: 40 }),
  except: ['no dead activities', 'no dead events'],
  script: async (round) => {
    for (let turn = 0; turn < EACH; turn += 1) {
      await round.at((turn + 0.5) / (EACH + 1));
      round.fault('poison');
      await sendPoison(round);
      await storePoison(round);
    }
  },
  verify: async (round) => {
    const [row] = await round.stage.db.query<{ activities: number; events: number; silent: number }>(
      `SELECT (SELECT count(*)::int FROM federation.inbound WHERE state = 'dead') AS activities,
              (SELECT count(*)::int FROM events.dead) AS events,
              (SELECT count(*)::int FROM federation.inbound WHERE state = 'dead' AND coalesce(reason, '') = '') AS silent`,
    );
    if (row === undefined || row.activities < EACH) round.violate(`${row?.activities} of ${EACH} broken activities are told to the operator`);
    if (row === undefined || row.events < EACH) round.violate(`${row?.events} of ${EACH} broken events are told to the operator`);
    if ((row?.silent ?? 0) > 0) round.violate(`${row?.silent} dead activities say no reason`);
  },
};

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
    JSON.stringify({ eventId, statusId: 'no number' }),
  ]);
}
