import { expect, test } from '@jest/globals';
import { appForPath, appNames, routes } from './routes.ts';

// The pairs where a careless prefix match goes wrong: /ap and /api, a query, a longer prefix inside a shorter one.
test.each([
  ['/', 'web'],
  ['/@alice', 'web'],
  ['/@alice/123?x=/api', 'web'],
  ['/ap/users/1', 'outbox'],
  ['/api/v1/statuses', 'api'],
  ['/apiary', 'web'],
  ['/actor', 'outbox'],
  ['/actors', 'web'],
  ['/.well-known/webfinger?resource=acct:a@b', 'outbox'],
  ['/inbox', 'inbox'],
  ['/inbox/12', 'inbox'],
  ['/api/v1/streaming?stream=user', 'streaming'],
  ['/api/v1/streaming/health', 'streaming'],
  ['/api/v1/admin/accounts', 'moderation'],
  ['/api/v1/reports', 'moderation'],
  ['/api/v2/media', 'media'],
  ['/media/1.png', 'media'],
  ['/oauth/token', 'api'],
  ['/auth/sign_in', 'api'],
])('%s belongs to %s', (path, app) => {
  expect(appForPath(path)).toBe(app);
});

test('the table is plain data and names only apps that exist', () => {
  expect(JSON.parse(JSON.stringify(routes))).toEqual(routes);
  expect(routes.filter(({ app }) => !appNames.includes(app))).toEqual([]);
  expect(new Set(routes.map(({ prefix }) => prefix)).size).toBe(routes.length);
});
