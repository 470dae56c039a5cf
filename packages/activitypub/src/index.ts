export { audienceOf } from './audience.js';
export { hostOf, httpUri, isPublicUri, normalizeHost, PUBLIC_URI, sameHost } from './hosts.js';
export type { JsonObject } from './json.js';
export {
  actorUris,
  followUri,
  instanceActorUris,
  likeUri,
  parseLocalUri,
  sharedInboxUri,
  statusUris,
  type CollectionName,
  type LocalUri,
} from './uris.js';
export type {
  ActorType,
  CollectionPage,
  IncomingActivity,
  NodeInfo,
  ObjectRef,
  ReadFailure,
  ReadFailureCode,
  RemoteActor,
  RemoteAttachment,
  RemoteEmoji,
  RemoteMention,
  RemoteNote,
  RemotePublicKey,
  Visibility,
  WebfingerAnswer,
} from './read/types.js';
export type {
  ActivityEnvelope,
  Audience,
  FollowDocument,
  InstanceActorDocument,
  LocalActorDocument,
  LocalActorUris,
  LocalAttachment,
  LocalEmoji,
  LocalImage,
  LocalNoteDocument,
  LocalTagLink,
  NodeInfoDocument,
} from './write/types.js';
