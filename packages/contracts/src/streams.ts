import * as events from './events.js';
import type { EventContract } from './define-event.js';

/** The apps that consume work from the broker. */
export type ConsumingApp = 'inbox' | 'outbox' | 'timeline';

export interface StreamSpec {
  readonly name: 'INBOUND' | 'SOCIAL';
  /** workqueue: one consumer takes each message; interest: each of several consumers does. */
  readonly retention: 'workqueue' | 'interest';
  readonly subjects: readonly string[];
  /** A full stream refuses (discard=new); the row in Postgres then waits for the sweeper. */
  readonly maxBytes: number;
}

export interface ConsumerSpec {
  /** The durable's name, and the group of its done rows. */
  readonly name: string;
  readonly app: ConsumingApp;
  readonly stream: StreamSpec['name'];
  /** Exactly one subject each: several filters on one consumer need a broker newer than 2.9. */
  readonly event: EventContract;
  readonly ackWaitSeconds: number;
  /** Over all subscribers together. */
  readonly maxAckPending: number;
  /** Most messages handed to one handler call. */
  readonly batchMax: number;
}

const MIB = 1024 * 1024;

export const STREAMS: readonly StreamSpec[] = [
  { name: 'INBOUND', retention: 'workqueue', subjects: [events.ActivityReceivedV1.subject], maxBytes: 256 * MIB },
  {
    name: 'SOCIAL',
    retention: 'interest',
    subjects: ['status.*.v1', 'follow.*.v1', 'account.*.v1', 'report.*.v1'],
    maxBytes: 512 * MIB,
  },
];

const social = (app: ConsumingApp, job: string, event: EventContract, batchMax = 50): ConsumerSpec => ({
  name: `${app}-${job}-${event.subject.replaceAll('.', '-')}`,
  app,
  stream: 'SOCIAL',
  event,
  ackWaitSeconds: 30,
  maxAckPending: 2000,
  batchMax,
});

export const CONSUMERS: readonly ConsumerSpec[] = [
  {
    name: 'inbox-apply-activity-received-v1',
    app: 'inbox',
    stream: 'INBOUND',
    event: events.ActivityReceivedV1,
    ackWaitSeconds: 30,
    maxAckPending: 2000,
    batchMax: 50,
  },
  social('timeline', 'fan-out', events.StatusPublishedV1),
  social('timeline', 'fan-out', events.StatusEditedV1),
  social('timeline', 'fan-out', events.StatusDeletedV1),
  social('timeline', 'fan-out', events.FollowAcceptedV1),
  social('timeline', 'fan-out', events.FollowUndoneV1),
  social('timeline', 'fan-out', events.AccountBlockedV1),
  social('timeline', 'notify', events.StatusPublishedV1),
  social('timeline', 'notify', events.StatusFavouritedV1),
  social('timeline', 'notify', events.FollowRequestedV1),
  social('timeline', 'notify', events.FollowAcceptedV1),
  social('timeline', 'notify', events.StatusUnfavouritedV1),
  social('timeline', 'notify', events.StatusDeletedV1),
  social('timeline', 'notify', events.FollowUndoneV1),
  social('timeline', 'notify', events.AccountRegisteredV1),
  social('timeline', 'notify', events.ReportCreatedV1),
  social('outbox', 'plan', events.StatusPublishedV1),
  social('outbox', 'plan', events.StatusEditedV1),
  social('outbox', 'plan', events.StatusDeletedV1),
  social('outbox', 'plan', events.StatusFavouritedV1),
  social('outbox', 'plan', events.StatusUnfavouritedV1),
  social('outbox', 'plan', events.FollowRequestedV1),
  social('outbox', 'plan', events.FollowAcceptedV1),
  social('outbox', 'plan', events.FollowRejectedV1),
  social('outbox', 'plan', events.FollowUndoneV1),
  social('outbox', 'plan', events.AccountBlockedV1),
  social('outbox', 'plan', events.AccountUnblockedV1),
  social('outbox', 'plan', events.AccountUpdatedV1),
  social('outbox', 'plan', events.AccountDeletedV1),
];

/** The consumer of an app's job for an event. @throws TypeError when the table has none: a bug in wiring. */
export function consumerName(app: ConsumingApp, job: string, event: EventContract): string {
  const name = `${app}-${job}-${event.subject.replaceAll('.', '-')}`;
  if (!CONSUMERS.some((consumer) => consumer.name === name)) throw new TypeError(`no consumer ${name} in streams.ts`);
  return name;
}

/** The groups whose done rows an event needs before it counts as handled. */
export const groupsOf = (subject: string): string[] =>
  CONSUMERS.filter((consumer) => consumer.event.subject === subject).map((consumer) => consumer.name);
