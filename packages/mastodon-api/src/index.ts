export type * from './entities/shape.js';
export { acctOf, timestamp, type RenderContext } from './entities/context.js';
export { renderAccount, renderCredentialAccount, renderEmoji, type AccountExtras } from './entities/account.js';
export { renderRole } from './entities/role.js';
export {
  renderContext,
  renderMedia,
  renderStatus,
  renderStatusEdit,
  renderStatusSource,
  type StatusRevision,
  type StatusView,
} from './entities/status.js';
export { renderRelationship } from './entities/relationship.js';
export { renderNotification, renderReport, type NotificationView } from './entities/notification.js';
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
