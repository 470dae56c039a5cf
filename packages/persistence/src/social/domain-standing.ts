import type { Queryable } from '../database.js';

/** Accounts of the domain that are looked at: of a large server enough to tell, of one that made up a million no more. */
const ACCOUNTS_LOOKED_AT = 20_000;

/** How many follows of people here go to accounts of these domains, as far as `max`: how well a server is known. */
export async function followsToDomains(db: Queryable, domains: readonly string[], max: number): Promise<number> {
  const [row] = await db.query<{ follows: number }>(
    `SELECT count(*)::int AS follows FROM (
       SELECT FROM (SELECT id FROM social.accounts WHERE domain = ANY($1::text[]) LIMIT ${ACCOUNTS_LOOKED_AT}) AS there
         JOIN social.follows f ON f.target_account_id = there.id
        LIMIT $2) AS known`,
    [domains, max],
  );
  return row?.follows ?? 0;
}
