import type { FederationHttp } from '@trunkline/federation-client';
import type { Broker, EventPublisher, LiveBus } from '@trunkline/messaging';
import type {
  AccessTokens,
  AccountKeyStore,
  Applications,
  Database,
  DatabaseClock,
  DeadLetterStore,
  DeliveryStore,
  EventStore,
  HostStore,
  InboundStore,
  InstanceKeyStore,
  PersonalReadingStore,
  ProofKeyStore,
  ReadingStore,
  RedisCache,
  RedisRateCounter,
  RemoteKeyStore,
  SqlListStore,
  SqlMarkerStore,
  SqlModerationStore,
  SqlNotificationStore,
  SqlReportStore,
  SqlSocialStore,
  Users,
  WebSessions,
} from '@trunkline/persistence';
import type { Changes, FragmentReader, HomeFeeds, HomePages, IdSource, LivePort, PulledAuthors, RemoteCollections, RemoteDocuments, SocialSettings } from '@trunkline/social';
import type { KnownClients } from '../client-api/known-clients.js';
import type { KeyRing } from '../key-ring.js';
import type { PlatformParts } from '../platform.module.js';
import type { Settings } from '../settings/settings.js';
import type { Failpoints } from './failpoints.js';
import type { PolicyWatch } from './policy-watch.js';

/** Injects the `Backbone` of this process. */
export const BACKBONE = Symbol('BACKBONE');

/**
 * Everything a service stands on: pools, broker, stores and rules, made once per process. Satisfies the ports of
 * `packages/social` as it is (`SocialPorts`), so that a use case can be called with it.
 */
export interface Backbone {
  readonly parts: PlatformParts;
  /** Settings that use cases need; the whole of them is `parts.settings`. */
  readonly settings: Settings & SocialSettings;
  /** null outside of tests that kill. */
  readonly failpoints: Failpoints | null;
  readonly keyRing: KeyRing;
  readonly clock: DatabaseClock;
  readonly ids: IdSource;
  readonly policy: PolicyWatch;

  readonly db: Database;
  readonly store: SqlSocialStore;
  readonly notifications: SqlNotificationStore;
  readonly markers: SqlMarkerStore;
  readonly lists: SqlListStore;
  readonly moderation: SqlModerationStore;
  readonly reports: SqlReportStore;
  readonly users: Users;
  readonly applications: Applications;
  readonly tokens: AccessTokens;
  readonly webSessions: WebSessions;

  readonly inbound: InboundStore;
  readonly deliveries: DeliveryStore;
  readonly hosts: HostStore;
  /** What is to be read from other servers in the background. */
  readonly readings: ReadingStore;
  /** What other servers show to people here and not to this server. */
  readonly personalReadings: PersonalReadingStore;
  readonly remoteKeys: RemoteKeyStore;
  /** Only the outbox's database role may read these. */
  readonly accountKeys: AccountKeyStore;
  readonly proofKeys: ProofKeyStore;
  readonly instanceKey: InstanceKeyStore;
  readonly events: EventStore;
  readonly deadLetters: DeadLetterStore;
  /** Both lanes' relays: something was committed, or announced again. */
  readonly relay: { wake(): void };

  readonly feeds: HomeFeeds;
  readonly pulled: PulledAuthors;
  readonly cache: RedisCache;
  readonly rates: RedisRateCounter;
  readonly changes: Changes;
  /** Statuses as pages show them, from this process's memory where that is fresh. */
  readonly fragments: FragmentReader;
  readonly homePages: HomePages;
  readonly clients: KnownClients;

  readonly broker: Broker;
  readonly publisher: EventPublisher;
  readonly bus: LiveBus;
  readonly live: LivePort;

  readonly federation: FederationHttp;
  readonly remote: RemoteDocuments & RemoteCollections;
}
