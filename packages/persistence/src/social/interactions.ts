import type { AskedLeave, InteractionRules, LeaveState } from '@trunkline/domain';
import type { Snowflake, StatusId } from '@trunkline/kernel';
import type { AskedRow, NewAsked, StatusInteractionRules } from '@trunkline/social';
import type { Queryable } from '../database.js';
import { interactionBits, rulesOfBits } from './interaction-bits.js';
import { plainText, plainTextOrNull } from './safe-values.js';

/** Of statuses that were just written. Those that are open to all leave no row. */
export async function insertRules(tx: Queryable, given: readonly StatusInteractionRules[]): Promise<void> {
  const rows = given.flatMap(({ statusId, rules }) => {
    const bits = interactionBits(rules);
    return bits === null ? [] : [{ statusId, bits }];
  });
  if (rows.length === 0) return;
  await tx.query(
    `INSERT INTO social.interaction_rules AS r (status_id, rules) SELECT status_id, rules FROM unnest($1::bigint[], $2::int[]) AS given (status_id, rules)
     ON CONFLICT (status_id) DO UPDATE SET rules = excluded.rules WHERE r.rules <> excluded.rules`,
    [rows.map(({ statusId }) => statusId), rows.map(({ bits }) => bits)],
  );
}

/** As the authors' servers say now; each status once. */
export async function setRules(tx: Queryable, given: readonly StatusInteractionRules[]): Promise<void> {
  const open = given.filter(({ rules }) => interactionBits(rules) === null).map(({ statusId }) => statusId);
  if (open.length > 0) await tx.query('DELETE FROM social.interaction_rules WHERE status_id = ANY($1::bigint[])', [open]);
  await insertRules(tx, given);
}

/** Null: whoever sees the status may like, answer and boost it. */
export async function interactionRules(db: Queryable, statusId: StatusId): Promise<InteractionRules | null> {
  const [row] = await db.query<{ rules: number }>('SELECT rules FROM social.interaction_rules WHERE status_id = $1', [statusId]);
  return row === undefined ? null : rulesOfBits(row.rules);
}

export async function insertAsked(tx: Queryable, { interactionId, what, accountId, statusId, byRequest }: NewAsked): Promise<void> {
  await tx.query(
    `INSERT INTO social.asked_interactions (interaction_id, what, account_id, status_id, state, by_request) VALUES ($1, $2, $3, $4, 'pending', $5)
     ON CONFLICT (interaction_id) DO NOTHING`,
    [interactionId, what, accountId, statusId, byRequest],
  );
}

/** By the id of the favourite, answer or boost; those that needed no leave are left out. */
export async function askedInteractions(db: Queryable, ids: readonly Snowflake[]): Promise<Map<Snowflake, AskedRow>> {
  if (ids.length === 0) return new Map();
  const rows = await db.query<AskedRow & Record<string, unknown>>(
    `SELECT interaction_id AS "interactionId", what, account_id AS "accountId", status_id AS "statusId", state, by_request AS "byRequest", stamp_uri AS "stampUri"
       FROM social.asked_interactions WHERE interaction_id = ANY($1::bigint[]) LIMIT $2`,
    [ids, ids.length],
  );
  return new Map(rows.map((row) => [row.interactionId, row]));
}

const BY_STAMP_MAX = 100;

/** What stands by this consent. One author gives each for one thing; nobody is kept from naming it twice. */
export async function askedByStamp(db: Queryable, stampUri: string): Promise<Snowflake[]> {
  const rows = await db.query<{ id: Snowflake }>(
    `SELECT interaction_id AS id FROM social.asked_interactions WHERE stamp_uri = $1 AND state = 'accepted' ORDER BY interaction_id LIMIT ${BY_STAMP_MAX}`,
    [plainText(stampUri)],
  );
  return rows.map((row) => row.id);
}

/** False unless it was in one of the states `from`, or nothing changes. Without a consent the last one stays. */
export async function changeAsked(tx: Queryable, interactionId: Snowflake, to: Pick<AskedLeave, 'state' | 'stampUri'>, from: readonly LeaveState[]): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE social.asked_interactions SET state = $2, stamp_uri = coalesce($3::text, stamp_uri)
      WHERE interaction_id = $1 AND state = ANY($4::text[]) AND (state, stamp_uri) IS DISTINCT FROM ($2::text, coalesce($3::text, stamp_uri)) RETURNING interaction_id`,
    [interactionId, to.state, plainTextOrNull(to.stampUri), from],
  );
  return rows.length === 1;
}
