/** One row of the route table: requests whose path is `prefix` or lies below it belong to `app`. */
export interface Route {
  readonly prefix: string;
  readonly app: AppName;
}

/** Every service that runs as a process of its own, in the order in which they are started. */
export const appNames = ['api', 'inbox', 'outbox', 'timeline', 'moderation', 'streaming', 'media', 'web'] as const;
export type AppName = (typeof appNames)[number];

/**
 * The one table of paths: the local proxy, Ingress and HTTPRoute are made from it. Whole path elements are
 * compared, as Kubernetes' `pathType: Prefix` does (`/ap` does not hold `/api`), and the longest prefix wins.
 * `/@name` has no row: it is one element of its own, so it falls to `/`, which is `web` as it should be.
 */
export const routes: readonly Route[] = [
  { prefix: '/api/v1/streaming', app: 'streaming' },
  { prefix: '/api/v1/admin', app: 'moderation' },
  { prefix: '/api/v2/admin', app: 'moderation' },
  { prefix: '/api/v1/reports', app: 'moderation' },
  { prefix: '/api/v1/media', app: 'media' },
  { prefix: '/api/v2/media', app: 'media' },
  { prefix: '/media', app: 'media' },
  { prefix: '/api', app: 'api' },
  { prefix: '/oauth', app: 'api' },
  { prefix: '/auth', app: 'api' },
  { prefix: '/inbox', app: 'inbox' },
  { prefix: '/ap', app: 'outbox' },
  { prefix: '/actor', app: 'outbox' },
  { prefix: '/.well-known/oauth-authorization-server', app: 'api' },
  { prefix: '/.well-known', app: 'outbox' },
  { prefix: '/nodeinfo', app: 'outbox' },
  { prefix: '/', app: 'web' },
];

const longestFirst = [...routes].sort((a, b) => b.prefix.length - a.prefix.length);

/**
 * The app that answers `url`.
 * @param url path with or without a query, as it stands in the request line
 */
export function appForPath(url: string): AppName {
  const path = url.split(/[?#]/, 1)[0] ?? '/';
  const match = longestFirst.find(({ prefix }) => path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`));
  return match?.app ?? 'web';
}
