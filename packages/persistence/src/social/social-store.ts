import type { SocialStore, SocialTransaction } from '@trunkline/social';
import type { Database, Queryable } from '../database.js';
import { SqlSocialReads } from './social-reads.js';
import { SqlSocialTransaction, type SocialStoreDeps } from './social-transaction.js';

/** Accounts, statuses and ties in Postgres. */
export class SqlSocialStore extends SqlSocialReads implements SocialStore {
  constructor(
    private readonly database: Database,
    private readonly deps: SocialStoreDeps,
  ) {
    super(database);
  }

  /** The same store for what other servers cause: its events do not hold up those of people here. */
  ofRemotes(): SqlSocialStore {
    return new SqlSocialStore(this.database, { ...this.deps, lane: 'remote' });
  }

  transaction<T>(work: (tx: SocialTransaction) => Promise<T>): Promise<T> {
    return this.database.transaction((tx) => work(this.within(tx)));
  }

  /** The same writes inside a transaction that somebody else runs: a ledger row and its effects commit together. */
  within(tx: Queryable): SqlSocialTransaction {
    return new SqlSocialTransaction(tx, this.deps);
  }
}
