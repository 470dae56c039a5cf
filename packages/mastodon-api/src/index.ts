export type * from './entities/shape.js';
export { acctOf, timestamp, type RenderContext } from './entities/context.js';
export { renderAccount, renderCredentialAccount, renderEmoji, type AccountExtras } from './entities/account.js';
export { renderList } from './entities/list.js';
export { renderRole } from './entities/role.js';
export { renderAnswers, renderPoll, type Answerable } from './entities/poll.js';
export {
  renderContext,
  renderFlags,
  renderMedia,
  renderApproval,
  renderStatus,
  renderStatusBody,
  renderStatusEdit,
  renderStatusSource,
  type StatusRevision,
  type StatusView,
} from './entities/status.js';
export { renderRelationship } from './entities/relationship.js';
export { renderGroupedNotifications, renderNotification, renderReport, type NotificationView } from './entities/notification.js';
export {
  renderAdminAccount,
  renderAdminDomainAllow,
  renderAdminDomainBlock,
  renderAdminReport,
  renderDomainBlock,
  type AdminAccountView,
  type AdminReportView,
} from './entities/admin.js';
export {
  LIMITS,
  MASTODON_API_VERSION,
  MASTODON_VERSION,
  renderExtendedDescription,
  renderInstanceV1,
  renderInstanceV2,
  renderRule,
  type InstanceFacts,
} from './entities/instance.js';
export {
  renderApplication,
  renderCredentialApplication,
  renderOAuthMetadata,
  renderToken,
  renderUserInfo,
  type ApplicationJson,
  type CredentialApplicationJson,
  type OAuthApplication,
  type TokenJson,
} from './entities/oauth.js';
export { renderMarkers, renderPreferences, renderSearch, renderTag, type Marker, type TagHistoryDay } from './entities/small.js';
export { ALL_SCOPES, covers, DEFAULT_SCOPE, parseScopes, within } from './scopes.js';
export {
  disabledUser,
  notAllowed,
  oauthError,
  outsideScopes,
  recordNotFound,
  renderError,
  routeNotFound,
  signInNeeded,
  statusTooLong,
  tokenInvalid,
  tokenMissing,
  tokenRevoked,
  tooManyRequests,
  unapprovedUser,
  unconfirmedUser,
  userNeeded,
  validationFailed,
  type ErrorJson,
  type FieldFault,
  type OAuthErrorCode,
} from './errors.js';
export { pagingLinks, type PagingLinksInput } from './paging-links.js';
export { routeFor, ROUTES, type Route, type RouteApp, type RouteAuth } from './routes.js';
export {
  BLANK,
  faultOf,
  INVALID,
  NOT_SUPPORTED,
  readParams,
  RESERVED,
  TAKEN,
  tooLong,
  tooShort,
  type ReadOptions,
} from './params/read.js';
export { ACCOUNTS_PER_PAGE, pageParams, STATUSES_PER_PAGE } from './params/pieces.js';
export { AuthorizeParams, CreateAppParams, isRedirectUri, OUT_OF_BAND, RevokeParams, TokenParams } from './params/oauth.js';
export {
  AccountStatusesParams,
  CreateStatusParams,
  EditStatusParams,
  InteractionPolicyParams,
  IdsParams,
  PublicTimelineParams,
  ReblogParams,
  TagTimelineParams,
  type CreateStatusInput,
} from './params/statuses.js';
export { ListChangeParams, ListMembersParams, ListPageParams, ListParams } from './params/lists.js';
export { VoteParams, type PollInput } from './params/polls.js';
export {
  AccountSearchParams,
  ConfirmationParams,
  FollowParams,
  LookupParams,
  MoveAccountParams,
  MuteParams,
  OtherAccountParams,
  RegisterParams,
  RelationshipsParams,
  UpdateCredentialsParams,
  type RegisterInput,
  type UpdateCredentialsInput,
} from './params/accounts.js';
export {
  MarkersParams,
  NotificationsParams,
  SaveMarkersParams,
  SearchParams,
  UnreadCountParams,
  type MarkerTimeline,
  type SearchType,
} from './params/reading.js';
export {
  AccountActionParams,
  AdminAccountsParams,
  AdminPageParams,
  AdminReportsParams,
  CreateDomainAllowParams,
  CreateDomainBlockParams,
  ReportParams,
  UpdateDomainBlockParams,
  type AdminAccountState,
} from './params/moderation.js';
export { entityFaults } from './conformance/entity-faults.js';
