import { CONSUMERS, groupsOf } from '@trunkline/contracts';
import type { Queryable } from '@trunkline/persistence';

/** How many groups handle each subject, by the lane in which it comes. */
const GROUPS = [...new Set(CONSUMERS.map(({ event }) => event.subject))].flatMap((subject) =>
  (['local', 'remote'] as const).map((lane) => ({ subject, isRemote: lane === 'remote', groups: groupsOf(subject, lane).length })),
);

/**
 * What a server still has to do, in words; nothing when all is processed. Postgres is asked, not the broker: the
 * ledger is what counts.
 */
export async function unsettled(db: Queryable): Promise<string[]> {
  const rows = await db.query<{ what: string; count: number }>(
    `WITH expected AS (SELECT * FROM unnest($1::text[], $2::boolean[], $3::int[]) AS t (subject, is_remote, groups))
     SELECT 'unapplied' AS what, count(*)::int AS count FROM federation.inbound WHERE state = 'stored'
     UNION ALL SELECT 'unpublished', count(*)::int FROM events.outbox WHERE published_at IS NULL
     UNION ALL
     SELECT 'unhandled ' || o.subject, count(*)::int
       FROM events.outbox o JOIN expected e ON e.subject = o.subject AND e.is_remote = o.is_remote
      WHERE (SELECT count(DISTINCT d.consumer) FROM events.done d WHERE d.event_id = o.event_id)
          + (SELECT count(*) FROM events.dead x WHERE x.event_id = o.event_id) < e.groups
      GROUP BY o.subject
     UNION ALL SELECT 'undelivered', count(*)::int FROM federation.delivery_chunks WHERE state = 'pending'`,
    [GROUPS.map(({ subject }) => subject), GROUPS.map(({ isRemote }) => isRemote), GROUPS.map(({ groups }) => groups)],
  );
  return rows.filter((row) => row.count > 0).map((row) => `${row.count} ${row.what}`);
}
