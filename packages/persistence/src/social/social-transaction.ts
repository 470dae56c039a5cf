import type { EventContract, EventLane, NewEventOf } from '@trunkline/contracts';
import type { LeaveState, Poll, QuotePolicy, QuoteState } from '@trunkline/domain';
import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';
import type {
  AccountChange,
  AccountProfile,
  AskedRow,
  Ballot,
  FollowOptions,
  FollowPair,
  FollowTable,
  FollowTie,
  GivenEdit,
  IdSource,
  NewAsked,
  NewParent,
  NewerEmoji,
  NewReaction,
  NewQuote,
  NewStatus,
  QuoteChange,
  SocialTransaction,
  SocialWrites,
  StatusEdit,
  Tie,
} from '@trunkline/social';
import { afterCommit, type Queryable } from '../database.js';
import type { OutboxEvent } from '../ledger/events.js';
import * as accounts from './account-writes.js';
import { adoptOrphans } from './adopt-orphans.js';
import { appendAll } from './append-event.js';
import { lockStatusCounters } from './counters.js';
import { deleteAccounts, eraseSome } from './delete-account.js';
import { deleteStatuses } from './delete-statuses.js';
import { addMentions, editStatuses } from './edit-status.js';
import { claimIdempotencyKey } from './idempotency-keys.js';
import { insertStatuses } from './insert-statuses.js';
import { deleteReactions, insertReactions } from './emoji-reactions.js';
import { acceptFollowRequest } from './list-waiting.js';
import { claimMove } from './moves.js';
import * as pins from './pins.js';
import * as polls from './polls.js';
import { changeQuote, replaceQuote } from './quotes.js';
import { changeAsked, insertAsked, setRules } from './interactions.js';
import { noteEmojis } from './remote-emojis.js';
import * as reactions from './reactions.js';
import { reviveStatus } from './revive-status.js';
import { setQuotePolicies } from './quote-policy.js';
import { SqlSocialReads } from './social-reads.js';
import * as ties from './tie-writes.js';
import { addTombstones, liftTombstone, lockUris } from './tombstones.js';

export interface SocialStoreDeps {
  readonly ids: IdSource;
  /** The trace in which the event came about, as a traceparent; null outside of one. */
  readonly currentTrace: () => string | null;
  /** Called after a commit that holds events, with these: for the lane's relay. */
  readonly onEventsCommitted: (lane: EventLane, events: readonly OutboxEvent[]) => void;
  /** Of the events written here. Default: local. */
  readonly lane?: EventLane;
}

type Given<K extends Exclude<keyof SocialWrites, 'consents'>> = Parameters<SocialWrites[K]>[0];

/**
 * What use cases may do inside one transaction. Built over any `Queryable` transaction, so that effects commit
 * together with the ledger rows of whoever called (`SqlSocialStore.within`).
 */
export class SqlSocialTransaction extends SqlSocialReads implements SocialTransaction {
  private readonly appended: OutboxEvent[] = [];

  constructor(
    db: Queryable,
    private readonly deps: SocialStoreDeps,
  ) {
    super(db);
  }

  insertAccount(account: AccountProfile & { id: AccountId }) {
    return accounts.insertAccount(this.db, account);
  }
  upsertRemoteAccount(profile: AccountProfile, made: { readonly freshId: AccountId; readonly goesOn: boolean }) {
    return accounts.upsertRemoteAccount(this.db, profile, made);
  }
  refreshAccounts(profiles: readonly AccountProfile[]) {
    return accounts.refreshAccounts(this.db, profiles);
  }
  updateAccount(id: AccountId, change: AccountChange) {
    return accounts.updateAccount(this.db, id, change);
  }
  deleteAccount(id: AccountId) {
    return this.deleteAccounts([id]);
  }
  deleteAccounts(accountIds: readonly AccountId[]) {
    return deleteAccounts(this.db, accountIds);
  }
  eraseSome(accountIds: readonly AccountId[]) {
    return eraseSome(this.db, accountIds);
  }

  async insertStatus(status: NewStatus) {
    const [made] = await this.insertStatuses([status]);
    return made?.id ?? null;
  }
  insertStatuses(statuses: readonly NewStatus[]) {
    return insertStatuses(this.db, this.deps.ids, statuses);
  }
  async editStatus(statusId: StatusId, edit: StatusEdit) {
    return (await this.editStatuses([{ ...edit, statusId }])).has(statusId);
  }
  editStatuses(edits: readonly GivenEdit[]) {
    return editStatuses(this.db, this.deps.ids, edits);
  }
  addMentions(statusId: StatusId, mentions: NewStatus['mentions']) {
    return addMentions(this.db, statusId, mentions);
  }
  reviveStatus(statusId: StatusId, endedAt: Date, status: NewStatus) {
    return reviveStatus(this.db, statusId, endedAt, status);
  }
  async deleteStatus(statusId: StatusId) {
    const { deletedIds, boostIds } = await deleteStatuses(this.db, [statusId]);
    return { deleted: deletedIds.length === 1, boostIds };
  }
  async deleteStatuses(statusIds: readonly StatusId[]) {
    return new Set((await deleteStatuses(this.db, statusIds)).deletedIds);
  }
  adoptOrphans(parents: readonly NewParent[]) {
    return adoptOrphans(this.db, parents);
  }
  changeQuote(statusId: StatusId, change: QuoteChange, from: readonly QuoteState[]) {
    return changeQuote(this.db, statusId, change, from);
  }
  replaceQuote(statusId: StatusId, quote: NewQuote | null) {
    return replaceQuote(this.db, statusId, quote);
  }
  async setQuotePolicy(statusId: StatusId, policy: QuotePolicy | null) {
    return (await this.setQuotePolicies([{ statusId, policy }])).has(statusId);
  }
  setQuotePolicies(given: Given<'setQuotePolicies'>) {
    return setQuotePolicies(this.db, given);
  }
  setInteractionRules(given: Given<'setInteractionRules'>) {
    return setRules(this.db, given);
  }
  insertAsked(asked: NewAsked) {
    return insertAsked(this.db, asked);
  }
  changeAsked(interactionId: Snowflake, to: Pick<AskedRow, 'state' | 'stampUri'>, from: readonly LeaveState[]) {
    return changeAsked(this.db, interactionId, to, from);
  }
  insertFavourite(tie: Given<'insertFavourite'>) {
    return reactions.insertFavourite(this.db, tie);
  }
  insertFavourites(given: Given<'insertFavourites'>) {
    return reactions.insertFavourites(this.db, given);
  }
  async deleteFavourite(accountId: AccountId, statusId: StatusId) {
    return (await this.deleteFavourites([{ accountId, statusId }]))[0] ?? null;
  }
  deleteFavourites(pairs: Given<'deleteFavourites'>) {
    return reactions.deleteFavourites(this.db, pairs);
  }
  renameFavourites(favourites: Given<'renameFavourites'>) {
    return reactions.renameFavourites(this.db, favourites);
  }
  noteEmojis(emojis: readonly NewerEmoji[]) {
    return noteEmojis(this.db, emojis);
  }
  insertReactions(given: readonly NewReaction[]) {
    return insertReactions(this.db, given);
  }
  deleteReactions(given: Given<'deleteReactions'>) {
    return deleteReactions(this.db, given);
  }
  insertBallots(ballots: readonly Ballot[]) {
    return polls.insertBallots(this.db, ballots);
  }
  tellPolls(given: Given<'tellPolls'>) {
    return polls.tellPolls(this.db, given);
  }
  replacePoll(statusId: StatusId, poll: Poll | null) {
    return polls.replacePoll(this.db, statusId, poll);
  }
  takeDuePolls(query: Given<'takeDuePolls'>) {
    return polls.takeDuePolls(this.db, query);
  }
  insertBookmark(tie: Given<'insertBookmark'>) {
    return reactions.insertBookmark(this.db, tie);
  }
  deleteBookmark(accountId: AccountId, statusId: StatusId) {
    return reactions.deleteBookmark(this.db, accountId, statusId);
  }
  async holdOff(uris: readonly string[], statusIds: readonly StatusId[]) {
    if (uris.length > 0) await lockUris(this.db, uris);
    await lockStatusCounters(this.db, statusIds);
  }
  insertPin(pin: Given<'insertPin'>, most: number) {
    return pins.insertPin(this.db, pin, most);
  }
  deletePin(accountId: AccountId, statusId: StatusId) {
    return pins.deletePin(this.db, accountId, statusId);
  }
  replacePins(accountId: AccountId, list: Parameters<SocialWrites['replacePins']>[1]) {
    return pins.replacePins(this.db, accountId, list);
  }
  claimMove(move: Given<'claimMove'>) {
    return claimMove(this.db, move);
  }
  reviveAccount(id: AccountId) {
    return accounts.reviveAccount(this.db, id);
  }
  addTombstone(uri: string, actorUri: string) {
    return this.addTombstones([{ uri, actorUri }]);
  }
  addTombstones(stones: Given<'addTombstones'>) {
    return addTombstones(this.db, stones);
  }
  liftTombstone(uri: string, actorUri: string) {
    return liftTombstone(this.db, uri, actorUri);
  }
  claimIdempotencyKey(accountId: AccountId, key: string, statusId: StatusId) {
    return claimIdempotencyKey(this.db, accountId, key, statusId);
  }

  async insertFollow(tie: FollowTie) {
    return (await this.insertFollows([tie])).has(tie.id);
  }
  insertFollows(given: readonly FollowTie[]) {
    return ties.insertFollows(this.db, given);
  }
  renameFollows(table: FollowTable, given: Parameters<SocialWrites['renameFollows']>[1]) {
    return ties.renameFollows(this.db, table, given);
  }
  deleteFollows(pairs: readonly FollowPair[]) {
    return ties.deleteFollows(this.db, pairs);
  }
  updateFollow(accountId: AccountId, targetId: AccountId, options: Partial<FollowOptions> & { uri?: string }) {
    return ties.updateFollow(this.db, 'follows', { accountId, targetId }, options);
  }
  deleteFollow(accountId: AccountId, targetId: AccountId) {
    return ties.deleteFollow(this.db, accountId, targetId);
  }
  async insertFollowRequest(tie: FollowTie) {
    return (await this.insertFollowRequests([tie])).has(tie.id);
  }
  insertFollowRequests(given: readonly FollowTie[]) {
    return ties.insertFollowRequests(this.db, given);
  }
  updateFollowRequest(accountId: AccountId, targetId: AccountId, change: { uri: string }) {
    return ties.updateFollow(this.db, 'follow_requests', { accountId, targetId }, change);
  }
  deleteFollowRequest(accountId: AccountId, targetId: AccountId) {
    return ties.deleteFollowRequest(this.db, accountId, targetId);
  }
  acceptFollowRequest(accountId: AccountId, targetId: AccountId) {
    return acceptFollowRequest(this.db, accountId, targetId);
  }
  async insertBlock(tie: Tie) {
    return (await this.insertBlocks([tie]))[0] === 'made';
  }
  insertBlocks(given: readonly Tie[]) {
    return ties.insertBlocks(this.db, given);
  }
  deleteBlocks(pairs: readonly FollowPair[]) {
    return ties.deleteBlocks(this.db, pairs);
  }
  insertMute(mute: { id: Snowflake; accountId: AccountId; targetId: AccountId; hideNotifications: boolean; expiresAt: Date | null }) {
    return ties.insertMute(this.db, mute);
  }
  deleteMute(accountId: AccountId, targetId: AccountId) {
    return ties.deleteMute(this.db, accountId, targetId);
  }

  appendEvent<C extends EventContract>(contract: C, payload: NewEventOf<C>): Promise<void> {
    return this.appendEvents(contract, [payload]);
  }

  async appendEvents<C extends EventContract>(contract: C, payloads: readonly NewEventOf<C>[], traces?: readonly (string | null)[]): Promise<void> {
    if (payloads.length === 0) return;
    const rows = await appendAll(this.db, this.deps, contract, payloads, traces);
    const { onEventsCommitted, lane = 'local' } = this.deps;
    if (this.appended.length === 0) afterCommit(this.db, () => onEventsCommitted(lane, this.appended));
    this.appended.push(...rows);
  }
}
