import type { Attack, Round } from '../round.js';

const WRONG_MINUTES = 10;
/** Between two machines' ideas of the database's time. */
const TOLERANCE_SECONDS = 5;

/** Of every service one copy lives ten minutes ahead and one ten minutes ago. */
export const clocksJump: Attack = {
  id: 'P16',
  promise: 'wrong clocks change no order',
  short: false,
  sizes: { operations: 160, writers: 3, remotes: 3 },
  stage: { wrongClocks: [WRONG_MINUTES, -WRONG_MINUTES] },
  script: () => Promise.resolve(),
  verify: idsAreInOrder,
};

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
