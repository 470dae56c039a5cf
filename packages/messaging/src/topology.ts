import { JetStreamApiCodes, JetStreamApiError, type ConsumerInfo } from '@nats-io/jetstream';
import { CONSUMERS, STREAMS } from '@trunkline/contracts';
import type { Broker } from './broker.js';
import {
  consumerConflict,
  consumerGrowth,
  streamConflict,
  streamGrowth,
  wantedConsumer,
  wantedStreams,
  type TopologySettings,
  type WantedStream,
} from './topology-config.js';

/** What one pass over streams and consumers found and did. Names are those of contracts' tables. */
export interface TopologyReport {
  readonly created: readonly string[];
  readonly updated: readonly string[];
  /** Sentences about what only an operator can mend; nothing is ever deleted here. */
  readonly conflicts: readonly string[];
  readonly lag: readonly ConsumerLag[];
}

/** The broker's figures about one consumer, over all processes. Ages of work come from Postgres, not from here. */
export interface ConsumerLag {
  readonly consumer: string;
  readonly stream: string;
  /** Not delivered yet. */
  readonly pending: number;
  /** Delivered, not answered. */
  readonly ackPending: number;
  readonly redelivered: number;
}

/**
 * Creates what is missing of contracts' streams and consumers and lets existing ones grow. Safe to run at any
 * time from any number of processes. @throws when the broker cannot be reached or refuses.
 */
export async function ensureTopology(broker: Broker, settings: TopologySettings): Promise<TopologyReport> {
  const report = { created: [] as string[], updated: [] as string[], conflicts: [] as string[] };
  for (const want of wantedStreams(broker.names, settings)) await ensureStream(broker, want, report);
  const lag: ConsumerLag[] = [];
  for (const stream of STREAMS) {
    const existing = await consumersOf(broker, stream.name);
    for (const spec of CONSUMERS.filter((consumer) => consumer.stream === stream.name)) {
      const want = wantedConsumer(broker.names, settings, spec);
      const is = existing.get(spec.name);
      if (is === undefined) {
        await broker.manager.consumers.add(broker.names.stream(stream.name), want);
        report.created.push(spec.name);
        continue;
      }
      lag.push(lagOf(stream.name, is));
      const conflict = consumerConflict(is.config, want);
      if (conflict !== null) report.conflicts.push(conflict);
      const growth = conflict === null ? consumerGrowth(is.config, want) : null;
      if (growth === null) continue;
      await broker.manager.consumers.update(broker.names.stream(stream.name), spec.name, growth);
      report.updated.push(spec.name);
    }
  }
  return { ...report, lag };
}

/** The figures of every consumer that exists, in one request per stream. */
export async function consumerLag(broker: Broker): Promise<ConsumerLag[]> {
  const lists = STREAMS.map(async (stream) =>
    [...(await consumersOf(broker, stream.name)).values()].map((info) => lagOf(stream.name, info)),
  );
  return (await Promise.all(lists)).flat();
}

async function ensureStream(
  broker: Broker,
  want: WantedStream,
  report: { created: string[]; updated: string[]; conflicts: string[] },
): Promise<void> {
  const is = await broker.manager.streams.info(want.name).catch((error: unknown) => {
    if (isStreamMissing(error)) return null;
    throw error;
  });
  if (is === null) {
    await broker.manager.streams.add(want);
    report.created.push(want.name);
    return;
  }
  const conflict = streamConflict(is.config, want);
  if (conflict !== null) report.conflicts.push(conflict);
  const growth = conflict === null ? streamGrowth(is.config, want) : null;
  if (growth === null) return;
  await broker.manager.streams.update(want.name, growth);
  report.updated.push(want.name);
}

async function consumersOf(broker: Broker, stream: string): Promise<Map<string, ConsumerInfo>> {
  const found = new Map<string, ConsumerInfo>();
  try {
    for await (const info of broker.manager.consumers.list(broker.names.stream(stream))) found.set(info.name, info);
  } catch (error) {
    if (!isStreamMissing(error)) throw error;
  }
  return found;
}

const isStreamMissing = (error: unknown): boolean =>
  error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;

const lagOf = (stream: string, info: ConsumerInfo): ConsumerLag => ({
  consumer: info.name,
  stream,
  pending: info.num_pending,
  ackPending: info.num_ack_pending,
  redelivered: info.num_redelivered,
});
