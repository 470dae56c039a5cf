import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';
import type { FollowPair, FollowTable, Handle, PageQuery, SocialReads } from '@trunkline/social';
import type { Queryable } from '../database.js';
import * as accounts from './account-reads.js';
import * as audience from './audience.js';
import { BoostMemory } from './boost-memory.js';
import { SqlConsents } from './consents.js';
import { statusEdits } from './edit-status.js';
import { firstReactions } from './emoji-reactions.js';
import * as polls from './polls.js';
import * as quotes from './quotes.js';
import * as reactions from './reactions.js';
import * as interactions from './interactions.js';
import { localTiesTo } from './moves.js';
import { pinId, pinnedIds } from './pins.js';
import { searchAccounts } from './search-accounts.js';
import * as statuses from './status-rows.js';
import * as threads from './threads.js';
import * as ties from './tie-reads.js';
import * as timelines from './timelines.js';
import { isTombstoned } from './tombstones.js';
import { allTies, recentMarks } from './viewer-state.js';
import { peerDomains, usage } from './usage.js';

type Query<K extends Exclude<keyof SocialReads, 'consents'>> = Parameters<SocialReads[K]>[0];

/** The reading half of the store, over a pool or inside one transaction. One statement a call. */
export class SqlSocialReads implements SocialReads {
  private readonly boosts = new BoostMemory((ids) => timelines.boostTargets(this.db, ids));

  constructor(protected readonly db: Queryable) {}

  accountsByIds(ids: readonly AccountId[]) {
    return accounts.accountsByIds(this.db, ids);
  }
  accountsByUris(uris: readonly string[]) {
    return accounts.accountsByUris(this.db, uris);
  }
  accountsByPages(urls: readonly string[]) {
    return accounts.accountsByPages(this.db, urls);
  }
  accountsByHandles(handles: readonly Handle[]) {
    return accounts.accountsByHandles(this.db, handles);
  }
  searchAccounts(query: Query<'searchAccounts'>) {
    return searchAccounts(this.db, query);
  }

  statusesByIds(ids: readonly StatusId[]) {
    return statuses.statusesByIds(this.db, ids);
  }
  statusesByUris(uris: readonly string[]) {
    return statuses.statusesByUris(this.db, uris);
  }
  accountStatusIds(query: Query<'accountStatusIds'>) {
    return timelines.accountStatusIds(this.db, query);
  }
  publicStatusIds(query: Query<'publicStatusIds'>) {
    return timelines.publicStatusIds(this.db, query);
  }
  tagStatusIds(query: Query<'tagStatusIds'>) {
    return timelines.tagStatusIds(this.db, query);
  }
  homeStatusIds(accountId: AccountId, limit: number) {
    return timelines.homeStatusIds(this.db, accountId, limit);
  }
  writtenAmong(authorId: AccountId, ids: readonly StatusId[]) {
    return timelines.writtenAmong(this.db, authorId, ids);
  }
  boostTargets(ids: readonly StatusId[]) {
    return this.boosts.targetsOf(ids);
  }
  ancestorIds(statusId: StatusId, limit: number) {
    return threads.ancestorIds(this.db, statusId, limit);
  }
  descendantIds(statusId: StatusId, limit: number) {
    return threads.descendantIds(this.db, statusId, limit);
  }
  threadRoots(conversationIds: readonly Snowflake[]) {
    return threads.threadRoots(this.db, conversationIds);
  }
  threadGroups(conversationIds: readonly Snowflake[]) {
    return threads.threadGroups(this.db, conversationIds);
  }
  statusEdits(statusId: StatusId, limit: number) {
    return statusEdits(this.db, statusId, limit);
  }
  publicReplyUris(statusId: StatusId, query: { afterId?: Snowflake; limit: number }) {
    return threads.publicReplyUris(this.db, statusId, query);
  }
  statusFlags(viewerId: AccountId, statusIds: readonly StatusId[]) {
    return reactions.statusFlags(this.db, viewerId, statusIds);
  }
  ownAnswers(viewerId: AccountId, statusIds: readonly StatusId[]) {
    return polls.ownAnswers(this.db, viewerId, statusIds);
  }
  voteById(id: Snowflake) {
    return polls.voteById(this.db, id);
  }
  votersHere(statusId: StatusId, afterId: AccountId, limit: number) {
    return polls.votersHere(this.db, statusId, afterId, limit);
  }
  firstReactions(marks: Query<'firstReactions'>) {
    return firstReactions(this.db, marks);
  }
  favouritesBetween(pairs: Query<'favouritesBetween'>) {
    return reactions.favouritesBetween(this.db, pairs);
  }
  boostIds(accountId: AccountId, targetIds: readonly StatusId[]) {
    return reactions.boostIds(this.db, accountId, targetIds);
  }
  boostsBetween(pairs: Query<'boostsBetween'>) {
    return reactions.boostsBetween(this.db, pairs);
  }
  boostedByIds(statusId: StatusId, page: PageQuery) {
    return reactions.boostedByIds(this.db, statusId, page);
  }
  favouritedByIds(statusId: StatusId, page: PageQuery) {
    return reactions.favouritedByIds(this.db, statusId, page);
  }
  interactionRules(statusId: StatusId) {
    return interactions.interactionRules(this.db, statusId);
  }
  askedInteractions(ids: readonly Snowflake[]) {
    return interactions.askedInteractions(this.db, ids);
  }
  askedByStamp(stampUri: string) {
    return interactions.askedByStamp(this.db, stampUri);
  }
  favourite(accountId: AccountId, statusId: StatusId) {
    return reactions.favourite(this.db, accountId, statusId);
  }
  quotingIds(statusId: StatusId, page: PageQuery) {
    return quotes.quotingIds(this.db, statusId, page);
  }
  quotesByStamp(stampUri: string) {
    return quotes.quotesByStamp(this.db, stampUri);
  }
  namedStamps(uris: readonly string[]) {
    return quotes.namedStamps(this.db, uris);
  }
  quoteRequest(statusId: StatusId) {
    return quotes.quoteRequest(this.db, statusId);
  }
  quoteByRequest(accountId: AccountId, requestUri: string) {
    return quotes.quoteByRequest(this.db, accountId, requestUri);
  }
  localQuoters(quotedId: StatusId, limit: number) {
    return quotes.localQuoters(this.db, quotedId, limit);
  }
  favouriteStatusIds(accountId: AccountId, page: PageQuery) {
    return reactions.favouriteStatusIds(this.db, accountId, page);
  }
  bookmarkStatusIds(accountId: AccountId, page: PageQuery) {
    return reactions.bookmarkStatusIds(this.db, accountId, page);
  }

  allTies(viewerId: AccountId, limit: number) {
    return allTies(this.db, viewerId, limit);
  }
  recentMarks(viewerId: AccountId, limit: number) {
    return recentMarks(this.db, viewerId, limit);
  }
  viewerTies(viewerId: AccountId, otherIds: readonly AccountId[]) {
    return ties.viewerTies(this.db, viewerId, otherIds);
  }
  tiesOfMany(viewerIds: readonly AccountId[], authorIds: readonly AccountId[]) {
    return ties.tiesOfMany(this.db, viewerIds, authorIds);
  }
  relationships(viewerId: AccountId, otherIds: readonly AccountId[]) {
    return ties.relationships(this.db, viewerId, otherIds);
  }
  followerIds(accountId: AccountId, page: PageQuery) {
    return ties.sourcesOf(this.db, 'follows', accountId, page);
  }
  followingIds(accountId: AccountId, page: PageQuery) {
    return ties.targetsOf(this.db, 'follows', accountId, page);
  }
  followRequestIds(targetId: AccountId, page: PageQuery) {
    return ties.sourcesOf(this.db, 'follow_requests', targetId, page);
  }
  blockedIds(accountId: AccountId, page: PageQuery) {
    return ties.targetsOf(this.db, 'blocks', accountId, page);
  }
  mutedIds(accountId: AccountId, page: PageQuery) {
    return ties.targetsOf(this.db, 'mutes', accountId, page);
  }
  follow(accountId: AccountId, targetId: AccountId) {
    return ties.findFollow(this.db, 'follows', accountId, targetId);
  }
  followRequest(accountId: AccountId, targetId: AccountId) {
    return ties.findFollow(this.db, 'follow_requests', accountId, targetId);
  }
  followsBetween(table: FollowTable, pairs: readonly FollowPair[]) {
    return ties.followsBetween(this.db, table, pairs);
  }

  followerPages(asked: Query<'followerPages'>, limit: number) {
    return audience.followerPages(this.db, asked, limit);
  }
  touchedFollowers(asked: Query<'touchedFollowers'>) {
    return audience.touchedFollowers(this.db, asked);
  }
  bellFollowers(authorIds: readonly AccountId[], afterId: AccountId, limit: number) {
    return audience.bellFollowers(this.db, authorIds, afterId, limit);
  }
  followedHere(accountIds: readonly AccountId[]) {
    return audience.followedHere(this.db, accountIds);
  }
  followerInboxes(asked: Query<'followerInboxes'>, limit: number) {
    return audience.followerInboxes(this.db, asked, limit);
  }
  interactedWith(statusIds: readonly StatusId[], limit: number) {
    return audience.interactedWith(this.db, statusIds, limit);
  }
  pinnedIds(accountId: AccountId, limit: number) {
    return pinnedIds(this.db, accountId, limit);
  }
  pinId(accountId: AccountId, statusId: StatusId) {
    return pinId(this.db, accountId, statusId);
  }
  localTiesTo(targetId: AccountId, afterId: AccountId, limit: number) {
    return localTiesTo(this.db, targetId, afterId, limit);
  }
  get consents(): SqlConsents {
    return new SqlConsents(this.db);
  }
  actUnder(accountId: AccountId, uri: string) {
    return ties.actUnder(this.db, accountId, uri);
  }
  isTombstoned(actorUri: string, uris: readonly string[]) {
    return isTombstoned(this.db, actorUri, uris);
  }
  usage() {
    return usage(this.db);
  }
  peerDomains(limit: number) {
    return peerDomains(this.db, limit);
  }
}
