import { brokenInvariants, STATE_INVARIANTS, type Invariant } from '@trunkline/testing';
import type { Stage } from '../stage/stage.js';

const INVARIANTS: readonly Invariant[] = [
  ...STATE_INVARIANTS,
  {
    name: 'no delivery without its activity',
    sql: `SELECT (SELECT count(*) FROM federation.delivery_chunks c WHERE NOT EXISTS (SELECT 1 FROM federation.delivery_bodies b WHERE b.id = c.body_id))::int
               + (SELECT count(*) FROM federation.delivery_retries r WHERE NOT EXISTS (SELECT 1 FROM federation.delivery_bodies b WHERE b.id = r.body_id))::int AS broken`,
  },
  {
    name: 'one notification of one fact',
    sql: `SELECT count(*)::int AS broken FROM (SELECT 1 FROM timeline.notifications WHERE type IN ('favourite', 'reblog', 'follow')
           GROUP BY account_id, type, from_account_id, status_id, fact HAVING count(*) > 1) AS twice`,
  },
  { name: 'no deliveries given up', sql: "SELECT count(*)::int AS broken FROM federation.delivery_retries WHERE state = 'dead'" },
];

/** The invariants that do not hold, each with how many rows break it; of the whole database, not of one round. */
export const brokenState = (stage: Stage, except: readonly string[] = []): Promise<string[]> =>
  brokenInvariants(stage.db, INVARIANTS.filter(({ name }) => !except.includes(name)));
