import { FollowRejectedV1, FollowUndoneV1 } from '@trunkline/contracts';
import { domainVerdict } from '@trunkline/domain';
import type { AccountId, Snowflake } from '@trunkline/kernel';
import type { Database, Queryable } from '../database.js';
import { severTies } from '../social/delete-account.js';
import type { SqlSocialStore } from '../social/social-store.js';
import { DISTINCT_DOMAINS } from '../social/usage.js';
import { readSnapshot } from './policy-snapshot.js';

const ACCOUNTS_AT_ONCE = 200;
const HOSTS_MAX = 100_000;

/** What a suspended domain cost. */
export interface Severed {
  readonly following: number;
  readonly followers: number;
}

/**
 * Ends every follow and request between people here and a suspended domain with its subdomains, at any port; hosts
 * that a more specific rule exempts keep theirs, so call it when the rule stands. In small transactions. Feeds hear
 * of it; the other side does not, since nothing is delivered there any more. Safe to run again after an end halfway.
 */
export async function severDomain(db: Database, store: SqlSocialStore, domain: string): Promise<Severed> {
  const severed = { following: 0, followers: 0 };
  const hosts = await suspendedHosts(db, domain);
  let after = '0';
  for (;;) {
    const accounts = await db.query<{ id: AccountId }>(
      `SELECT id FROM social.accounts WHERE domain = ANY($1::text[]) AND id > $2::bigint ORDER BY id LIMIT ${ACCOUNTS_AT_ONCE}`,
      [hosts, after],
    );
    const last = accounts.at(-1);
    if (last === undefined) return severed;
    await severAccounts({ db, store }, new Set(accounts.map((account) => account.id)), severed);
    after = last.id;
  }
}

async function severAccounts(
  { db, store }: { db: Database; store: SqlSocialStore },
  remoteIds: ReadonlySet<AccountId>,
  severed: { following: number; followers: number },
): Promise<void> {
  for (;;) {
    const ties = await db.transaction(async (tx) => {
      const gone = [...(await severTies(tx, 'follows', [...remoteIds])), ...(await severTies(tx, 'follow_requests', [...remoteIds]))];
      const named = gone.map((tie) => ({ followId: tie.id, followerId: tie.accountId, targetId: tie.targetId, followUri: tie.uri }));
      const social = store.within(tx);
      await social.appendEvents(FollowUndoneV1, named.filter((tie) => remoteIds.has(tie.targetId)));
      await social.appendEvents(FollowRejectedV1, named.filter((tie) => !remoteIds.has(tie.targetId)));
      return gone;
    });
    if (ties.length === 0) return;
    const following = ties.filter((tie) => remoteIds.has(tie.targetId)).length;
    severed.following += following;
    severed.followers += ties.length - following;
  }
}

/** Hosts seen here at or below the domain that the rules suspend as they stand. */
async function suspendedHosts(db: Database, domain: string): Promise<string[]> {
  const policy = { ...(await readSnapshot(db)), limitedFederation: false };
  const rows = await db.query<{ domain: string }>(
    `${DISTINCT_DOMAINS}
     SELECT domain FROM hosts
      WHERE domain = $1 OR right('.' || regexp_replace(domain, ':[0-9]+$', ''), length($2) + 1) = '.' || $2
      LIMIT ${HOSTS_MAX}`,
    [domain, domain.replace(/:\d+$/, '')],
  );
  return rows.map((row) => row.domain).filter((host) => domainVerdict(policy, host).suspended);
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
