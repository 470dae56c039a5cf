import { setTimeout as sleep } from 'node:timers/promises';
import { remoteOf } from '../load/cast.js';
import type { Attack, Round } from '../round.js';

const WRONG_MINUTES = 10;
/** Between two machines' ideas of the database's time. */
const TOLERANCE_SECONDS = 5;

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
/** How far from now a signature may be dated: twelve hours back, one ahead; and on which side of the edge it lies. */
const DATES: readonly (readonly [offsetMs: number, isTaken: boolean])[] = [
  [-12 * HOUR_MS + 120 * SECOND_MS, true],
  [-12 * HOUR_MS - 120 * SECOND_MS, false],
  [HOUR_MS - 120 * SECOND_MS, true],
  [HOUR_MS + 120 * SECOND_MS, false],
];

/** The clocks of every service jump while it works: one copy's to ten minutes ahead, the other's back, and then the other way round. */
export const clocksJump: Attack = {
  id: 'P16',
  promise: 'wrong clocks change no order',
  short: false,
  sizes: { operations: 160, writers: 3, remotes: 3 },
  longSizes: { operations: 300 },
  stage: { movableClocks: true },
  endsNoProcess: true,
  perform: () => ({ paceMs: 60 }),
  script: async (round) => {
    for (const [share, minutes] of [[0.15, WRONG_MINUTES], [0.5, -WRONG_MINUTES], [0.8, 0]] as const) {
      await round.at(share);
      round.fault(`clocks jump to ${minutes} and ${-minutes} minutes`);
      await round.stage.setClocks(minutes, -minutes);
      // Until every process has seen its new time.
      await sleep(SECOND_MS);
      await signaturesAreJudgedByTheWindow(round);
    }
  },
  verify: idsAreInOrder,
};

/** By each copy, whatever its own clock says. */
async function signaturesAreJudgedByTheWindow(round: Round): Promise<void> {
  const remote = remoteOf(round.people, round.people.cast.remotes[0] ?? '');
  const host = round.stage.split.domain;
  for (const { app, name, port } of round.stage.split.running.processes) {
    if (app !== 'inbox') continue;
    for (const [dateOffsetMs, isTaken] of DATES) {
      // It says nothing that anybody here does anything with.
      const { status } = await remote.sendActivity(`http://127.0.0.1:${port}/inbox`, remote.person.activity('Listen', remote.person.id), { host, dateOffsetMs });
      if ((status === 202) !== isTaken) round.violate(`${name} answered ${status} to a signature dated ${dateOffsetMs / 60_000} minutes from now`);
    }
  }
}

/** A snowflake holds when it was made; each author's posts come in the order in which they were asked for. */
async function idsAreInOrder(round: Round): Promise<void> {
  const rows = await round.stage.db.query<{ who: string; op: number; id: string; offBySeconds: number }>(
    `SELECT a.username AS who, s.id::text AS id, (regexp_match(s.content, '-(\\d+)'))[1]::int AS op,
            abs((s.id >> 16) / 1000.0 - extract(epoch FROM s.created_at))::float8 AS "offBySeconds"
       FROM social.statuses s JOIN social.accounts a ON a.id = s.account_id
      WHERE s.local AND s.boost_of_id IS NULL AND s.content LIKE $1 ORDER BY s.id LIMIT 20000`,
    [`<p>${round.options.name}-%`],
  );
  const last = new Map<string, number>();
  for (const { who, op, id, offBySeconds } of rows) {
    if (op < (last.get(who) ?? 0)) round.violate(`${who} wrote ${op} after ${last.get(who)}, its id ${id} says otherwise`);
    last.set(who, op);
    if (offBySeconds > TOLERANCE_SECONDS) round.violate(`id ${id} is off by ${Math.round(offBySeconds)} s`);
  }
  const [row] = await round.stage.db.query<{ seconds: number }>(
    `SELECT coalesce(max(abs(extract(epoch FROM s.created_at - k.created_at))), 0)::float8 AS seconds
       FROM social.statuses s JOIN social.idempotency_keys k ON k.status_id = s.id`,
  );
  if ((row?.seconds ?? 0) > TOLERANCE_SECONDS) round.violate(`a post is dated ${Math.round(row?.seconds ?? 0)} s beside the database's time`);
}
