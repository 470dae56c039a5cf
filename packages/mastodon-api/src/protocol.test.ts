import { describe, expect, test } from '@jest/globals';
import { AppError } from '@trunkline/kernel';
import { oauthError, recordNotFound, renderError, tooManyRequests, validationFailed } from './errors.js';
import { pagingLinks } from './paging-links.js';
import { routeFor, ROUTES } from './routes.js';
import { ALL_SCOPES, covers, parseScopes, within } from './scopes.js';

describe('scopes', () => {
  test.each<[string[], string, boolean]>([
    [['read'], 'read:accounts', true],
    [['read:accounts'], 'read', false],
    [['write'], 'read:accounts', false],
    [['follow'], 'write:follows', true],
    [['follow'], 'read:blocks', true],
    [['follow'], 'write:statuses', false],
    [['admin:read'], 'admin:read:accounts', true],
    [['read', 'write'], 'admin:read:accounts', false],
    [['read'], 'profile', false],
    [['rea'], 'read:accounts', false],
    [[], 'read', false],
  ])('%j covers %s: %p', (granted, needed, expected) => {
    expect(covers(granted, needed)).toBe(expected);
  });

  test('text to scopes', () => {
    expect(parseScopes('read  write:statuses read')).toEqual({ ok: true, value: ['read', 'write:statuses'] });
    expect(parseScopes('read+write')).toEqual({ ok: true, value: ['read', 'write'] });
    expect(parseScopes(null)).toEqual({ ok: true, value: ['read'] });
    expect(parseScopes('read nonsense').ok).toBe(false);
    expect(parseScopes('read '.repeat(1000)).ok).toBe(false);
  });

  test('a token may not ask for more than its application did', () => {
    expect(within(['read:accounts', 'push'], ['read', 'push'])).toBe(true);
    expect(within(['write'], ['read', 'write:statuses'])).toBe(false);
  });
});

describe('routes', () => {
  test('no route stands there twice', () => {
    const keys = ROUTES.map((route) => `${route.method} ${route.path.replace(/:[^/]+/g, ':')}`);
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
  });

  test('every scope exists, and whoever writes is a person or an application', () => {
    for (const route of ROUTES) {
      if (route.scope !== null) expect(ALL_SCOPES).toContain(route.scope);
      if (route.scope !== null) expect(route.auth).not.toBe('none');
      if (/^(admin:)?write/.test(route.scope ?? '')) expect(['user', 'app']).toContain(route.auth);
    }
  });

  test('apps own the prefixes that the proxy gives them', () => {
    for (const route of ROUTES) {
      const moderation = /^\/api\/(v\d\/admin\/|v1\/reports)/.test(route.path);
      const streaming = route.path.startsWith('/api/v1/streaming');
      const media = /^\/api\/v\d\/media/.test(route.path);
      expect(route.app).toBe(moderation ? 'moderation' : streaming ? 'streaming' : media ? 'media' : 'api');
    }
  });

  test('a declared path is found whatever its parameters are called', () => {
    expect(routeFor('GET', '/api/v1/statuses/:statusId/context')?.scope).toBe('read:statuses');
    expect(routeFor('HEAD', '/api/v1/instance/')?.auth).toBe('none');
    expect(routeFor('GET', '/api/v1/accounts/lookup')?.path).toBe('/api/v1/accounts/lookup');
    expect(routeFor('GET', '/api/v1/nothing')).toBeUndefined();
  });
});

describe('page links', () => {
  const page = { baseUrl: 'https://home.example', requestUrl: '/api/v1/timelines/public?local=true&max_id=99&limit=2&access_token=x', limit: 2 };

  test('older and newer, other parameters kept, cursors and tokens dropped', () => {
    expect(pagingLinks({ ...page, ids: ['20', '10'] })).toBe(
      '<https://home.example/api/v1/timelines/public?local=true&limit=2&max_id=10>; rel="next", ' +
        '<https://home.example/api/v1/timelines/public?local=true&limit=2&min_id=20>; rel="prev"',
    );
  });

  test('a short page is the last, an empty one has no links', () => {
    expect(pagingLinks({ ...page, ids: ['20'], newer: 'since_id' })).toBe(
      '<https://home.example/api/v1/timelines/public?local=true&limit=2&since_id=20>; rel="prev"',
    );
    expect(pagingLinks({ ...page, ids: [] })).toBeNull();
  });

  test.each(['//evil.example/x', '/x>;rel="next",<https://evil.example', '/%zz', '/a\r\nSet-Cookie: x=1'])('%j cannot leave this server or the header', (requestUrl) => {
    const links = pagingLinks({ ...page, requestUrl, ids: ['1'] });
    expect(links).toMatch(/^<https:\/\/home\.example\/[^<>\s"]*>; rel="prev"$/);
  });
});

describe('errors', () => {
  test('bodies hold the safe sentence alone', () => {
    expect(renderError(recordNotFound())).toEqual({ error: 'Record not found' });
    expect(renderError(new AppError(500, 'x', 'Oops', { context: { secret: 1 }, cause: new Error('no') }))).toEqual({ error: 'Oops' });
    expect(tooManyRequests(7).extra.retryAfterSeconds).toBe(7);
  });

  test('faults of fields, with details for sign-up forms', () => {
    const faults = [
      { field: 'username', code: 'ERR_TAKEN', message: 'has already been taken' },
      { field: 'redirect_uris', code: 'ERR_BLANK', message: "can't be blank" },
    ];
    const error = validationFailed(faults, true);
    expect(error.status).toBe(422);
    expect(renderError(error)).toEqual({
      error: "Validation failed: Username has already been taken, Redirect uris can't be blank",
      details: {
        username: [{ error: 'ERR_TAKEN', description: 'has already been taken' }],
        redirect_uris: [{ error: 'ERR_BLANK', description: "can't be blank" }],
      },
    });
  });

  test('OAuth errors carry code and description', () => {
    const error = oauthError('invalid_client');
    expect([error.status, renderError(error).error]).toEqual([401, 'invalid_client']);
    expect(renderError(error).error_description).toMatch(/^Client authentication failed/);
  });
});
