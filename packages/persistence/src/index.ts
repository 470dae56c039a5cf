export { afterCommit, Database, type DatabaseOptions, type PoolStats, type Queryable } from './database.js';
export { isOfData, sqlState } from './database-errors.js';
export { inShare, type CrowdedWork, type PoolShares } from './pool-shares.js';
export { migrate, migrationsAreCurrent, PARTITION_DAYS_AHEAD } from './migrate.js';
export { DAILY_TABLES, dropOldPartitions, ensurePartitions, KEEP_DAYS, type DailyTable } from './partitions.js';
export { GroupCommit, type GroupCommitSettings } from './ledger/group-commit.js';
export { InboundStore } from './ledger/inbound.js';
export type { DeadInbound, InboundRow, NewInbound } from './ledger/inbound-rows.js';
export { newEventId } from './ledger/event-id.js';
export { appendEvents, EventStore, RELAY_CONSUMER, type NewEvent, type OutboxEvent } from './ledger/events.js';
export { EventRelay, type EventRelaySettings, type RelayParking, type RelayPublisher } from './ledger/event-relay.js';
export { DoneMarks } from './ledger/done-marks.js';
export { alreadyDone, doneBefore, markDone, markDoneSoon, markFirst, type DoneMark } from './ledger/done.js';
export { DeadLetterStore, type DeadLetterRow, type ParkedLetter } from './ledger/dead-letters.js';
export {
  DeliveryStore,
  type ChunkFailure,
  type ChunkProgress,
  type DeadDelivery,
  type DeliveryChunk,
  type DeliveryRetry,
  type RetryOutcome,
} from './ledger/deliveries.js';
export { DeliveryPlans, type PlannedDelivery } from './ledger/delivery-plans.js';
export { HostStore } from './ledger/hosts.js';
export { RelayStore } from './ledger/relays.js';
export { PersonalReadingStore, type PersonalAnswer, type PersonalReading, type PersonalReadingAsked } from './ledger/personal-readings.js';
export { ReadingStore, type Reading, type ReadingAsked } from './ledger/readings.js';
export { RemoteKeyStore, type RemoteKey } from './ledger/remote-keys.js';
export { SignatureSchemeStore } from './ledger/signature-schemes.js';
export { AccountKeyStore, InstanceKeyStore, ProofKeyStore, type Sealer, type SigningKeyPair } from './ledger/key-store.js';
export { DatabaseClock } from './ledger/database-clock.js';
export { DatabaseIds } from './ledger/database-ids.js';
export { acquireLease, LeaderLoop, releaseLease, type LeaderLoopSettings, type LeaderTask } from './ledger/leases.js';
export { leaseWorker, WorkerLease, type WorkerLeaseSettings } from './ledger/worker-lease.js';
export { brokenInvariants } from './ledger/invariants.js';
export { queueStatus, type QueueStatus } from './ledger/queue-status.js';
export { expireIdentity, expireKeys, expireReadings, expireReceipts, expireSocial, ringOverdueInbound, sweepEvents } from './ledger/sweeps.js';
export { applyRoles, type RoleSettings } from './roles.js';
export { ROLE_APPS, ROLE_GRANTS, type Grant, type RoleApp } from './role-grants.js';
export { boundDomains } from './social/domain-shares.js';
export { followsToDomains } from './social/domain-standing.js';
export { FederationReads } from './social/federation-reads.js';
export { PlanningReads, type BlockPair } from './social/planning-reads.js';
export { QuoteLooks } from './social/quote-looks.js';
export { SqlListStore } from './social/list-store.js';
export { SqlSocialStore } from './social/social-store.js';
export type { SocialStoreDeps } from './social/social-transaction.js';
export * from './identity/index.js';
export * from './redis/index.js';
export * from './moderation/index.js';
export * from './timeline/index.js';
export { searchTags } from './social/search-tags.js';
