export { audienceOf } from './audience.js';
export { ACTIVITY_ACCEPT, ACTIVITY_CONTENT_TYPE, isActivityContentType, prefersActivity } from './content-type.js';
export { FollowersDigest, followersDigest, parseFollowersSync, renderFollowersSync, type FollowersSync } from './followers-sync.js';
export { escapeHtml } from './html/escape-html.js';
export { htmlToText } from './html/html-to-text.js';
export { sanitizeHtml } from './html/sanitize-html.js';
export { hostOf, httpUri, isPublicUri, normalizeHost, PUBLIC_URI, sameHost, sameSite } from './hosts.js';
export type { Interaction } from './interaction.js';
export type { JsonObject } from './json.js';
export { readIntegrityProof, verifyIntegrityProof, type IntegrityProof, type ProofFailure, type ProofFailureCode } from './proofs/integrity-proof.js';
export { multikeyOfPem, pemOfMultikey } from './proofs/multikey.js';
export { isProvable, proveActivity, type Prover } from './proofs/prove-activity.js';
export { activityFacts, readTypeOf } from './read/activity/activity-facts.js';
export { hasOneMeaning } from './read/activity/one-meaning.js';
export { isReadType, type ReadType } from './read/activity/known-types.js';
export type { ActivityFacts, CarriedActivity, IgnoredActivity, IgnoreRule, ReportFacts } from './read/activity/types.js';
export { cleanDocument, typesOf } from './read/document.js';
export { isNoteType } from './read/note-content.js';
export { parseActivity } from './read/parse-activity.js';
export { isActorType, parseActor } from './read/parse-actor.js';
export { parseCollectionPage } from './read/parse-collection.js';
export { parsePublicKeys } from './read/parse-keys.js';
export { parseNodeInfo, parseNodeInfoLinks } from './read/parse-nodeinfo.js';
export { addressedBy, parseNote, visibilityOf } from './read/parse-note.js';
export { audienceList, refOf } from './read/references.js';
export { parseStamp, parseTombstone } from './read/parse-stamp.js';
export { parseHandle, parseWebfinger } from './read/parse-webfinger.js';
export { readDocument, type AnyDocument, type DocumentRule, type RefusedDocument } from './read/read-document.js';
export {
  actorUris,
  followersSyncUri,
  followUri,
  instanceActorUris,
  instanceHandle,
  instanceName,
  interactionRequestUri,
  interactionStampUri,
  likeUri,
  parseLocalPage,
  parseLocalUri,
  relayFollowUri,
  quoteRequestUri,
  quoteStampUri,
  sharedInboxUri,
  statusUris,
  voteUris,
  type CollectionName,
  type LocalUri,
} from './uris.js';
export type {
  ActorType,
  CollectionPage,
  IncomingActivity,
  InteractionPolicy,
  NodeInfo,
  ObjectRef,
  PolicyRule,
  ReadFailure,
  ReadFailureCode,
  RemoteActor,
  RemoteAttachment,
  RemoteEmoji,
  RemoteEvent,
  RemoteMention,
  RemoteMultikey,
  RemoteNote,
  RemotePoll,
  RemotePublicKey,
  RemoteQuote,
  RemoteStamp,
  RemoteTombstone,
  StampKind,
  WebfingerAnswer,
} from './read/types.js';
export type {
  ActivityEnvelope,
  Audience,
  FollowDocument,
  InstanceActorDocument,
  InteractionRequestDocument,
  InteractionStampDocument,
  KeysDocument,
  LocalActorDocument,
  LocalActorUris,
  LocalAttachment,
  LocalEmoji,
  LocalImage,
  LocalNoteDocument,
  LocalPoll,
  LocalQuote,
  LocalTagLink,
  LocalVote,
  NodeInfoDocument,
  QuoteRequestDocument,
  StampDocument,
} from './write/types.js';
export {
  renderAccept,
  renderAnnounce,
  renderBlock,
  renderCreate,
  renderDelete,
  renderDeletePerson,
  renderFeatured,
  renderFlag,
  renderFollow,
  renderLike,
  renderMove,
  renderReject,
  renderUndo,
  renderUpdate,
  renderUpdatePerson,
  renderVote,
  renderVoteNote,
} from './write/render-activity.js';
export { renderActor, renderGoneActor, renderInstanceActor } from './write/render-actor.js';
export {
  renderContextCollection,
  renderOrderedCollection,
  renderOrderedCollectionPage,
  renderRepliesCollection,
  renderRepliesPage,
  type CollectionItems,
} from './write/render-collection.js';
export { renderHostMeta, renderNodeInfo, renderNodeInfoLinks, renderWebfinger, type NodeInfoVersion } from './write/render-discovery.js';
export { renderAcceptInteraction, renderInteractionRequest, renderInteractionStamp, renderRejectInteraction } from './write/render-interaction.js';
export { renderNote, renderTombstone } from './write/render-note.js';
export { renderAcceptQuote, renderDeleteStamp, renderQuoteRequest, renderRejectQuote, renderStamp } from './write/render-quote.js';
