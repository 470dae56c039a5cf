import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Snowflake } from '@trunkline/kernel';
import { AccessTokens, type NewGrant } from '../../src/identity/access-tokens.js';
import { Applications, type Application } from '../../src/identity/applications.js';
import { Users } from '../../src/identity/users.js';
import { WebSessions } from '../../src/identity/web-sessions.js';
import { ids, profile, startWorld, type World } from '../social/world.js';

let world: World;
let tokens: AccessTokens;
let applications: Applications;
let app: Application;
let userId: Snowflake;
beforeAll(async () => {
  world = await startWorld(10);
  tokens = new AccessTokens(world.db);
  applications = new Applications(world.db);
  app = (
    await applications.create({ id: ids.next(), name: 'Client', website: null, redirectUris: ['app://done'], scopes: ['read', 'write'] })
  ).application;
  const made = await new Users(world.db, world.store).create({
    id: ids.next(), account: { ...profile('holder'), id: ids.next() }, email: 'h@mail.example', password: 'p', role: 'User', locale: 'en',
    confirmed: true, approved: true, reason: null, appId: null, ip: null,
  });
  if (!made.ok) throw new Error(made.error.code);
  userId = made.value.user.id;
}, 60_000);
afterAll(() => world.stop());

const grant = (change: Partial<NewGrant> = {}): NewGrant => ({
  appId: app.id, userId, redirectUri: 'app://done', scopes: ['read'], codeChallenge: null, ...change,
});
const exchange = async (code: string) => {
  const redeemed = await tokens.redeem(code, () => true);
  return redeemed === null
    ? null
    : (await tokens.issue({ id: ids.next(), appId: app.id, userId, scopes: redeemed.scopes, grantCodeHash: redeemed.codeHash })).token;
};

describe('applications', () => {
  test('are known by id and secret, and the secret is not stored', async () => {
    const { application, clientSecret } = await applications.create({
      id: ids.next(), name: 'Other', website: 'https://o.example', redirectUris: ['a', 'b'], scopes: ['read'],
    });
    expect(await applications.authenticate(application.clientId, clientSecret)).toEqual(application);
    expect(await applications.authenticate(application.clientId, 'wrong')).toBeNull();
    expect(await applications.authenticate('unknown', clientSecret)).toBeNull();
    expect(await applications.byId(application.id)).toEqual(await applications.byClientId(application.clientId));
    const rows = await world.db.query('SELECT * FROM identity.apps');
    expect(JSON.stringify(rows)).not.toContain(clientSecret);
  });
});

describe('codes', () => {
  test('a code buys one token, however many come for it at once', async () => {
    const code = await tokens.grant(grant({ codeChallenge: 'c' }));
    const results = await Promise.all(Array.from({ length: 8 }, () => tokens.redeem(code, (found) => found.codeChallenge === 'c')));
    expect(results.filter((result) => result !== null)).toHaveLength(1);
    expect(results.find((result) => result !== null)).toMatchObject({ appId: app.id, userId, scopes: ['read'], redirectUri: 'app://done' });
  });

  test('a refused code is not used up; an unknown or expired one buys nothing', async () => {
    const code = await tokens.grant(grant());
    expect(await tokens.redeem(code, () => false)).toBeNull();
    expect(await tokens.redeem(code, () => true)).not.toBeNull();
    expect(await tokens.redeem('unknown', () => true)).toBeNull();
    const late = await tokens.grant(grant());
    await world.db.query(`UPDATE identity.grants SET expires_at = now() - interval '1 second' WHERE used_at IS NULL`);
    expect(await tokens.redeem(late, () => true)).toBeNull();
  });

  // The second one may come long after the first: stolen codes lie about in logs.
  test.each([['at once', '0 minutes'], ['after it ran out', '11 minutes']])('a code that comes twice, %s, revokes what it bought', async (_when, later) => {
    const code = await tokens.grant(grant());
    const token = await exchange(code);
    expect(await tokens.lookup(token ?? '')).not.toBeNull();
    await world.db.query('UPDATE identity.grants SET expires_at = expires_at - $1::interval WHERE used_at IS NOT NULL', [later]);
    expect(await exchange(code)).toBeNull();
    expect(await tokens.lookup(token ?? '')).toBeNull();
  });

  // Between redeeming and issuing lies a moment in which the thief's second use can fall.
  test('a token issued after its code came twice is worth nothing', async () => {
    const code = await tokens.grant(grant());
    const redeemed = await tokens.redeem(code, () => true);
    expect(await tokens.redeem(code, () => true)).toBeNull();
    await expect(
      tokens.issue({ id: ids.next(), appId: app.id, userId, scopes: ['read'], grantCodeHash: redeemed?.codeHash }),
    ).rejects.toMatchObject({ status: 400, code: 'invalid_grant' });
  });
});

describe('tokens', () => {
  test('tell app, scopes and person by one statement; without a person they speak for the app', async () => {
    const { token } = await tokens.issue({ id: ids.next(), appId: app.id, userId, scopes: ['read', 'write:statuses'] });
    const identity = await tokens.lookup(token);
    expect(identity).toMatchObject({ appId: app.id, appName: 'Client', scopes: ['read', 'write:statuses'], user: { id: userId, role: 'User', disabled: false } });
    expect(JSON.stringify(identity)).not.toContain('mail.example');
    const { token: appToken } = await tokens.issue({ id: ids.next(), appId: app.id, userId: null, scopes: ['read'] });
    expect(await tokens.lookup(appToken)).toMatchObject({ user: null, appId: app.id });
    expect(await tokens.lookup('unknown')).toBeNull();
    expect(JSON.stringify(await world.db.query('SELECT * FROM identity.tokens'))).not.toContain(token);
  });

  test('end one by one for their own app, or all of a person, sessions and open codes included', async () => {
    const sessions = new WebSessions(world.db);
    const [one = '', two = ''] = await Promise.all(
      [1, 2].map(async () => (await tokens.issue({ id: ids.next(), appId: app.id, userId, scopes: ['read'] })).token),
    );
    await tokens.revoke(one, ids.next());
    expect(await tokens.lookup(one)).not.toBeNull();
    await tokens.revoke(one, app.id);
    await tokens.revoke(one, app.id);
    expect(await tokens.lookup(one)).toBeNull();
    const [session, code] = [await sessions.start(userId, 'x'.repeat(2_000)), await tokens.grant(grant())];
    expect((await sessions.userOf(session))?.id).toBe(userId);
    await tokens.revokeAllOf(userId);
    expect(await tokens.lookup(two)).toBeNull();
    expect(await sessions.userOf(session)).toBeNull();
    expect(await exchange(code)).toBeNull();
  });

  test('a session ends when it is ended or runs out', async () => {
    const sessions = new WebSessions(world.db);
    const [ended, late] = [await sessions.start(userId, null), await sessions.start(userId, null)];
    await sessions.end(ended);
    expect(await sessions.userOf(ended)).toBeNull();
    await world.db.query(`UPDATE identity.sessions SET expires_at = now()`);
    expect(await sessions.userOf(late)).toBeNull();
  });
});
