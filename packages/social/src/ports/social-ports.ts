import type { LivePublicMessage, LiveUserMessage } from '@trunkline/contracts';
import type { PolicySnapshot } from '@trunkline/domain';
import type { AccountId, Clock, Result, Snowflake } from '@trunkline/kernel';
import type { SocialStore } from './social-store.js';

export interface IdSource {
  next(): Snowflake;
  /** For remote statuses: carries min(published, now). */
  at(unixMs: number): Snowflake;
}

/** Live traffic: at most once. */
export interface LivePort {
  toUsers(accountIds: readonly AccountId[], message: LiveUserMessage): void;
  /** The same for the home streams of many. */
  toHomes(accountIds: readonly AccountId[], message: LiveUserMessage): void;
  /** The same for those of everybody who follows the author, but these. */
  toFollowers(authorId: AccountId, except: readonly AccountId[], message: LiveUserMessage): void;
  toPublic(message: LivePublicMessage): void;
  killed(accountId: AccountId): void;
  rulesChanged(): void;
  deliveriesPlanned(): void;
}

/** The moderation rules of this process. Never asks anyone: always the newest snapshot it has. */
export interface PolicyPort {
  current(): PolicySnapshot;
}

/** Reading from other servers. All limits and address checks are the adapter's. */
export interface RemoteDocuments {
  /**
   * An ActivityPub object by id; verified that the id is the place it was found at. `page`: the address may be that of a page,
   * which names it. `fresh`: also when it was not to be had a moment ago. A failure may say the HTTP status.
   */
  fetchObject(uri: string, options?: { readonly page?: boolean; readonly fresh?: boolean }): Promise<Result<{ uri: string; json: unknown }, { code: string; status?: number }>>;
  /** Handle → actor id, WebFinger checked in both directions by `verifyHandle`. */
  webfinger(handle: { username: string; domain: string }): Promise<Result<{ subject: string; actorUri: string }, { code: string }>>;
}

/** Reading lists of other servers, page by page. */
export interface RemoteCollections {
  /** A collection or a page of one, as it is served on the host that was asked. Nothing in it is proven: its items are read at their own ids. */
  fetchCollection(url: string): Promise<Result<unknown, { code: string }>>;
}

export interface SocialSettings {
  /** `https://social.example` without a slash at the end. */
  readonly baseUrl: string;
  readonly localDomain: string;
  readonly webDomain: string;
  /** `host:port` of peers in development, whose handles may carry a port. */
  readonly federationHttpHosts: readonly string[];
}

/** What use cases are given. */
export interface SocialPorts {
  readonly store: SocialStore;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly policy: PolicyPort;
  readonly remote: RemoteDocuments;
  readonly settings: SocialSettings;
}
