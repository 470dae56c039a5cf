export type * from './ports/store-rows.js';
export type * from './ports/follower-pages.js';
export type * from './ports/poll-rows.js';
export type * from './ports/viewer-rows.js';
export type * from './ports/social-ports.js';
export type * from './ports/social-store.js';
export type * from './ports/reader-stores.js';
export type * from './ports/change-log.js';
export type * from './ports/list-store.js';
export type * from './ports/relays.js';
export type * from './ports/consents.js';
export { approvalMail } from './people/approval-mail.js';
export { newLocalAccount } from './people/new-local-account.js';
export { loadStatuses, peopleIn, seenBy, timelineFacts, type LoadedStatuses, type StatusView } from './reading/load-statuses.js';
export { announceQuote, acceptQuote, refuseQuote, revokeQuote } from './quotes/change-quote.js';
export { denyQuote, grantQuote, mayQuote, type QuoteRequest } from './quotes/answer-quote-request.js';
export { answerRequest, mayInteract, standingInteraction, type AskedInteraction } from './interactions/answer-request.js';
export { permitAsked, refuseAsked } from './interactions/settle-asked.js';
export { revokeReply, settleReply } from './interactions/settle-reply.js';
export { setQuotePolicy } from './quotes/set-quote-policy.js';
export { settleQuote } from './quotes/settle-quote.js';
export { Changes } from './reading/changes.js';
export { FragmentReader } from './reading/fragment-reader.js';
export { Kept } from './reading/kept.js';
export { rowReader, type StatusReader } from './reading/status-reader.js';
export { isVisible, viewStatus, viewStatuses } from './reading/view-statuses.js';
export { HomePages } from './reading/home-pages.js';
export { listTimeline } from './reading/list-timeline.js';
export { FEED_LATE_MS, isFeedsDown, keepHomeFeed, remakeHomeFeed, type HeadLook } from './reading/home-feed.js';
export { accountTimeline, homeTimeline, publicTimeline, tagTimeline, type Scope } from './reading/timelines.js';
export { ingestAccount, mediaRule, publishedOr, readProfile } from './remote/ingest-account.js';
export { ingestEdit, isTooLate, readEdit, storeEdits, type EditOutcome } from './remote/ingest-edit.js';
export { ingestStatus, readPost, storePosts, type Ingested, type ReadPost, type RemotePost } from './remote/ingest-status.js';
export { digestOfMany } from './remote/digest-of-many.js';
export { meetNamed } from './remote/meet-named.js';
export { localHandles, namedUris, peopleByUri, peopleNamed } from './remote/named-people.js';
export { sameOptions } from './remote/read-poll.js';
export { ingestActor, keptHandle, resolveAccount, resolveHandle, standsAsKnown, type ResolveFailure } from './remote/resolve-account.js';
export { isPinnable, syncFeatured } from './remote/sync-featured.js';
export { RelayBook } from './remote/relay-book.js';
export { restoreStatus } from './remote/restore-status.js';
export { PARENTS_MAX, readNote, resolveParents, resolveStatus, type FetchPost } from './remote/resolve-status.js';
export { loadAccountExtras, presentAccounts, type AccountPresenting } from './rendering/present-accounts.js';
export {
  presentGroupedNotifications,
  presentNotifications,
  viewNotifications,
  type NotificationPresenting,
  type ShownNotification,
} from './rendering/present-notifications.js';
export { fragmentsJson, type FragmentView } from './rendering/fragments.js';
export { presentStatuses, type PresentOptions } from './rendering/present-statuses.js';
export { renderContextOf } from './rendering/render-context.js';
export { fetchKey, type FetchedKey, type KeyFailure } from './signing-keys/fetch-key.js';
export { KeyBook, type RemoteKeyRows, type SigningKey } from './signing-keys/key-book.js';
export { KeyLane } from './signing-keys/key-lane.js';
export { isPassing } from './signing-keys/passing-failures.js';
export { registrableDomain, RegistrableDomains } from './signing-keys/registrable-domain.js';
export { boostRow, boostStatus, unboostStatus, type BoostFailure } from './statuses/boost-status.js';
export { portHostsOf, remoteDomain } from './statuses/compose-text.js';
export { deleteStatus, deleteStatusesIn, deleteStatusIn } from './statuses/delete-status.js';
export { editStatus, type StatusRevision } from './statuses/edit-status.js';
export { favouriteAll, favouriteStatus, likeStatus, unfavouriteAll, unfavouriteStatus, type GivenFavourite } from './statuses/favourite-status.js';
export { pinnedTimeline, pinStatus, REMOTE_PINS_MAX, unpinStatus } from './statuses/pin-status.js';
export {
  checkText,
  localAccountUris,
  publishStatus,
  saveAndAnnounce,
  saveAndAnnounceAll,
  type PublishFailure,
  type StatusDraft,
} from './statuses/publish-status.js';
export { reactAll, reactToStatus, unreactAll, unreactToStatus, type GivenReaction } from './statuses/react-to-status.js';
export { tellDuePolls, voteInPoll } from './statuses/vote-in-poll.js';
export { accountVerdict, isDomainSuspended, isSilenced, underRules, viewerOf } from './statuses/viewer.js';
export { blockAccount, blockAll, unblockAccount, unblockAll, type GivenBlock } from './ties/block-account.js';
export {
  acceptFollow,
  followAccount,
  followError,
  rejectFollow,
  rejectFollowIn,
  unfollowAccount,
  type FollowFailure,
  type FollowOutcome,
} from './ties/follow-account.js';
export { followAll, type FollowAsk } from './ties/follow-all.js';
export { unfollowAll } from './ties/unfollow-all.js';
export { agreedTarget, changeAliases, moveAway, moveTies, recordMove, stayHere, type MoveFailure } from './ties/move-account.js';
