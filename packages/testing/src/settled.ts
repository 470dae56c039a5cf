import { CONSUMERS, groupsOf } from '@trunkline/contracts';
import type { Queryable } from '@trunkline/persistence';

/** How many groups handle each subject. */
const GROUPS = new Map<string, number>();
for (const { event } of CONSUMERS) GROUPS.set(event.subject, groupsOf(event.subject).length);

/**
 * What a server still has to do, in words; nothing when all is processed. Postgres is asked, not the broker: the
 * ledger is what counts.
 */
export async function unsettled(db: Queryable): Promise<string[]> {
  const subjects = [...GROUPS.keys()];
  const rows = await db.query<{ what: string; count: number }>(
    `WITH expected AS (SELECT * FROM unnest($1::text[], $2::int[]) AS t (subject, groups))
     SELECT 'unapplied' AS what, count(*)::int AS count FROM federation.inbound WHERE state = 'stored'
     UNION ALL SELECT 'unpublished', count(*)::int FROM events.outbox WHERE published_at IS NULL
     UNION ALL
     SELECT 'unhandled ' || o.subject, count(*)::int
       FROM events.outbox o JOIN expected e ON e.subject = o.subject
      WHERE (SELECT count(DISTINCT d.consumer) FROM events.done d WHERE d.event_id = o.event_id)
          + (SELECT count(*) FROM events.dead x WHERE x.event_id = o.event_id) < e.groups
      GROUP BY o.subject
     UNION ALL SELECT 'undelivered', count(*)::int FROM federation.delivery_chunks WHERE state = 'pending'`,
    [subjects, subjects.map((subject) => GROUPS.get(subject) ?? 0)],
  );
  return rows.filter((row) => row.count > 0).map((row) => `${row.count} ${row.what}`);
}
