import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What a connection pool tells when it is asked. */
export interface PoolCounts {
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
}

const FAST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const SLOW_SECONDS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const RECIPIENTS = [1, 10, 50, 100, 500, 1_000, 5_000, 10_000, 50_000, 100_000];
const NS_PER_SECOND = 1e9;

/**
 * The metrics of one service: names and labels are a contract with dashboards and alerts. Labels have few values:
 * never a host, a user, an id or a path with ids. Every service has a registry of its own.
 */
export class Metrics {
  readonly registry = new Registry();
  private readonly eventLoop = monitorEventLoopDelay({ resolution: 20 });

  readonly httpDuration = this.histogram('http_server_request_duration_seconds', 'Requests answered.', FAST_SECONDS, ['route', 'method', 'status']);
  readonly inboxRequests = this.counter('inbox_requests_total', 'Inbox POSTs by result.', ['result']);
  readonly inboxAcceptSeconds = this.histogram('inbox_accept_seconds', 'From the request to the answer of an accepted inbox POST.', FAST_SECONDS, []);
  readonly activityApplySeconds = this.histogram('activity_apply_seconds', 'Turning one stored activity into state.', SLOW_SECONDS, ['type']);
  readonly activityOldestUnapplied = this.gauge('activity_oldest_unapplied_seconds', 'Age of the oldest stored, unapplied activity.', []);
  readonly activityBacklog = this.gauge('activity_backlog_rows', 'Stored activities that are due and unapplied, counted up to the bound.', []);
  readonly backgroundWork = this.gauge('background_work', 'Fetches that nobody waits for, waiting or under way.', []);
  readonly activitiesDead = this.gauge('activities_dead', 'Activities given up, waiting for the operator.', []);
  readonly invariantsBroken = this.gauge('invariants_broken', 'Newest rows that do not hold together; more than 0 is a bug.', ['invariant']);
  readonly outboxUnpublishedRows = this.gauge('outbox_unpublished_rows', 'Events committed but not yet published.', []);
  readonly outboxOldestUnpublished = this.gauge('outbox_oldest_unpublished_seconds', 'Age of the oldest unpublished event.', []);
  readonly eventsOldestUnsettled = this.gauge('events_oldest_unsettled_seconds', 'Age of the oldest event that is not known to be done by everybody; below a minute all is well.', []);
  readonly deliveryAttempts = this.counter('delivery_attempts_total', 'Deliveries to remote inboxes by outcome.', ['outcome']);
  readonly deliveryOldestPending = this.gauge('delivery_oldest_pending_seconds', 'How long the oldest due delivery has been due.', []);
  readonly deliveryBreakerOpen = this.gauge('delivery_breaker_open', 'Remote hosts that are not tried for now.', []);
  readonly signatureVerifyFailures = this.counter('signature_verify_failures_total', 'Refused signatures by reason.', ['reason']);
  readonly keyFetches = this.counter('key_fetch_total', 'Fetches of remote keys by result.', ['result']);
  readonly fanoutRecipients = this.histogram('fanout_recipients', 'Feeds that one status was pushed into.', RECIPIENTS, []);
  readonly fanoutSeconds = this.histogram('fanout_seconds', 'Pushing one status into its feeds.', SLOW_SECONDS, []);
  readonly timelineRebuilds = this.counter('timeline_rebuilds_total', 'Feeds rebuilt from Postgres.', []);
  readonly streamingConnectedClients = this.gauge('streaming_connected_clients', 'Open client sockets.', ['type']);
  readonly streamingMessagesSent = this.counter('streaming_messages_sent_total', 'Messages written to client sockets.', []);
  readonly streamingClientsDropped = this.counter('streaming_clients_dropped_total', 'Client sockets closed by us, by reason.', ['reason']);
  readonly streamingMessagesDropped = this.counter('streaming_messages_dropped_total', 'Live messages given up because too many waited.', []);
  readonly jetstreamPending = this.gauge('jetstream_consumer_num_pending', 'Messages not yet delivered.', ['consumer']);
  readonly jetstreamAckPending = this.gauge('jetstream_consumer_num_ack_pending', 'Messages delivered but not acknowledged.', ['consumer']);
  readonly jetstreamRedelivered = this.gauge('jetstream_consumer_num_redelivered', 'Messages delivered again and not yet acknowledged.', ['consumer']);
  readonly pgPoolTotal = this.gauge('pg_pool_total', 'Open Postgres connections.', ['pool']);
  readonly pgPoolIdle = this.gauge('pg_pool_idle', 'Idle Postgres connections.', ['pool']);
  readonly pgPoolWaiting = this.gauge('pg_pool_waiting', 'Queries waiting for a connection.', ['pool']);
  readonly redisUp = this.gauge('redis_up', '1 when Redis answers.', []);
  readonly moderationActions = this.counter('moderation_actions_total', 'Decisions taken by moderators.', ['action']);

  constructor(build: { readonly service: string; readonly version: string }) {
    this.gauge('build_info', 'Always 1: what runs here.', ['service', 'version', 'node']).set({ ...build, node: process.version }, 1);
    this.eventLoop.enable();
    this.processGauges();
  }

  /** Reads a pool's counts whenever the metrics are read. `pool` is primary, replica or direct. */
  watchPool(pool: string, counts: () => PoolCounts): void {
    this.onCollect(() => {
      const { total, idle, waiting } = counts();
      this.pgPoolTotal.set({ pool }, total);
      this.pgPoolIdle.set({ pool }, idle);
      this.pgPoolWaiting.set({ pool }, waiting);
    });
  }

  /** Runs before each reading, for gauges whose value lives elsewhere. A reader that fails leaves the old value. */
  onCollect(read: () => void | Promise<void>): void {
    this.readers.push(read);
  }

  /** The text that Prometheus reads. */
  async text(): Promise<string> {
    await Promise.allSettled(this.readers.map(async (read) => read()));
    return this.registry.metrics();
  }

  /** Ends the measuring of the event loop. */
  close(): void {
    this.eventLoop.disable();
  }

  private readonly readers: (() => void | Promise<void>)[] = [];

  private processGauges(): void {
    const lag = this.gauge('nodejs_eventloop_lag_p99_seconds', 'Event loop delay since the last reading, 99th percentile.', []);
    const rss = this.gauge('process_resident_memory_bytes', 'Memory held by the process.', []);
    const heap = this.gauge('nodejs_heap_used_bytes', 'Live JavaScript objects.', []);
    const cpu = this.gauge('process_cpu_seconds_total', 'Processor time used.', []);
    this.onCollect(() => {
      lag.set(this.eventLoop.count === 0 ? 0 : this.eventLoop.percentile(99) / NS_PER_SECOND);
      this.eventLoop.reset();
      const memory = process.memoryUsage();
      rss.set(memory.rss);
      heap.set(memory.heapUsed);
      const { user, system } = process.cpuUsage();
      cpu.set((user + system) / 1e6);
    });
  }

  private counter<L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }

  private gauge<L extends string>(name: string, help: string, labelNames: readonly L[]): Gauge<L> {
    const gauge = new Gauge({ name, help, labelNames: [...labelNames], registers: [this.registry] });
    // Without labels it would begin as 0, and a service that never measures it would raise false alarms.
    if (labelNames.length === 0) gauge.remove();
    return gauge;
  }

  private histogram<L extends string>(name: string, help: string, buckets: number[], labelNames: readonly L[]): Histogram<L> {
    return new Histogram({ name, help, buckets, labelNames: [...labelNames], registers: [this.registry] });
  }
}
