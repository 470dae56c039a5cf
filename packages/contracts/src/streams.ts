import * as events from './events.js';
import type { EventContract } from './define-event.js';

/** The apps that consume work from the broker. */
export type ConsumingApp = 'inbox' | 'outbox' | 'timeline';

/**
 * Who waits for an event: somebody here (`local`), or nobody but other servers (`remote`). Each lane has a stream, a
 * relay and consumers of its own, so that neither waits behind the other (ADR 10).
 */
export type EventLane = 'local' | 'remote';

export interface StreamSpec {
  readonly name: 'INBOUND' | 'SOCIAL' | 'REMOTE';
  /** workqueue: one consumer takes each message; interest: each of several consumers does. */
  readonly retention: 'workqueue' | 'interest';
  readonly subjects: readonly string[];
  /** A full stream refuses (discard=new); the row in Postgres then waits for the sweeper. */
  readonly maxBytes: number;
}

export interface ConsumerSpec {
  /** The durable's name. */
  readonly name: string;
  /** Its handler's name, and that of its done rows: the same in both lanes. */
  readonly group: string;
  readonly app: ConsumingApp;
  readonly stream: StreamSpec['name'];
  /** Exactly one subject each: several filters on one consumer need a broker newer than 2.9. */
  readonly event: EventContract;
  /** The event's subject in the lane of the stream. */
  readonly subject: string;
  readonly ackWaitSeconds: number;
  /** Over all subscribers together. */
  readonly maxAckPending: number;
  /** Most messages handed to one handler call. */
  readonly batchMax: number;
}

const MIB = 1024 * 1024;
const SOCIAL_SUBJECTS = ['status.*.v1', 'follow.*.v1', 'account.*.v1', 'report.*.v1', 'relay.*.v1'];

/** How the broker is told an event's lane: events of remotes stand below `remote.`. */
const inLane = (subject: string, lane: EventLane): string => (lane === 'remote' ? `remote.${subject}` : subject);

export const STREAMS: readonly StreamSpec[] = [
  { name: 'INBOUND', retention: 'workqueue', subjects: [events.ActivityReceivedV1.subject], maxBytes: 256 * MIB },
  { name: 'SOCIAL', retention: 'interest', subjects: SOCIAL_SUBJECTS, maxBytes: 256 * MIB },
  { name: 'REMOTE', retention: 'interest', subjects: SOCIAL_SUBJECTS.map((subject) => inLane(subject, 'remote')), maxBytes: 256 * MIB },
];

/** What other servers may cause; the rest has one lane. */
const hasRemoteLane = (event: EventContract): boolean => event !== events.ActivityReceivedV1 && event.publishedBy.includes('inbox');

/** `lanes`: the job has nothing to do for what other servers cause, when it is `local`. */
function social(app: ConsumingApp, job: string, event: EventContract, lanes: 'both' | 'local' = 'both'): ConsumerSpec[] {
  const group = `${app}-${job}-${event.subject.replaceAll('.', '-')}`;
  const local: ConsumerSpec = {
    name: group,
    group,
    app,
    stream: 'SOCIAL',
    event,
    subject: event.subject,
    ackWaitSeconds: 30,
    maxAckPending: 2000,
    batchMax: 50,
  };
  if (lanes === 'local' || !hasRemoteLane(event)) return [local];
  return [local, { ...local, name: `${group}-remote`, stream: 'REMOTE', subject: inLane(event.subject, 'remote') }];
}

export const CONSUMERS: readonly ConsumerSpec[] = [
  {
    name: 'inbox-apply-activity-received-v1',
    group: 'inbox-apply-activity-received-v1',
    app: 'inbox',
    stream: 'INBOUND',
    event: events.ActivityReceivedV1,
    subject: events.ActivityReceivedV1.subject,
    ackWaitSeconds: 30,
    maxAckPending: 2000,
    batchMax: 50,
  },
  ...social('timeline', 'fan-out', events.StatusPublishedV1),
  ...social('timeline', 'fan-out', events.StatusEditedV1),
  ...social('timeline', 'fan-out', events.StatusDeletedV1),
  ...social('timeline', 'fan-out', events.StatusTalliedV1),
  ...social('timeline', 'fan-out', events.FollowAcceptedV1),
  ...social('timeline', 'fan-out', events.FollowUndoneV1),
  ...social('timeline', 'fan-out', events.AccountBlockedV1),
  ...social('timeline', 'notify', events.StatusPublishedV1),
  ...social('timeline', 'notify', events.StatusFavouritedV1),
  ...social('timeline', 'notify', events.FollowRequestedV1),
  ...social('timeline', 'notify', events.FollowAcceptedV1),
  ...social('timeline', 'notify', events.StatusUnfavouritedV1),
  ...social('timeline', 'notify', events.StatusQuotedV1),
  ...social('timeline', 'notify', events.StatusEditedV1),
  ...social('timeline', 'notify', events.StatusDeletedV1),
  ...social('timeline', 'notify', events.StatusTalliedV1),
  ...social('timeline', 'notify', events.FollowUndoneV1),
  ...social('timeline', 'notify', events.AccountRegisteredV1),
  ...social('timeline', 'notify', events.ReportCreatedV1),
  // Most events are posts of other servers: the outbox, which tells of none of them, is not asked.
  ...social('outbox', 'plan', events.StatusPublishedV1, 'local'),
  ...social('outbox', 'plan', events.StatusEditedV1),
  ...social('outbox', 'plan', events.StatusDeletedV1),
  ...social('outbox', 'plan', events.StatusForwardedV1),
  ...social('outbox', 'plan', events.StatusFavouritedV1),
  ...social('outbox', 'plan', events.StatusUnfavouritedV1),
  ...social('outbox', 'plan', events.StatusTalliedV1),
  ...social('outbox', 'plan', events.StatusVotedV1),
  ...social('outbox', 'plan', events.StatusQuotedV1),
  ...social('outbox', 'plan', events.StatusUnquotedV1),
  ...social('outbox', 'plan', events.StatusAskedV1),
  ...social('outbox', 'plan', events.StatusPermittedV1),
  ...social('outbox', 'plan', events.FollowRequestedV1),
  ...social('outbox', 'plan', events.FollowAcceptedV1),
  ...social('outbox', 'plan', events.FollowRejectedV1),
  ...social('outbox', 'plan', events.FollowUndoneV1),
  ...social('outbox', 'plan', events.AccountBlockedV1),
  ...social('outbox', 'plan', events.AccountUnblockedV1),
  ...social('outbox', 'plan', events.AccountUpdatedV1),
  ...social('outbox', 'plan', events.AccountDeletedV1),
  ...social('outbox', 'plan', events.AccountMovedV1),
  ...social('outbox', 'plan', events.StatusPinnedV1),
  ...social('outbox', 'plan', events.ReportCreatedV1),
  ...social('outbox', 'plan', events.RelayChangedV1),
  ...social('inbox', 'move', events.AccountMovedV1),
];

/** Consumers of earlier versions. Their interest would keep messages that nobody fetches any more. */
export const RETIRED_CONSUMERS: readonly Pick<ConsumerSpec, 'name' | 'stream'>[] = [{ name: 'outbox-plan-status-published-v1-remote', stream: 'REMOTE' }];

/** The subject under which the broker takes an event of this lane. */
export const subjectIn = (lane: EventLane, event: EventContract): string => (hasRemoteLane(event) ? inLane(event.subject, lane) : event.subject);

/** The group of an app's job for an event, which names its handler. @throws TypeError when the table has none: a bug in wiring. */
export function consumerName(app: ConsumingApp, job: string, event: EventContract): string {
  const name = `${app}-${job}-${event.subject.replaceAll('.', '-')}`;
  if (!CONSUMERS.some((consumer) => consumer.group === name)) throw new TypeError(`no consumer ${name} in streams.ts`);
  return name;
}

/** The groups whose done rows an event of this lane needs before it counts as handled. */
export function groupsOf(subject: string, lane: EventLane = 'local'): string[] {
  const told = CONSUMERS.filter((consumer) => consumer.event.subject === subject);
  const inThisLane = told.filter((consumer) => consumer.subject === (hasRemoteLane(consumer.event) ? inLane(subject, lane) : subject));
  return [...new Set(inThisLane.map((consumer) => consumer.group))];
}
