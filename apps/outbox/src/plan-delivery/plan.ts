import { createHash } from 'node:crypto';
import type { JsonObject } from '@trunkline/activitypub';
import type { EventContract, EventOf } from '@trunkline/contracts';
import type { Account, Ties } from '@trunkline/domain';
import { snowflake, type AccountId, type Snowflake, type StatusId } from '@trunkline/kernel';
import type { FollowerInbox, PolicyPort, Relay, RelayReads, ReportStore, SocialReads, SocialSettings } from '@trunkline/social';
import type { PublicKeys } from '../describe/describe-actor.js';

/** Whose inboxes get an activity. Local people among them are dropped. */
export interface Reach {
  /** Accounts whose accepted followers all get it. */
  readonly followersOf: readonly AccountId[];
  readonly accountIds: readonly AccountId[];
  /** Also everybody who answered, boosted or favourited this status. */
  readonly interactedWith: StatusId | null;
  /** Every server known here. */
  readonly everybody: boolean;
  /** Inboxes named one by one. */
  readonly inboxes: readonly string[];
  /** Also the relays that forward what they get. */
  readonly relays: boolean;
  /** Whose blocks, either way, take people out of `accountIds` and `interactedWith`; null: they have to hear of it all the same. */
  readonly hiddenByBlocksOf: AccountId | null;
  /** Not sent to this host: it has it. */
  readonly exceptHost?: string;
  /** Meant for anyone to see: a shared inbox is used for a single recipient too. */
  readonly isOpen: boolean;
}

/** Stands for the server itself where a sender is named: no account has this id. */
export const INSTANCE_SENDER: AccountId = snowflake('0');

/** One activity, and whom it goes to. */
export interface Plan {
  readonly senderId: AccountId;
  readonly activity: JsonObject & { readonly id: string };
  readonly reach: Reach;
  /** What is sent, when it is somebody else's activity passed on as it came. Absent: `activity` as JSON. */
  readonly body?: string;
  /** What it is about, when that is something else than its event is about. Absent: the event's key. */
  readonly orderKey?: string;
  /** Servers are told which of their people follow the sender (FEP-8fcf). */
  readonly syncFollowers?: boolean;
}

/** An inbox, and its host when that was looked up already; null: nothing goes there. */
export type ReachedInbox = FollowerInbox & { readonly host?: string | null };

/** As `SocialReads`; what is asked for single things is put together with what others ask. */
export type PlanReads = Pick<
  SocialReads,
  | 'accountsByIds'
  | 'accountsByUris'
  | 'statusesByIds'
  | 'askedInteractions'
  | 'threadRoots'
  | 'threadGroups'
  | 'ancestorIds'
  | 'descendantIds'
  | 'boostedByIds'
  | 'follow'
  | 'followRequest'
  | 'pinId'
  | 'voteById'
  | 'quoteRequest'
> & {
  followerInboxes(accountId: AccountId, afterInbox: string, limit: number): Promise<readonly ReachedInbox[]>;
  interactedAccountIds(statusId: StatusId, limit: number): Promise<readonly AccountId[]>;
};

/** What planning reads, all inside the transaction that writes the deliveries down, for all events of a batch side by side. */
export interface PlanPorts {
  readonly store: PlanReads;
  readonly settings: SocialSettings;
  readonly policy: PolicyPort;
  favouriteById(id: Snowflake): Promise<{ readonly accountId: AccountId } | null>;
  isFavourited(accountId: AccountId, statusId: StatusId): Promise<boolean>;
  /** Those of the others with whom there is a block in one direction or the other, and whether it is the account's. */
  blocksAround(accountId: AccountId, otherIds: readonly AccountId[]): Promise<ReadonlyMap<AccountId, Pick<Ties, 'blocks'>>>;
  /** An activity as it came; null: it is too long ago. */
  receivedActivity(inboundId: Snowflake): Promise<{ readonly activityId: string | null; readonly signerHost: string; readonly body: string } | null>;
  /** Whom the account spoke to or followed lately. */
  acquaintances(accountId: AccountId): Promise<AccountId[]>;
  knownInboxes(afterInbox: string, limit: number): Promise<{ inbox: string; domain: string }[]>;
  /**
   * Those of the hosts that count as dead: nothing is planned for them until they are back, but what is `lasting`, for those
   * that have not been dead for long.
   */
  deadHosts(hosts: readonly string[], lasting: boolean): Promise<ReadonlySet<string>>;
  publicKeys(accountId: AccountId): Promise<PublicKeys>;
  readonly relays: Pick<RelayReads, 'byId'> & { enabled(): Promise<readonly Relay[]> };
  readonly reports: Pick<ReportStore, 'byIds'>;
}

/** An event of the contract; every one has an id. */
export type Told<C extends EventContract> = EventOf<C> & { readonly eventId: string };

/** An order key by a peer's address: beside an inbox it must not be longer than an index entry takes. */
export const keyOfAddress = (kind: string, uri: string): string => `${kind}:${createHash('sha256').update(uri).digest('base64url')}`;

/** How one kind of event becomes deliveries. */
export interface PlanRule<C extends EventContract> {
  readonly contract: C;
  /** False for what can be told from the event alone to be no business of ours. */
  concernsUs?(event: Told<C>): boolean;
  /** Deliveries of one key reach each inbox in order, and are planned one after the other. */
  orderKey(event: Told<C>): string;
  /**
   * A status of this server whose publication has to be told before this. The events of both wait in line apart: where this one is
   * first, the publication is planned with it. null: there is none.
   */
  after?(event: Told<C>): StatusId | null;
  /** A status of this server that this tells to all, since its author was given leave. */
  opens?(event: Told<C>): StatusId;
  /** null: nobody elsewhere has to know, or a later event tells them. */
  plan(ports: PlanPorts, event: Told<C>): Promise<Plan | readonly Plan[] | null>;
}

const NOBODY: Reach = { followersOf: [], accountIds: [], interactedWith: null, everybody: false, inboxes: [], relays: false, hiddenByBlocksOf: null, isOpen: false };

/** What a host that comes back must not have missed: what ends something, and ties between people. */
const LASTING: readonly unknown[] = ['Delete', 'Undo', 'Follow', 'Accept', 'Reject', 'Block', 'Move'];
export const isLasting = ({ activity }: Plan): boolean => LASTING.includes(activity['type']);

/** To one person's own inbox. */
export const toAccount = (accountId: AccountId): Reach => ({ ...NOBODY, accountIds: [accountId] });
export const toFollowers = (accountId: AccountId): Reach => ({ ...NOBODY, followersOf: [accountId], isOpen: true });
/** To one address, whoever is behind it. */
export const toInboxes = (inboxes: readonly string[]): Reach => ({ ...NOBODY, inboxes });
export const TO_EVERYBODY: Reach = { ...NOBODY, everybody: true, relays: true, isOpen: true };

/** Renderers always give an id: Misskey drops activities without one. @throws TypeError for a bug in one */
export function planOf(senderId: AccountId, activity: JsonObject, reach: Reach): Plan {
  const { id } = activity;
  if (typeof id !== 'string') throw new TypeError('an activity without an id');
  return { senderId, activity: { ...activity, id }, reach };
}

/** Two accounts of which the first lives here and the second elsewhere; null: nothing to deliver between them. */
export async function outboundPair(
  store: Pick<SocialReads, 'accountsByIds'>,
  fromId: AccountId,
  toId: AccountId,
): Promise<{ readonly from: Account; readonly to: Account } | null> {
  const accounts = await store.accountsByIds([fromId, toId]);
  const from = accounts.find((account) => account.id === fromId);
  const to = accounts.find((account) => account.id === toId);
  return from?.domain === null && to !== undefined && to.domain !== null ? { from, to } : null;
}
