/** Which app answers a path; the proxy, the Ingress and `standalone` split by the same prefixes. */
export type RouteApp = 'api' | 'moderation' | 'streaming' | 'media';

/**
 * Who may call: `none` reads no token; `optional` serves strangers and people; `app` wants any token, also one of
 * an application alone; `user` wants a person's.
 */
export type RouteAuth = 'none' | 'optional' | 'app' | 'user';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With `:name` for its parameters, as the router declares it. */
  readonly path: string;
  readonly auth: RouteAuth;
  /** What a token needs, when there is one. */
  readonly scope: string | null;
  /** Another scope that does as well. */
  readonly orScope?: string;
  readonly app: RouteApp;
  /** Also for people who have not confirmed their address, or wait for approval. */
  readonly unconfirmedToo?: true;
}

type Row = readonly [method: Route['method'], path: string, auth: RouteAuth, scope: string | null, more?: Partial<Route>];

const table = (app: RouteApp, prefix: string, rows: readonly Row[]): Route[] =>
  rows.map(([method, path, auth, scope, more]) => ({ method, path: prefix + path, auth, scope, app, ...more }));

const OAUTH = table('api', '', [
  ['GET', '/.well-known/oauth-authorization-server', 'none', null],
  ['GET', '/oauth/authorize', 'none', null],
  ['POST', '/oauth/authorize', 'none', null],
  ['GET', '/oauth/authorize/native', 'none', null],
  ['POST', '/oauth/token', 'none', null],
  ['POST', '/oauth/revoke', 'none', null],
  ['GET', '/oauth/userinfo', 'user', 'profile'],
  ['POST', '/oauth/userinfo', 'user', 'profile'],
  ['POST', '/api/v1/apps', 'none', null],
  ['GET', '/api/v1/apps/verify_credentials', 'app', null],
  ['POST', '/api/v1/emails/confirmations', 'user', 'write:accounts', { unconfirmedToo: true }],
  ['GET', '/api/v1/emails/check_confirmation', 'user', 'read:accounts', { unconfirmedToo: true }],
]);

const ACCOUNTS = table('api', '/api/v1/accounts', [
  ['POST', '', 'app', 'write:accounts'],
  ['GET', '', 'optional', 'read:accounts'],
  ['GET', '/verify_credentials', 'user', 'read:accounts', { orScope: 'profile' }],
  ['PATCH', '/update_credentials', 'user', 'write:accounts'],
  ['GET', '/lookup', 'optional', 'read:accounts'],
  ['GET', '/search', 'user', 'read:accounts'],
  ['GET', '/relationships', 'user', 'read:follows'],
  ['GET', '/:id', 'optional', 'read:accounts'],
  ['GET', '/:id/statuses', 'optional', 'read:statuses'],
  ['GET', '/:id/followers', 'optional', 'read:accounts'],
  ['GET', '/:id/following', 'optional', 'read:accounts'],
  ['GET', '/:id/featured_tags', 'none', null],
  ['GET', '/:id/lists', 'user', 'read:lists'],
  ['POST', '/:id/follow', 'user', 'write:follows'],
  ['POST', '/:id/unfollow', 'user', 'write:follows'],
  ['POST', '/:id/remove_from_followers', 'user', 'write:follows'],
  ['POST', '/:id/block', 'user', 'write:blocks'],
  ['POST', '/:id/unblock', 'user', 'write:blocks'],
  ['POST', '/:id/mute', 'user', 'write:mutes'],
  ['POST', '/:id/unmute', 'user', 'write:mutes'],
]);

const ASYNC = table('api', '/api/v1_alpha', [['GET', '/async_refreshes/:id', 'user', 'read']]);

const OWN_LISTS = table('api', '/api/v1', [
  ['GET', '/follow_requests', 'user', 'read:follows'],
  ['POST', '/follow_requests/:id/authorize', 'user', 'write:follows'],
  ['POST', '/follow_requests/:id/reject', 'user', 'write:follows'],
  ['GET', '/blocks', 'user', 'read:blocks'],
  ['GET', '/mutes', 'user', 'read:mutes'],
  ['GET', '/bookmarks', 'user', 'read:bookmarks'],
  ['GET', '/favourites', 'user', 'read:favourites'],
  ['GET', '/preferences', 'user', 'read:accounts'],
  ['GET', '/markers', 'user', 'read:statuses'],
  ['POST', '/markers', 'user', 'write:statuses'],
  ['GET', '/filters', 'user', 'read:filters'],
  ['GET', '/lists', 'user', 'read:lists'],
  ['POST', '/lists', 'user', 'write:lists'],
  ['GET', '/lists/:id', 'user', 'read:lists'],
  ['PUT', '/lists/:id', 'user', 'write:lists'],
  ['PATCH', '/lists/:id', 'user', 'write:lists'],
  ['DELETE', '/lists/:id', 'user', 'write:lists'],
  ['GET', '/lists/:id/accounts', 'user', 'read:lists'],
  ['POST', '/lists/:id/accounts', 'user', 'write:lists'],
  ['DELETE', '/lists/:id/accounts', 'user', 'write:lists'],
  ['GET', '/timelines/list/:id', 'user', 'read:lists'],
  ['GET', '/conversations', 'user', 'read:statuses'],
  ['GET', '/followed_tags', 'user', 'read:follows'],
  ['GET', '/announcements', 'user', null],
  // Ours: Mastodon has pages for these.
  ['GET', '/profile/aliases', 'user', 'read:accounts'],
  ['POST', '/profile/aliases', 'user', 'write:accounts'],
  ['DELETE', '/profile/aliases', 'user', 'write:accounts'],
  ['POST', '/profile/move', 'user', 'write:accounts'],
  ['DELETE', '/profile/move', 'user', 'write:accounts'],
]);

const STATUSES = table('api', '/api/v1/statuses', [
  ['POST', '', 'user', 'write:statuses'],
  ['GET', '', 'optional', 'read:statuses'],
  ['GET', '/:id', 'optional', 'read:statuses'],
  ['PUT', '/:id', 'user', 'write:statuses'],
  ['DELETE', '/:id', 'user', 'write:statuses'],
  ['GET', '/:id/source', 'user', 'read:statuses'],
  ['GET', '/:id/history', 'optional', 'read:statuses'],
  ['GET', '/:id/context', 'optional', 'read:statuses'],
  ['GET', '/:id/reblogged_by', 'optional', 'read:accounts'],
  ['GET', '/:id/favourited_by', 'optional', 'read:accounts'],
  ['POST', '/:id/favourite', 'user', 'write:favourites'],
  ['POST', '/:id/unfavourite', 'user', 'write:favourites'],
  ['POST', '/:id/reblog', 'user', 'write:statuses'],
  ['POST', '/:id/unreblog', 'user', 'write:statuses'],
  ['POST', '/:id/bookmark', 'user', 'write:bookmarks'],
  ['POST', '/:id/unbookmark', 'user', 'write:bookmarks'],
  ['POST', '/:id/pin', 'user', 'write:accounts'],
  ['POST', '/:id/unpin', 'user', 'write:accounts'],
  ['PUT', '/:id/interaction_policy', 'user', 'write:statuses'],
  ['GET', '/:id/quotes', 'user', 'read:statuses'],
  ['POST', '/:id/quotes/:quotingId/revoke', 'user', 'write:statuses'],
]);

const POLLS = table('api', '/api/v1/polls', [
  ['GET', '/:id', 'optional', 'read:statuses'],
  ['POST', '/:id/votes', 'user', 'write:statuses'],
]);

const TIMELINES = table('api', '/api', [
  ['GET', '/v1/timelines/home', 'user', 'read:statuses'],
  ['GET', '/v1/timelines/public', 'optional', 'read:statuses'],
  ['GET', '/v1/timelines/tag/:hashtag', 'optional', 'read:statuses'],
  ['GET', '/v1/tags/:name', 'optional', null],
  ['GET', '/v1/trends', 'none', null],
  ['GET', '/v1/trends/tags', 'none', null],
  ['GET', '/v1/trends/statuses', 'none', null],
  ['GET', '/v1/trends/links', 'none', null],
  ['GET', '/v2/search', 'optional', 'read:search'],
  ['GET', '/v2/filters', 'user', 'read:filters'],
]);

const NOTIFICATIONS = table('api', '/api', [
  ['GET', '/v1/notifications', 'user', 'read:notifications'],
  ['GET', '/v1/notifications/unread_count', 'user', 'read:notifications'],
  ['POST', '/v1/notifications/clear', 'user', 'write:notifications'],
  ['GET', '/v1/notifications/:id', 'user', 'read:notifications'],
  ['POST', '/v1/notifications/:id/dismiss', 'user', 'write:notifications'],
  ['GET', '/v2/notifications', 'user', 'read:notifications'],
  ['GET', '/v2/notifications/unread_count', 'user', 'read:notifications'],
]);

const INSTANCE = table('api', '/api', [
  ['GET', '/v1/instance', 'none', null],
  ['GET', '/v2/instance', 'none', null],
  ['GET', '/v1/instance/rules', 'none', null],
  ['GET', '/v1/instance/peers', 'none', null],
  ['GET', '/v1/instance/activity', 'none', null],
  ['GET', '/v1/instance/domain_blocks', 'none', null],
  ['GET', '/v1/instance/extended_description', 'none', null],
  ['GET', '/v1/custom_emojis', 'none', null],
]);

const STREAMING = table('streaming', '/api/v1/streaming', [
  // The WebSocket's upgrade; each subscription checks the scope of its channel again.
  ['GET', '', 'user', 'read:statuses', { orScope: 'read:notifications' }],
  ['GET', '/health', 'none', null],
  ['GET', '/user', 'user', 'read:statuses'],
  ['GET', '/user/notification', 'user', 'read:notifications'],
  ['GET', '/public', 'user', 'read:statuses'],
  ['GET', '/public/local', 'user', 'read:statuses'],
  ['GET', '/public/remote', 'user', 'read:statuses'],
  ['GET', '/hashtag', 'user', 'read:statuses'],
  ['GET', '/hashtag/local', 'user', 'read:statuses'],
  ['GET', '/list', 'user', 'read:statuses'],
  ['GET', '/direct', 'user', 'read:statuses'],
]);

const MEDIA = table('media', '/api', [
  ['POST', '/v1/media', 'user', 'write:media'],
  ['POST', '/v2/media', 'user', 'write:media'],
]);

const accountOrders = ['approve', 'reject', 'action', 'unsuspend', 'unsilence', 'enable'];
const reportOrders = ['resolve', 'reopen', 'assign_to_self', 'unassign'];

const MODERATION = table('moderation', '/api', [
  ['POST', '/v1/reports', 'user', 'write:reports'],
  ['GET', '/v1/admin/accounts', 'user', 'admin:read:accounts'],
  ['GET', '/v2/admin/accounts', 'user', 'admin:read:accounts'],
  ['GET', '/v1/admin/accounts/:id', 'user', 'admin:read:accounts'],
  ...accountOrders.map((order): Row => ['POST', `/v1/admin/accounts/:id/${order}`, 'user', 'admin:write:accounts']),
  ['GET', '/v1/admin/domain_blocks', 'user', 'admin:read:domain_blocks'],
  ['POST', '/v1/admin/domain_blocks', 'user', 'admin:write:domain_blocks'],
  ['GET', '/v1/admin/domain_blocks/:id', 'user', 'admin:read:domain_blocks'],
  ['PUT', '/v1/admin/domain_blocks/:id', 'user', 'admin:write:domain_blocks'],
  ['DELETE', '/v1/admin/domain_blocks/:id', 'user', 'admin:write:domain_blocks'],
  ['GET', '/v1/admin/domain_allows', 'user', 'admin:read:domain_allows'],
  ['POST', '/v1/admin/domain_allows', 'user', 'admin:write:domain_allows'],
  ['GET', '/v1/admin/domain_allows/:id', 'user', 'admin:read:domain_allows'],
  ['DELETE', '/v1/admin/domain_allows/:id', 'user', 'admin:write:domain_allows'],
  ['GET', '/v1/admin/reports', 'user', 'admin:read:reports'],
  ['GET', '/v1/admin/reports/:id', 'user', 'admin:read:reports'],
  ...reportOrders.map((order): Row => ['POST', `/v1/admin/reports/:id/${order}`, 'user', 'admin:write:reports']),
]);

/** Every client route there is. Guards read it and refuse what it does not name; a test walks it. */
export const ROUTES: readonly Route[] = [
  ...OAUTH, ...ACCOUNTS, ...OWN_LISTS, ...STATUSES, ...POLLS, ...ASYNC, ...TIMELINES, ...NOTIFICATIONS, ...INSTANCE, ...STREAMING, ...MEDIA, ...MODERATION,
];

const shapeOf = (path: string): string => path.replace(/:[^/]+/g, ':');
const BY_SHAPE: ReadonlyMap<string, Route> = new Map(ROUTES.map((route) => [`${route.method} ${shapeOf(route.path)}`, route]));

/** The route of a declared path (`/api/v1/statuses/:id`); what its parameters are called does not matter. */
export const routeFor = (method: string, path: string): Route | undefined =>
  BY_SHAPE.get(`${method === 'HEAD' ? 'GET' : method} ${shapeOf(path.replace(/(?<=.)\/$/, ''))}`);
