export { afterCommit, Database, type DatabaseOptions, type PoolStats, type Queryable } from './database.js';
export { sqlState } from './database-errors.js';
export { migrate, migrationsAreCurrent, PARTITION_DAYS_AHEAD } from './migrate.js';
export { DAILY_TABLES, dropOldPartitions, ensurePartitions, KEEP_DAYS, type DailyTable } from './partitions.js';
export { GroupCommit, type GroupCommitSettings } from './ledger/group-commit.js';
export { InboundStore, type DeadInbound, type InboundRow, type NewInbound } from './ledger/inbound.js';
export { newEventId } from './ledger/event-id.js';
export { appendEvents, EventStore, RELAY_CONSUMER, type NewEvent, type OutboxEvent } from './ledger/events.js';
export { EventRelay, type EventRelaySettings, type RelayParking, type RelayPublisher } from './ledger/event-relay.js';
export { alreadyDone, markDone, markFirst } from './ledger/done.js';
export { DeadLetterStore, type DeadLetterRow, type ParkedLetter } from './ledger/dead-letters.js';
export {
  DeliveryStore,
  type ChunkFailure,
  type DeadDelivery,
  type DeliveryChunk,
  type DeliveryRetry,
  type PlannedDelivery,
  type RetryOutcome,
} from './ledger/deliveries.js';
export { HostStore } from './ledger/hosts.js';
export { RemoteKeyStore, type RemoteKey } from './ledger/remote-keys.js';
export { AccountKeyStore, InstanceKeyStore, type Sealer, type SigningKeyPair } from './ledger/key-store.js';
