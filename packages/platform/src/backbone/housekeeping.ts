import { randomUUID } from 'node:crypto';
import { ActivityReceivedV1 } from '@trunkline/contracts';
import {
  boundDomains,
  brokenInvariants,
  dropOldPartitions,
  ensurePartitions,
  expireIdentity,
  expireKeys,
  expireReadings,
  expireReceipts,
  expireSocial,
  LeaderLoop,
  PARTITION_DAYS_AHEAD,
  ringOverdueInbound,
  sweepEvents,
  type LeaderTask,
} from '@trunkline/persistence';
import { registrableDomain, tellDuePolls } from '@trunkline/social';
import type { Backbone } from './backbone.js';

/** What a service's leader looks after; which role may do what stands in persistence's role-grants.ts. */
export type Chore = 'inbound' | 'events' | 'social' | 'identity' | 'partitions';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** A doorbell that rang is answered within moments; what is older than this was lost. */
const INBOUND_OVERDUE_SECONDS = 10;
const EVENT_OVERDUE_SECONDS = 45;
/** New votes on a poll are told to other servers so long after the first of them. */
const POLL_UNTOLD_MS = 3 * 60 * SECOND;
const POLL_OUTCOME_SPREAD_MS = 20 * SECOND;

/** Starts the leader of this service's chores: of all copies, one works, and another takes over when it is gone. */
export function startHousekeeping(backbone: Backbone, chores: readonly Chore[]): void {
  if (chores.length === 0) return;
  const { parts, db } = backbone;
  const tasks = chores.flatMap((chore) => tasksOf(chore, backbone));
  const loop = new LeaderLoop(db, `chores:${[...chores].sort().join('+')}`, tasks, {
    onError: (task, err) => parts.logger.warn({ event: 'chore_failed', chore: task, err }, 'a chore failed; it comes again'),
  });
  loop.start();
  parts.shutdown.register('stop-consuming', 'housekeeping', () => loop.stop());
}

function tasksOf(chore: Chore, backbone: Backbone): LeaderTask[] {
  const { db, clock, parts } = backbone;
  switch (chore) {
    case 'inbound':
      return [
        { name: 'ring-overdue-inbound', everyMs: 3 * SECOND, run: () => ringOverdue(backbone) },
        { name: 'look-at-invariants', everyMs: 10 * MINUTE, run: () => lookAtInvariants(backbone) },
        { name: 'expire-receipts', everyMs: HOUR, run: async () => void (await expireReceipts(db, clock)) },
        { name: 'expire-keys', everyMs: 6 * HOUR, run: async () => void (await expireKeys(db, clock)) },
        { name: 'expire-readings', everyMs: HOUR, run: async () => void (await expireReadings(db, clock)) },
      ];
    case 'events':
      return [
        {
          name: 'sweep-events',
          everyMs: 5 * SECOND,
          run: async (signal) => {
            const { reannounced } = await sweepEvents(backbone.events, { olderThanSeconds: EVENT_OVERDUE_SECONDS, limit: 500 }, signal);
            if (reannounced === 0) return;
            backbone.relay.wake();
            // By Postgres: whatever the broker says of itself, somebody did not do this in time.
            parts.logger.warn({ event: 'events_announced_again', rows: reannounced, older_than_seconds: EVENT_OVERDUE_SECONDS }, 'events were not done in time');
          },
        },
      ];
    case 'social':
      return [
        { name: 'expire-social', everyMs: HOUR, run: async () => void (await expireSocial(db, clock)) },
        {
          name: 'bound-domains',
          everyMs: 10 * MINUTE,
          run: async () => {
            for (const [domain, rows] of await boundDomains(db, registrableDomain)) {
              parts.logger.warn({ event: 'domain_bounded', domain, rows }, 'a domain had us keep more than its share; the oldest is forgotten');
            }
          },
        },
        { name: 'tell-due-polls', everyMs: 5 * SECOND, run: () => tellOfPolls(backbone) },
      ];
    case 'identity':
      return [{ name: 'expire-identity', everyMs: HOUR, run: async () => void (await expireIdentity(db, clock)) }];
    case 'partitions':
      return [
        {
          name: 'daily-partitions',
          everyMs: HOUR,
          run: async () => {
            await ensurePartitions(db, PARTITION_DAYS_AHEAD);
            await dropOldPartitions(db);
          },
        },
      ];
  }
}

/** What tests prove of every run is looked at in production too. */
async function lookAtInvariants({ db, parts }: Backbone): Promise<void> {
  for (const [invariant, rows] of await brokenInvariants(db)) {
    parts.metrics.invariantsBroken.set({ invariant }, rows);
    if (rows > 0) parts.logger.error({ event: 'invariant_broken', invariant, rows }, 'rows do not hold together: this is a bug');
  }
}

/** The outcome of those that ended elsewhere is asked for, but not by everybody in the second of the end. */
async function tellOfPolls(backbone: Backbone): Promise<void> {
  await tellDuePolls(backbone, POLL_UNTOLD_MS, async (subjectId) => {
    await backbone.readings.ask({ kind: 'poll', subjectId, coolDownMs: 0, delayMs: Math.random() * POLL_OUTCOME_SPREAD_MS });
  });
}

async function ringOverdue({ inbound, publisher, parts }: Backbone): Promise<void> {
  const ring = async (inboundIds: readonly string[]): Promise<void> => {
    const eventId = randomUUID();
    await publisher.publish([{ eventId, subject: ActivityReceivedV1.subject, payload: { eventId, inboundIds } }]);
  };
  const rung = await ringOverdueInbound(inbound, ring, { olderThanSeconds: INBOUND_OVERDUE_SECONDS, limit: 1_000, ringMax: 100 });
  if (rung > 0) parts.logger.info({ event: 'inbound_rung_again', rows: rung }, 'activities waited too long');
}
