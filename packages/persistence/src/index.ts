export { afterCommit, Database, type DatabaseOptions, type PoolStats, type Queryable } from './database.js';
export { sqlState } from './database-errors.js';
export { migrate, migrationsAreCurrent, PARTITION_DAYS_AHEAD } from './migrate.js';
export { DAILY_TABLES, dropOldPartitions, ensurePartitions, KEEP_DAYS, type DailyTable } from './partitions.js';
