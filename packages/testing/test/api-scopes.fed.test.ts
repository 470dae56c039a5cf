import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ALL_SCOPES, covers, routeFor, ROUTES, type Route } from '@trunkline/mastodon-api';
import { startTestServer, type TestPerson, type TestServer } from '../src/index.js';
import { appTokenWith, ask, askUpgrade, filled, named, NO_ID, rows, tokenWith } from './api-caller.js';

jest.setTimeout(90_000);

const INVALID = { error: 'The access token is invalid' };
const OUTSIDE = { error: 'This action is outside the authorized scopes' };
const NO_PERSON = { error: 'This method requires an authenticated user' };
const NOT_ALLOWED = { error: 'This action is not allowed' };

let server: TestServer;
/** By role: owners may do everything that a scope allows. */
const staff = new Map<string, TestPerson>();
const tokens = new Map<string, Promise<string>>();

beforeAll(async () => {
  server = await startTestServer();
  for (const role of ['User', 'Moderator', 'Admin', 'Owner'] as const) staff.set(role, await server.person(role.toLowerCase(), { role }));
});
afterAll(async () => server?.stop());

/** One token for each pair of bearer and scopes: the walk asks for the same ones again and again. */
function token(who: string, scopes: readonly string[]): Promise<string> {
  const key = `${who} ${scopes.join(' ')}`;
  const person = staff.get(who);
  const made = tokens.get(key) ?? (person === undefined ? appTokenWith(server, scopes) : tokenWith(server, person, scopes));
  tokens.set(key, made);
  return made;
}

const isAdmin = (route: Route): boolean => route.path.includes('/admin/');
const scopesOf = (route: Route): string[] => [route.scope, route.orScope].filter((scope): scope is string => typeof scope === 'string');
/** Everything there is but what the route wants. */
const withoutNeeded = (route: Route): string[] => ALL_SCOPES.filter((scope) => !scopesOf(route).some((needed) => covers([scope], needed)));
const parentOf = (scope: string): string | null => (scope.includes(':') ? scope.slice(0, scope.lastIndexOf(':')) : null);

const call = async (route: Route, bearer: string | null) => {
  const isSocket = route.path === '/api/v1/streaming';
  const seen = isSocket ? await askUpgrade(server, route.path, bearer) : await ask(server, route.method, filled(route), { token: bearer });
  return { status: seen.status, body: seen.body, type: seen.headers.get('content-type') };
};
/** Whether the guard stopped it, whatever else the route said afterwards. */
const wasStopped = ({ status, body }: { status: number; body: unknown }): boolean =>
  [INVALID, OUTSIDE, NO_PERSON].some((refusal) => JSON.stringify(refusal) === JSON.stringify(body)) || status >= 500;

describe('without a token', () => {
  test.each(rows(({ auth }) => auth === 'none' || auth === 'optional'))('%s is answered', async (_, route) => {
    expect(wasStopped(await call(route, null))).toBe(false);
  });

  test.each(rows(({ auth }) => auth === 'app' || auth === 'user'))('%s is not', async (_, route) => {
    expect(await call(route, null)).toMatchObject({ status: 401, body: INVALID });
  });
});

describe('with a token that nobody issued', () => {
  test.each(rows(({ auth }) => auth !== 'none'))('%s is not answered, not even as to a stranger', async (_, route) => {
    expect(await call(route, 'nonsense')).toMatchObject({ status: 401, body: INVALID });
  });

  test.each(rows(({ auth }) => auth === 'none'))('%s does not look at it', async (_, route) => {
    expect(wasStopped(await call(route, 'nonsense'))).toBe(false);
  });
});

test.each(rows(({ auth }) => auth === 'user'))('%s wants a person, not an application', async (_, route) => {
  expect(await call(route, await token('app', ALL_SCOPES))).toMatchObject({ status: 422, body: NO_PERSON });
});

describe('scopes', () => {
  test.each(rows(({ scope }) => scope !== null))('%s refuses every scope but its own', async (_, route) => {
    expect(await call(route, await token('Owner', withoutNeeded(route)))).toMatchObject({ status: 403, body: OUTSIDE });
  });

  test.each(rows(({ scope, auth }) => scope !== null && auth !== 'user'))('%s refuses an application without it too', async (_, route) => {
    expect(await call(route, await token('app', withoutNeeded(route)))).toMatchObject({ status: 403, body: OUTSIDE });
  });

  test.each(rows(({ auth }) => auth !== 'none'))('%s takes its scope, each that will do, and what stands above it', async (_, route) => {
    for (const needed of scopesOf(route)) {
      const parent = parentOf(needed);
      for (const scopes of parent === null ? [[needed]] : [[needed], [parent]]) {
        const seen = await call(route, await token('Owner', scopes));
        expect([scopes, seen.status, wasStopped(seen)]).toEqual([scopes, expect.any(Number), false]);
      }
    }
  });

  test('a scope of one thing is none of all, and `write` does not read', async () => {
    const home = await token('User', ['write', 'follow', 'push', 'profile', 'read:accounts', 'admin:read', 'admin:write']);
    expect(await ask(server, 'GET', '/api/v1/timelines/home', { token: home })).toMatchObject({ status: 403, body: OUTSIDE });
    const follow = await token('User', ['follow']);
    expect((await ask(server, 'GET', '/api/v1/blocks', { token: follow })).status).toBe(200);
    expect((await ask(server, 'GET', '/api/v1/bookmarks', { token: follow })).status).toBe(403);
  });
});

describe('moderators', () => {
  const isRules = (route: Route): boolean => /\/admin\/domain_/.test(route.path);
  test.each(rows(isAdmin))('%s: by role', async (_, route) => {
    const answers = new Map<string, unknown>();
    for (const role of staff.keys()) answers.set(role, (await call(route, await token(role, ALL_SCOPES))).body);
    expect(answers.get('User')).toEqual(NOT_ALLOWED);
    for (const role of ['Admin', 'Owner']) expect([role, answers.get(role)]).not.toEqual([role, NOT_ALLOWED]);
    if (isRules(route)) expect(answers.get('Moderator')).toEqual(NOT_ALLOWED);
    else expect(answers.get('Moderator')).not.toEqual(NOT_ALLOWED);
  });

  test('nobody decides about an equal, somebody above, or themselves', async () => {
    const order = async (by: string, about: string): Promise<number> => {
      const path = `/api/v1/admin/accounts/${staff.get(about)?.account.id ?? ''}/action`;
      return (await ask(server, 'POST', path, { token: await token(by, ALL_SCOPES), json: { type: 'silence' } })).status;
    };
    for (const [by, about] of [['Moderator', 'Moderator'], ['Moderator', 'Admin'], ['Admin', 'Owner'], ['Owner', 'Owner']] as const) {
      expect([by, about, await order(by, about)]).toEqual([by, about, 403]);
    }
    expect(await order('Admin', 'Moderator')).toBe(200);
    expect(await order('Moderator', 'User')).toBe(200);
  });
});

describe('addresses', () => {
  /** Of every service: `standalone` holds them all. */
  const registered = (): { method: string; path: string }[] => {
    const instance = server.service.app.getHttpAdapter().getInstance() as { printRoutes(options: object): string };
    return parseRoutes(instance.printRoutes({ commonPrefix: false }));
  };

  test('everything under /api and /oauth stands in the table, and everything in the table is there', () => {
    const found = registered().filter(({ path }) => /^\/(api|oauth)(\/|$)/.test(path));
    expect(found.length).toBeGreaterThan(100);
    expect(found.filter(({ method, path }) => routeFor(method, path) === undefined)).toEqual([]);
    // Upgrades are no routes: the gateway answers them beside the router.
    const shapes = new Set([{ method: 'GET', path: '/api/v1/streaming' }, ...registered()].map(({ method, path }) => `${method} ${path.replace(/:[^/]+/g, ':')}`));
    expect(ROUTES.filter((route) => !shapes.has(named(route).replace(/:[^/]+/g, ':'))).map(named)).toEqual([]);
  });

  test.each([
    ['GET', '/api/v1/nothing'],
    ['POST', '/api/v1/nothing'],
    ['GET', '/api/v3/instance'],
    ['GET', '/api'],
    ['GET', '/oauth/nothing'],
    ['GET', '/oauth/applications'],
    ['DELETE', '/api/v1/instance'],
    ['PATCH', '/api/v1/timelines/home'],
    ['GET', '/api/v1/admin/nothing'],
    ['GET', '/api/v1/streaming/nothing'],
    ['GET', `/api/v1/statuses/${NO_ID}/nothing`],
    ['GET', '/api/v1/accounts/../../v1/nothing'],
  ])('%s %s is nowhere', async (method, path) => {
    const seen = await ask(server, method, path, { token: await token('Owner', ALL_SCOPES) });
    expect(seen).toMatchObject({ status: 404, body: { error: 'Not Found' } });
    expect(seen.headers.get('content-type')).toContain('application/json');
  });

  test('a closing slash and a HEAD make no other route', async () => {
    expect((await ask(server, 'GET', '/api/v1/timelines/home/')).status).toBe(401);
    expect((await ask(server, 'HEAD', '/api/v1/timelines/home')).status).toBe(401);
    const lacking = await token('User', ['write']);
    expect((await ask(server, 'HEAD', '/api/v1/timelines/home/', { token: lacking })).status).toBe(403);
  });
});

/** What fastify prints of its routes, each line `… path (METHOD, METHOD)` below the one whose path it goes on. */
function parseRoutes(printed: string): { method: string; path: string }[] {
  const found: { method: string; path: string }[] = [];
  const above: string[] = [];
  for (const line of printed.split('\n')) {
    const match = /^([│├└─ ]*)(\S*?)(?: \(([A-Z, ]+)\))?$/u.exec(line);
    const [, indent = '', piece = '', methods] = match ?? [];
    if (match === null || piece === '') continue;
    const depth = indent.length / 4;
    above.length = depth;
    above[depth] = piece;
    const path = above.join('').replace(/(?<=.)\/$/, '');
    for (const method of methods?.split(', ') ?? []) found.push({ method, path });
  }
  return found;
}
