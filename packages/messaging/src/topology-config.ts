import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  ReplayPolicy,
  RetentionPolicy,
  StorageType,
  type ConsumerConfig,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { STREAMS, type ConsumerSpec, type StreamSpec } from '@trunkline/contracts';
import type { Names } from './names.js';

const DUPLICATE_WINDOW_MS = 120_000;
const CLOSED_MSG_SIZE = 1;

export interface TopologySettings {
  /** Copies of each stream: 1 on a single broker, 3 on a cluster. */
  readonly replicas: number;
  /** Multiplies the streams' sizes of contracts' table. Default 1; the least is one MiB a stream. */
  readonly sizeFactor?: number;
  /** Instead of the table's: how long after a killed process its messages come again. Tests take a short one. */
  readonly ackWaitSeconds?: number;
}

export type WantedStream = Pick<
  StreamConfig,
  | 'name'
  | 'subjects'
  | 'retention'
  | 'storage'
  | 'discard'
  | 'max_bytes'
  | 'max_msgs'
  | 'max_msg_size'
  | 'max_age'
  | 'num_replicas'
  | 'duplicate_window'
>;
export type WantedConsumer = Pick<
  ConsumerConfig,
  | 'name'
  | 'durable_name'
  | 'ack_policy'
  | 'ack_wait'
  | 'max_ack_pending'
  | 'max_deliver'
  | 'filter_subject'
  | 'deliver_policy'
  | 'replay_policy'
>;

/** The streams that an installation needs: contracts' table and the canary. */
export function wantedStreams(names: Names, settings: TopologySettings): WantedStream[] {
  return [...STREAMS.map((spec) => workStream(names, settings, spec)), canaryStream(names, settings)];
}

function workStream(names: Names, settings: TopologySettings, spec: StreamSpec): WantedStream {
  return {
    name: names.stream(spec.name),
    subjects: spec.subjects.map((subject) => names.subject(subject)),
    retention: spec.retention === 'workqueue' ? RetentionPolicy.Workqueue : RetentionPolicy.Interest,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    max_bytes: Math.max(1024 * 1024, Math.round(spec.maxBytes * (settings.sizeFactor ?? 1))),
    max_msgs: -1,
    max_msg_size: -1,
    // Work has no age: it waits until somebody did it.
    max_age: 0,
    num_replicas: settings.replicas,
    duplicate_window: nanos(DUPLICATE_WINDOW_MS),
  };
}

/** Holds the last canary message on disk, so that a publish proves that the broker still stores. */
function canaryStream(names: Names, settings: TopologySettings): WantedStream {
  return {
    name: names.stream('CANARY'),
    subjects: [names.subject('canary')],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    max_bytes: 64 * 1024,
    max_msgs: 1,
    max_msg_size: -1,
    max_age: 0,
    num_replicas: settings.replicas,
    duplicate_window: nanos(DUPLICATE_WINDOW_MS),
  };
}

export function wantedConsumer(names: Names, settings: TopologySettings, spec: ConsumerSpec): WantedConsumer {
  return {
    name: spec.name,
    durable_name: spec.name,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos((settings.ackWaitSeconds ?? spec.ackWaitSeconds) * 1000),
    max_ack_pending: spec.maxAckPending,
    // Never given up by the broker: what it gives up no lag metric shows. The app parks and terminates.
    max_deliver: -1,
    filter_subject: names.subject(spec.subject),
    deliver_policy: DeliverPolicy.All,
    replay_policy: ReplayPolicy.Instant,
  };
}

/**
 * A stream as it is made first. A broker acknowledges what it throws away when a stream of retention "interest"
 * has no consumers yet; refusing every message until they stand leaves the rows to the next round instead.
 */
export const closedAtFirst = (want: WantedStream): WantedStream =>
  want.retention === RetentionPolicy.Limits ? want : { ...want, max_msg_size: CLOSED_MSG_SIZE };

/**
 * What an existing stream lacks, opening it included: ask only when its consumers stand. Values only grow, so that two versions that run side by side during a
 * roll-out do not take turns; an operator who wants less changes it at the broker after the roll-out.
 */
export function streamGrowth(is: StreamConfig, want: WantedStream): Partial<WantedStream> | null {
  const subjects = [...new Set([...is.subjects, ...want.subjects])];
  const growth: Partial<WantedStream> = {
    ...(subjects.length > is.subjects.length ? { subjects } : {}),
    ...(is.max_bytes !== -1 && is.max_bytes < want.max_bytes ? { max_bytes: want.max_bytes } : {}),
    ...(is.num_replicas < want.num_replicas ? { num_replicas: want.num_replicas } : {}),
    ...(is.max_msg_size === CLOSED_MSG_SIZE ? { max_msg_size: -1 } : {}),
    ...(is.duplicate_window < want.duplicate_window ? { duplicate_window: want.duplicate_window } : {}),
  };
  return Object.keys(growth).length === 0 ? null : growth;
}

/** See `streamGrowth`. */
export function consumerGrowth(is: ConsumerConfig, want: WantedConsumer): Partial<WantedConsumer> | null {
  const growth: Partial<WantedConsumer> = {
    ...((is.ack_wait ?? 0) < (want.ack_wait ?? 0) ? { ack_wait: want.ack_wait } : {}),
    ...((is.max_ack_pending ?? 0) < (want.max_ack_pending ?? 0) ? { max_ack_pending: want.max_ack_pending } : {}),
    ...((is.max_deliver ?? -1) > 0 ? { max_deliver: -1 } : {}),
  };
  return Object.keys(growth).length === 0 ? null : growth;
}

/** What cannot be changed in place and makes the object useless: said in the log, mended by the operator. */
export function streamConflict(is: StreamConfig, want: WantedStream): string | null {
  if (is.retention === want.retention) return null;
  return `stream ${want.name} has retention ${is.retention}, not ${want.retention}`;
}

export function consumerConflict(is: ConsumerConfig, want: WantedConsumer): string | null {
  if (is.ack_policy !== want.ack_policy) return `consumer ${want.name} has ack policy ${is.ack_policy}`;
  if (is.deliver_subject !== undefined) return `consumer ${want.name} pushes`;
  if (is.filter_subject === want.filter_subject) return null;
  return `consumer ${want.name} reads ${is.filter_subject ?? 'all subjects'}`;
}
