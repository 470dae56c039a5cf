import { setTimeout as sleep } from 'node:timers/promises';
import { JetStreamApiError, type ConsumerInfo } from '@nats-io/jetstream';
import { CONSUMERS, STREAMS, type ConsumerSpec } from '@trunkline/contracts';
import type { Broker } from './broker.js';
import { removeRetired } from './retired-consumers.js';
import { removeStranded } from './stranded-consumers.js';
import { isStreamMissing, streamInfo } from './stream-info.js';
import {
  closedAtFirst,
  consumerConflict,
  consumerGrowth,
  streamConflict,
  streamGrowth,
  wantedConsumer,
  wantedStreams,
  type TopologySettings,
  type WantedStream,
} from './topology-config.js';

/** nats-server 2.9 removes the folder of all streams with the last one, and then may fail to store one that is made in that moment. */
const CREATE_TRIES = 4;
const CREATE_REST_MS = 150;
/** As in HTTP. */
const SERVERS_OWN_FAULT = 500;

/** What one pass over streams and consumers found and did. Names are those of contracts' tables. */
export interface TopologyReport {
  readonly created: readonly string[];
  readonly updated: readonly string[];
  /** Sentences about what only an operator can mend. */
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
  const report: Findings = { created: [], updated: [], conflicts: [], lag: [] };
  const streams = wantedStreams(broker.names, settings);
  for (const want of streams) await createStream(broker, want, report);
  for (const { name } of STREAMS) {
    const existing = await consumersOf(broker, name);
    await removeStranded(broker, broker.names.stream(name), existing);
    await removeRetired(broker, name, existing);
    for (const spec of CONSUMERS.filter((consumer) => consumer.stream === name)) {
      await ensureConsumer(broker, settings, spec, existing.get(spec.name), report);
    }
  }
  for (const want of streams) await growStream(broker, want, report);
  return report;
}

/** The figures of every consumer that exists, in one request per stream. */
export async function consumerLag(broker: Broker): Promise<ConsumerLag[]> {
  const lists = STREAMS.map(async (stream) =>
    [...(await consumersOf(broker, stream.name)).values()].map((info) => lagOf(stream.name, info)),
  );
  return (await Promise.all(lists)).flat();
}

interface Findings {
  readonly created: string[];
  readonly updated: string[];
  readonly conflicts: string[];
  readonly lag: ConsumerLag[];
}

async function createStream(broker: Broker, want: WantedStream, report: Findings): Promise<void> {
  for (let tries = 1; (await streamInfo(broker.manager, want.name)) === null; tries += 1) {
    try {
      await broker.manager.streams.add(closedAtFirst(want));
      report.created.push(want.name);
      return;
    } catch (error) {
      // Another process made it in the meantime, and has opened it by now; or it cannot be, which growing tells.
      if (!(error instanceof JetStreamApiError)) throw error;
      if ((await streamInfo(broker.manager, want.name)) !== null) return;
      if (error.status < SERVERS_OWN_FAULT || tries === CREATE_TRIES) throw error;
      await sleep(CREATE_REST_MS);
    }
  }
}

async function growStream(broker: Broker, want: WantedStream, report: Findings): Promise<void> {
  const is = await streamInfo(broker.manager, want.name);
  if (is === null) return; // Deleted within this pass; the next one sees it.
  const conflict = streamConflict(is.config, want);
  if (conflict !== null) report.conflicts.push(conflict);
  const growth = conflict === null ? streamGrowth(is.config, want) : null;
  if (growth === null) return;
  const sentAtMs = performance.now();
  try {
    await broker.manager.streams.update(want.name, growth);
  } catch (error) {
    noteRuin(broker, want.name, error, sentAtMs);
    throw error;
  }
  if (!report.created.includes(want.name)) report.updated.push(want.name);
}

async function ensureConsumer(
  broker: Broker,
  settings: TopologySettings,
  spec: ConsumerSpec,
  is: ConsumerInfo | undefined,
  report: Findings,
): Promise<void> {
  const stream = broker.names.stream(spec.stream);
  const want = wantedConsumer(broker.names, settings, spec);
  const sentAtMs = performance.now();
  try {
    if (is === undefined) {
      await broker.manager.consumers.add(stream, want);
      report.created.push(spec.name);
      return;
    }
    report.lag.push(lagOf(spec.stream, is));
    const conflict = consumerConflict(is.config, want);
    if (conflict !== null) report.conflicts.push(conflict);
    const growth = conflict === null ? consumerGrowth(is.config, want) : null;
    if (growth === null) return;
    await broker.manager.consumers.update(stream, spec.name, growth);
    report.updated.push(spec.name);
  } catch (error) {
    // One that the broker refuses must not keep the others from standing.
    if (!(error instanceof JetStreamApiError)) throw error;
    noteRuin(broker, stream, error, sentAtMs);
    report.conflicts.push(`consumer ${spec.name}: ${error.message}`);
  }
}

function noteRuin(broker: Broker, stream: string, error: unknown, sentAtMs: number): void {
  if (error instanceof JetStreamApiError) broker.ruined.note(stream, error.message, sentAtMs);
}

/**
 * Takes away the streams that are there and store nothing.
 * @returns them, to be made anew at once, and those that went otherwise; as the broker names them
 */
export async function removeRuined(broker: Broker, settings: TopologySettings, wait: (ms: number) => Promise<void>): Promise<{ removed: string[]; missing: string[] }> {
  const removed: string[] = [];
  const missing: string[] = [];
  for (const { name } of wantedStreams(broker.names, settings)) {
    const fate = await broker.ruined.remove(broker.manager, name, wait);
    if (fate !== 'stands') (fate === 'removed' ? removed : missing).push(name);
  }
  return { removed, missing };
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

const lagOf = (stream: string, info: ConsumerInfo): ConsumerLag => ({
  consumer: info.name,
  stream,
  pending: info.num_pending,
  ackPending: info.num_ack_pending,
  redelivered: info.num_redelivered,
});
