import { FollowRejectedV1, FollowUndoneV1 } from '@trunkline/contracts';
import type { AccountId, Snowflake } from '@trunkline/kernel';
import type { Database, Queryable } from '../database.js';
import type { SqlSocialStore } from '../social/social-store.js';

const TIES_PER_TRANSACTION = 200;

interface TieRow extends Record<string, unknown> {
  readonly follower: AccountId;
  readonly target: AccountId;
}

/** What a suspended domain cost. */
export interface Severed {
  readonly following: number;
  readonly followers: number;
}

/**
 * Ends every follow between people here and a domain with its subdomains, in small transactions. Feeds hear of
 * it; the other side does not, since nothing is delivered there any more. Safe to run again after an end halfway.
 */
export async function severDomain(db: Database, store: SqlSocialStore, domain: string): Promise<Severed> {
  const severed = { following: 0, followers: 0 };
  for (;;) {
    const ties = await tiesWith(db, domain);
    if (ties.length === 0) return severed;
    await store.transaction(async (tx) => {
      for (const tie of ties) {
        const outward = tie.outward;
        const gone = (await tx.deleteFollow(tie.follower, tie.target)) ?? (await tx.deleteFollowRequest(tie.follower, tie.target));
        if (gone === null) continue;
        severed[outward ? 'following' : 'followers'] += 1;
        const ids = { followId: gone.id, followerId: tie.follower, targetId: tie.target };
        if (outward) await tx.appendEvent(FollowUndoneV1, ids);
        else await tx.appendEvent(FollowRejectedV1, { ...ids, followUri: gone.uri });
      }
    });
  }
}

async function tiesWith(db: Database, domain: string): Promise<(TieRow & { outward: boolean })[]> {
  const rows = await db.query<TieRow & { outward: boolean }>(
    `SELECT f.account_id AS follower, f.target_account_id AS target, a.id = f.target_account_id AS outward
       FROM social.accounts a
       JOIN LATERAL (
         SELECT account_id, target_account_id FROM social.follows WHERE target_account_id = a.id OR account_id = a.id
         UNION ALL
         SELECT account_id, target_account_id FROM social.follow_requests WHERE target_account_id = a.id OR account_id = a.id
       ) f ON true
      WHERE a.domain = $1 OR a.domain LIKE $2
      LIMIT $3`,
    [domain, `%.${domain.replace(/[\\%_]/g, '\\$&')}`, TIES_PER_TRANSACTION],
  );
  return rows;
}

/** What a rule's audit line is called, and the line that says that its ties are severed. */
const DECIDED = 'domain_rule.set';
export const SEVERED = 'domain_rule.severed';

/**
 * Suspended domains whose last decision, made before the id `before`, is not followed by a line that its ties were
 * severed: what a process left undone. Fresh decisions wait until every process holds them, since a follow that is
 * accepted meanwhile would stay.
 */
export async function domainsToSever(db: Queryable, before: Snowflake, limit: number): Promise<string[]> {
  const rows = await db.query<{ domain: string }>(
    `SELECT r.domain
       FROM moderation.domain_rules r
       JOIN (SELECT target, max(id) FILTER (WHERE action = $1) AS decided, max(id) FILTER (WHERE action = $2) AS severed
               FROM moderation.audit WHERE action IN ($1, $2) GROUP BY target) AS last ON last.target = r.domain
      WHERE r.severity = 'suspend' AND last.decided < $3 AND (last.severed IS NULL OR last.severed < last.decided)
      ORDER BY last.decided LIMIT $4`,
    [DECIDED, SEVERED, before, limit],
  );
  return rows.map((row) => row.domain);
}
