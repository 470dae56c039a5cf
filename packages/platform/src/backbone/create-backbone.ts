import { createPrivateKey } from 'node:crypto';
import { domainVerdict } from '@trunkline/domain';
import { FederationHttp, type FederationHttpSettings, type Signer } from '@trunkline/federation-client';
import { connectBroker, consumerLag, EventPublisher, LiveBus, type Broker, type MessagingHooks } from '@trunkline/messaging';
import {
  AccessTokens,
  AccountKeyStore,
  Applications,
  Database,
  DatabaseClock,
  DatabaseIds,
  DeadLetterStore,
  DeliveryStore,
  EventRelay,
  EventStore,
  HostStore,
  InboundStore,
  InstanceKeyStore,
  migrationsAreCurrent,
  PersonalReadingStore,
  ProofKeyStore,
  ReadingStore,
  Redis,
  RedisCache,
  RedisHomeFeeds,
  RedisRateCounter,
  RedisChangeLog,
  RemoteKeyStore,
  SignatureSchemeStore,
  SqlListStore,
  SqlMarkerStore,
  SqlModerationStore,
  SqlNotificationStore,
  SqlPulledAuthors,
  SqlReportStore,
  SqlSocialStore,
  Users,
  WebSessions,
  type PoolShares,
} from '@trunkline/persistence';
import { LIVE, type EventLane } from '@trunkline/contracts';
import { registrableDomain } from '@trunkline/social';
import { KeyRing } from '../key-ring.js';
import { VERSION, type PlatformParts } from '../platform.module.js';
import { currentTraceparent } from '../trace.js';
import type { Backbone } from './backbone.js';
import { Failpoints } from './failpoints.js';
import { NatsLive } from './live.js';
import { PolicyWatch } from './policy-watch.js';
import { readMemory } from './read-memory.js';
import { SignedDocuments } from './remote-documents.js';

/** Connections a process needs at least: two for work under way, one for what runs beside it. */
const POOL_MIN = 3;
const INSTANCE_KEY_PATH = '/actor#main-key';

/** For tests: how the rest of the world is reached. */
export type Outside = Pick<FederationHttpSettings, 'standIn' | 'resolver' | 'limits'>;

/** Connects everything and registers its health checks, gauges and its end. What fails here fails the start. */
export async function createBackbone(parts: PlatformParts, outside: Outside = {}): Promise<Backbone> {
  const { settings, logger, shutdown } = parts;
  const warn = (event: string) => (err: unknown) => logger.warn({ event, err }, event.replaceAll('_', ' '));
  const redis = await connectRedis(parts);
  const changeLog = new RedisChangeLog(redis);
  shutdown.register('end-pools', 'change-log', () => changeLog.close());
  const failpoints = settings.failpointsPath === null ? null : new Failpoints(settings.failpointsPath, parts.name);
  const db = await connectDatabase(parts, changeLog).then((own) => failpoints?.committing(own) ?? own);
  const clock = await DatabaseClock.start(db, warn('clock_not_measured'));
  shutdown.register('end-pools', 'clock', () => clock.stop());
  const ids = await DatabaseIds.start(db, clock, { onError: warn('worker_lease') });
  shutdown.register('drain-broker', 'worker-number', () => ids.stop());
  const broker = await connectNats(parts);
  const bus = new LiveBus(broker);
  const { publisher, deliveries, feeds } = withFailpoints(failpoints, {
    publisher: new EventPublisher(broker),
    deliveries: new DeliveryStore(db, ids, clock),
    feeds: new RedisHomeFeeds(redis, settings.userActiveDays, () => parts.metrics.timelineRebuilds.inc()),
  });
  const events = new EventStore(db, clock);
  const deadLetters = new DeadLetterStore(db, ids, clock);
  const relays = relaysOf((lane) => new EventRelay(db, events, publisher, deadLetters, { lane, onError: warn('relay_failed') }));
  const store = new SqlSocialStore(db, { ids, currentTrace: () => currentTraceparent() ?? null, onEventsCommitted: (lane, rows) => relays[lane].offer(rows) });
  const keyRing = new KeyRing(settings.secretKeys);
  const moderation = new SqlModerationStore(db, ids);
  const policy = await watchPolicy(parts, moderation, bus);
  const federation = federationClient(parts, policy, new SignatureSchemeStore(db, clock), outside);
  const instanceKey = new InstanceKeyStore(db, keyRing);
  watchLedger(parts, events, broker);
  startRelays(relays, shutdown);

  const users = new Users(db, store);
  const tokens = new AccessTokens(db);
  const pulled = new SqlPulledAuthors(db, settings.fanoutFollowersMax);
  return {
    parts, settings, failpoints, keyRing, clock, ids, policy, db, store, moderation, events, deadLetters, broker, publisher, bus,
    federation, instanceKey,
    notifications: new SqlNotificationStore(db),
    markers: new SqlMarkerStore(db), lists: new SqlListStore(db),
    reports: new SqlReportStore(db),
    users,
    applications: new Applications(db),
    tokens,
    webSessions: new WebSessions(db),
    relay: { wake: () => Object.values(relays).forEach((relay) => relay.wake()) },
    inbound: new InboundStore(db, clock),
    deliveries,
    hosts: new HostStore(db, clock),
    readings: new ReadingStore(db, clock), personalReadings: new PersonalReadingStore(db, clock),
    remoteKeys: new RemoteKeyStore(db, clock),
    accountKeys: new AccountKeyStore(db, keyRing),
    proofKeys: new ProofKeyStore(db, keyRing),
    feeds,
    pulled,
    cache: new RedisCache(redis),
    rates: new RedisRateCounter(redis, clock),
    ...readMemory({ log: changeLog, store, users, tokens, policy, settings, feeds, pulled }),
    live: new NatsLive(bus),
    remote: new SignedDocuments(federation, instanceSigner(instanceKey, settings.baseUrl)),
  };
}

function startRelays(relays: Readonly<Record<EventLane, EventRelay>>, shutdown: PlatformParts['shutdown']): void {
  for (const [lane, relay] of Object.entries(relays)) {
    relay.start();
    shutdown.register('drain-broker', `relay ${lane}`, () => relay.stop());
  }
}

/** What stands between two steps that must both happen; the same as before where no test asks for more. */
function withFailpoints<T extends Pick<Backbone, 'publisher' | 'deliveries' | 'feeds'>>(failpoints: Failpoints | null, ports: T): Pick<Backbone, 'publisher' | 'deliveries' | 'feeds'> {
  if (failpoints === null) return ports;
  return {
    publisher: failpoints.around(ports.publisher, { publish: { before: 'after_commit_before_publish', after: 'after_publish_before_mark' } }),
    deliveries: failpoints.around(ports.deliveries, { settleChunks: { before: 'after_http_200_before_mark' }, settleRetries: { before: 'after_http_200_before_mark' } }),
    feeds: failpoints.around(ports.feeds, { push: { after: 'between_fanout_chunks' } }),
  };
}

/** Services in which requests and crowded work meet. Elsewhere jobs leave one connection to what runs beside them. */
const MIXED: ReadonlySet<string> = new Set(['standalone', 'inbox']);
const SHARE_MIN = 2;

const sharesOf = (service: string, poolMax: number): PoolShares => ({
  jobs: Math.max(SHARE_MIN, MIXED.has(service) ? Math.floor(poolMax / 2) : poolMax - 1),
  inbox: Math.max(SHARE_MIN, Math.floor(poolMax / 4)),
});

const relaysOf = (make: (lane: EventLane) => EventRelay): Record<EventLane, EventRelay> => ({ local: make('local'), remote: make('remote') });

async function connectDatabase({ name, settings, logger, metrics, health, shutdown }: PlatformParts, changeLog: RedisChangeLog): Promise<Database> {
  const { url, directUrl, replicaUrl, connectionBudget, processes } = settings.database;
  const poolMax = Math.max(POOL_MIN, Math.floor(connectionBudget / processes));
  const db = await Database.connect({
    url,
    directUrl,
    ...(replicaUrl === null ? {} : { replicaUrl }),
    poolMax,
    shares: sharesOf(name, poolMax),
    applicationName: `trunkline-${name}`,
    onError: (err) => logger.warn({ event: 'database_connection', err }, 'an idle database connection broke'),
    onChanged: (names) => changeLog.tell(names),
  });
  health.register('readiness', 'postgres', () => db.ping());
  health.register('startup', 'migrations', async () => {
    if (!(await migrationsAreCurrent(db))) throw new Error('migrations are not current: run `npx trunkline db migrate`');
  });
  metrics.watchPool('primary', () => db.poolStats());
  shutdown.register('end-pools', 'postgres', () => db.close());
  return db;
}

async function connectRedis({ settings, logger, metrics, shutdown }: PlatformParts): Promise<Redis> {
  let up = true;
  const redis = await Redis.connect({
    url: settings.redis.url,
    prefix: settings.redis.prefix,
    onError: (err) => {
      // Retries repeat the same error several times a second.
      if (up) logger.warn({ event: 'redis_away', err }, 'redis is away: feeds are read from Postgres');
      up = false;
    },
  });
  metrics.onCollect(async () => {
    up = await redis.ping().then(() => true, () => false);
    metrics.redisUp.set(up ? 1 : 0);
  });
  shutdown.register('end-pools', 'redis', () => redis.close());
  return redis;
}

async function connectNats({ name, settings, logger, health, shutdown }: PlatformParts): Promise<Broker> {
  const hooks: MessagingHooks = { log: (level, message, fields) => logger[level]({ event: 'broker', ...fields }, message) };
  const broker = await connectBroker({ url: settings.nats.url, prefix: settings.nats.prefix, name: `trunkline-${name}`, hooks });
  health.register('readiness', 'broker', async () => {
    const state = await broker.ready();
    if (!state.ok) throw new Error(state.reason);
  });
  shutdown.register('drain-broker', 'broker', () => drainLast(broker));
  return broker;
}

/** Ages come from Postgres, not from the broker: after its last delivery a message is in no lag of the broker's. */
function watchLedger({ metrics }: PlatformParts, events: EventStore, broker: Broker): void {
  metrics.onCollect(async () => {
    metrics.outboxUnpublishedRows.set(await events.unpublishedRows());
    metrics.outboxOldestUnpublished.set(await events.oldestUnpublishedSeconds());
    metrics.eventsOldestUnsettled.set(await events.oldestUnsettledSeconds());
  });
  metrics.onCollect(async () => {
    for (const { consumer, pending, ackPending, redelivered } of await consumerLag(broker)) {
      metrics.jetstreamPending.set({ consumer }, pending);
      metrics.jetstreamAckPending.set({ consumer }, ackPending);
      metrics.jetstreamRedelivered.set({ consumer }, redelivered);
    }
  });
}

/** The relay stops in the same phase and still publishes: the connection goes a moment later. */
const drainLast = async (broker: Broker): Promise<void> => {
  await new Promise((resolve) => setImmediate(resolve));
  await broker.drain();
};

async function watchPolicy({ settings, logger, shutdown }: PlatformParts, moderation: SqlModerationStore, bus: LiveBus): Promise<PolicyWatch> {
  const source = {
    version: () => moderation.version(),
    load: async () => ({ ...(await moderation.snapshot()), limitedFederation: settings.limitedFederation }),
  };
  const policy = await PolicyWatch.start(source, (err) =>
    logger.warn({ event: 'policy_not_refreshed', err }, 'the last rules stay in force'),
  );
  bus.subscribe(LIVE.rules, () => policy.refresh());
  shutdown.register('end-pools', 'policy', () => policy.stop());
  return policy;
}

function federationClient({ settings, logger, shutdown }: PlatformParts, policy: PolicyWatch, rows: SignatureSchemeStore, outside: Outside): FederationHttp {
  const federation = new FederationHttp({
    ...outside,
    httpHosts: settings.federationHttpHosts,
    allowedPrivateAddresses: settings.allowedPrivateAddresses,
    userAgent: `Trunkline/${VERSION} (+${settings.baseUrl}/)`,
    isHostBlocked: (host) => domainVerdict(policy.current(), host).suspended,
    domainOf: registrableDomain,
    schemes: { rows, onError: (err) => logger.warn({ event: 'schemes_not_shared', err }, 'what hosts take is known to this process alone for now') },
  });
  shutdown.register('end-pools', 'federation', () => federation.close());
  return federation;
}

/** The instance actor signs what the server itself asks for. Its key is parsed once. */
function instanceSigner(store: InstanceKeyStore, baseUrl: string): () => Promise<Signer> {
  let signer: Promise<Signer> | null = null;
  const load = async (): Promise<Signer> => {
    const pair = await store.getOrCreate();
    return { keyId: `${baseUrl}${INSTANCE_KEY_PATH}`, privateKey: createPrivateKey(pair.privateKeyPem) };
  };
  return () => {
    signer ??= load().catch((error: unknown) => {
      signer = null;
      throw error;
    });
    return signer;
  };
}
