import type { JsonObject } from '@trunkline/activitypub';
import type { Account } from '@trunkline/domain';
import { AppError, isSnowflake, notFound, type AccountId, type Clock, type Snowflake } from '@trunkline/kernel';
import { isDomainSuspended, type PolicyPort, type SocialReads, type SocialSettings } from '@trunkline/social';
import type { PublicKeys } from '../describe/describe-actor.js';
import type { Reader } from './reader.js';

/** An ActivityPub document, and the page that a browser gets instead. */
export interface Document {
  readonly json: JsonObject;
  readonly pageUrl: string;
  /** Not for everybody: no cache may keep it for others. */
  readonly isPrivate?: boolean;
  /** A Tombstone, served with 410. */
  readonly isGone?: boolean;
}

export interface DocumentPorts {
  readonly store: SocialReads;
  readonly settings: SocialSettings;
  readonly policy: PolicyPort;
  readonly clock: Clock;
  readonly reads: {
    followById(id: Snowflake): Promise<{ accountId: AccountId; targetId: AccountId; stands: boolean } | null>;
    favouriteById(id: Snowflake): Promise<{ accountId: AccountId; statusId: Snowflake; uri: string | null } | null>;
    followerAtHost(accountId: AccountId, host: string): Promise<AccountId | null>;
    followersAtHosts(accountId: AccountId, hosts: readonly string[], limit: number): Promise<ReadonlyMap<string, readonly string[]>>;
  };
  publicKeys(accountId: AccountId): Promise<PublicKeys>;
}

/** Makes the document for whoever asks. @throws AppError 404 or 410 */
export type DocumentSource = (ports: DocumentPorts, reader: Reader) => Promise<Document>;

/** @throws AppError 404 for text that is no id */
export function idOf(text: string): Snowflake {
  if (!isSnowflake(text)) throw notFound();
  return text;
}

export const gone = (): AppError => new AppError(410, 'gone', 'Gone');

/** A local account as it stands, suspended and deleted ones too. @throws AppError 404 */
export async function anyAccount(ports: DocumentPorts, id: string): Promise<Account> {
  const [account] = await ports.store.accountsByIds([idOf(id)]);
  if (account === undefined || account.domain !== null) throw notFound();
  return account;
}

/**
 * A local account whose documents may be read.
 * @throws AppError 404; 410 when it is gone for good; 403 while it is suspended: peers delete what is 410, and a
 *   suspension may end
 */
export async function localAccount(ports: DocumentPorts, id: string): Promise<Account> {
  const account = await anyAccount(ports, id);
  if (account.deletedAt !== null) throw gone();
  if (account.suspendedAt !== null) throw new AppError(403, 'suspended', 'This account is suspended');
  return account;
}

/** Nobody is pointed to servers that are suspended here. */
export const isReachable = (ports: DocumentPorts, account: Account): boolean =>
  account.suspendedAt === null && account.deletedAt === null && !isDomainSuspended(ports.policy.current(), account);
