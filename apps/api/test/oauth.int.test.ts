import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ApiClient, type TestPerson, type TestServer } from '@trunkline/testing';
import { conforming, nobody, startApi } from './api-server.js';
import { CHALLENGE, OAuthClient, REDIRECT, VERIFIER } from './oauth-client.js';

let server: TestServer;
let alice: TestPerson;
let people = 0;

beforeAll(async () => {
  server = await startApi();
}, 60_000);
// Nobody signs in twenty times in five minutes.
beforeEach(async () => {
  alice = await server.person(`alice${(people += 1)}`);
});
afterAll(() => server?.stop());

const whoIs = (token: unknown) => new ApiClient(server.url, String(token)).ask('GET', '/api/v1/accounts/verify_credentials');

describe('an app and a person', () => {
  test('register, sign in, agree, get a token, use it, revoke it', async () => {
    const client = await OAuthClient.register(server);
    conforming('CredentialApplication', client.app);
    const consent = await client.toConsent(alice, { code_challenge: CHALLENGE, code_challenge_method: 'S256' });
    expect(consent.status).toBe(200);
    expect(consent.text).toContain('Test app');
    expect(consent.text).toContain(`@alice${people}@${server.domain}`);
    const decided = await client.browser.submit(consent, '/oauth/authorize', { decision: 'authorize' });
    expect(decided.status).toBe(302);
    expect(decided.location).toMatch(/^https:\/\/app\.test\/callback\?keep=1&code=[\w-]{43}&state=st%26te$/);
    const code = new URL(decided.location ?? '').searchParams.get('code') ?? '';
    const token = await client.token({ ...client.secrets, code, code_verifier: VERIFIER });
    expect(token).toMatchObject({ status: 200, body: { token_type: 'Bearer', scope: 'read' } });
    expect(token.headers.get('cache-control')).toBe('no-store');
    conforming('Token', token.body);
    expect(await whoIs(token.body['access_token'])).toMatchObject({ status: 200, body: { id: alice.account.id } });
    const api = new ApiClient(server.url, String(token.body['access_token']));
    expect(conforming('Application', await api.get('/api/v1/apps/verify_credentials'))).toMatchObject({ name: 'Test app', redirect_uri: `${REDIRECT}\nurn:ietf:wg:oauth:2.0:oob` });
    expect((await nobody(server).ask('POST', '/oauth/revoke', { ...client.secrets, token: token.body['access_token'] })).status).toBe(200);
    expect((await whoIs(token.body['access_token'])).status).toBe(401);
  });

  test('somebody who is signed in is not asked again, unless the app insists', async () => {
    const client = await OAuthClient.register(server);
    await client.toConsent(alice);
    expect((await client.browser.get(client.authorizePath())).status).toBe(200);
    const anew = await client.browser.get(client.authorizePath({ force_login: 'true' }));
    expect(anew.location).toMatch(/^\/auth\/sign_in\?.*anew=true/);
    expect((await client.browser.get(anew.location ?? '')).text).toContain('name="password"');
  });

  test('no: the app is told so', async () => {
    const client = await OAuthClient.register(server);
    const decided = await client.browser.submit(await client.toConsent(alice), '/oauth/authorize', { decision: 'deny' });
    expect(decided.location).toMatch(/^https:\/\/app\.test\/callback\?keep=1&error=access_denied&.*state=st%26te$/);
  });

  test('an app without an address of its own: the person gets the code to copy', async () => {
    const client = await OAuthClient.register(server);
    const redirect = { redirect_uri: 'urn:ietf:wg:oauth:2.0:oob' };
    const decided = await client.browser.submit(await client.toConsent(alice, redirect), '/oauth/authorize', { decision: 'authorize' });
    expect(decided.location).toMatch(/^\/oauth\/authorize\/native\?code=/);
    const shown = await client.browser.get(decided.location ?? '');
    const code = new URL(decided.location ?? '', server.url).searchParams.get('code') ?? '';
    expect(shown.text).toContain(code);
    expect((await client.token({ ...client.secrets, ...redirect, code })).status).toBe(200);
  });

  test('an application alone: by Basic, only what it registered for', async () => {
    const client = await OAuthClient.register(server);
    const basic = `Basic ${Buffer.from(`${client.app.client_id}:${client.app.client_secret}`).toString('base64')}`;
    const token = await client.token({ grant_type: 'client_credentials' }, { authorization: basic });
    expect(token).toMatchObject({ status: 200, body: { scope: 'read' } });
    // S153: a token of nobody opens nothing that needs somebody.
    expect(await whoIs(token.body['access_token'])).toMatchObject({ status: 422, body: { error: 'This method requires an authenticated user' } });
    expect(await client.token({ ...client.secrets, grant_type: 'client_credentials', scope: 'read write' })).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
  });

  test('userinfo and metadata', async () => {
    const client = await OAuthClient.register(server);
    const token = await client.token({ ...client.secrets, code: await client.code(alice, { scope: 'profile' }) });
    const api = new ApiClient(server.url, String(token.body['access_token']));
    expect(await api.get('/oauth/userinfo')).toMatchObject({ sub: alice.account.uri, preferred_username: `alice${people}` });
    expect(await api.get('/api/v1/accounts/verify_credentials')).toMatchObject({ id: alice.account.id });
    expect((await api.ask('GET', '/api/v1/timelines/home')).status).toBe(403);
    expect(await nobody(server).get('/.well-known/oauth-authorization-server')).toMatchObject({
      token_endpoint: `http://${server.domain}/oauth/token`,
      code_challenge_methods_supported: ['S256'],
    });
  });
});

describe('attacks on OAuth', () => {
  const refused = { status: 400, body: { error: 'invalid_grant' } };

  test('code replay revokes tokens', async () => {
    const client = await OAuthClient.register(server);
    const code = await client.code(alice);
    const first = await client.token({ ...client.secrets, code });
    expect((await whoIs(first.body['access_token'])).status).toBe(200);
    expect(await client.token({ ...client.secrets, code })).toMatchObject(refused);
    expect((await whoIs(first.body['access_token'])).status).toBe(401);
  });

  test('PKCE mismatch, missing verifier, verifier without challenge: refused, and the code still works for the one who has it', async () => {
    const client = await OAuthClient.register(server);
    const code = await client.code(alice, { code_challenge: CHALLENGE, code_challenge_method: 'S256' });
    expect(await client.token({ ...client.secrets, code, code_verifier: 'w'.repeat(43) })).toMatchObject(refused);
    expect(await client.token({ ...client.secrets, code })).toMatchObject(refused);
    expect((await client.token({ ...client.secrets, code, code_verifier: VERIFIER })).status).toBe(200);
    const bare = await client.code(alice);
    expect(bare).not.toBe('');
    expect(await client.token({ ...client.secrets, code: bare, code_verifier: VERIFIER })).toMatchObject(refused);
  });

  test.each([{ code_challenge: CHALLENGE, code_challenge_method: 'plain' }, { code_challenge: CHALLENGE }, { code_challenge_method: 'S256' }])(
    'PKCE other than S256: %j shows a page and goes nowhere',
    async (change) => {
      const client = await OAuthClient.register(server);
      const page = await client.browser.get(client.authorizePath(change as Record<string, string>));
      expect(page).toMatchObject({ status: 400, location: null });
    },
  );

  test.each([
    'https://app.test/callback',
    'https://app.test/callback?keep=1&more=2',
    'https://app.test.evil.test/callback?keep=1',
    'https://evil.test/',
    'javascript:alert(1)',
  ])('redirect_uri mismatch: %s shows a page and goes nowhere', async (redirect_uri) => {
    const client = await OAuthClient.register(server);
    const page = await client.browser.get(client.authorizePath({ redirect_uri }));
    expect(page).toMatchObject({ status: 400, location: null });
    expect(page.text).not.toContain('<script');
  });

  test('redirect_uri mismatch at the token endpoint: refused', async () => {
    const client = await OAuthClient.register(server);
    const code = await client.code(alice);
    expect(await client.token({ ...client.secrets, code, redirect_uri: 'urn:ietf:wg:oauth:2.0:oob' })).toMatchObject(refused);
  });

  test("wrong client secret, unknown client, another client's code: refused", async () => {
    const [client, other] = [await OAuthClient.register(server), await OAuthClient.register(server)];
    const code = await client.code(alice);
    const invalidClient = { status: 401, body: { error: 'invalid_client' } };
    expect(await client.token({ ...client.secrets, client_secret: 'wrong', code })).toMatchObject(invalidClient);
    expect(await client.token({ client_id: 'unknown', client_secret: 'x', code })).toMatchObject(invalidClient);
    expect(await client.token({ code })).toMatchObject(invalidClient);
    expect(await other.token({ ...other.secrets, code })).toMatchObject(refused);
    expect((await client.token({ ...client.secrets, code })).status).toBe(200);
  });

  test("another client's token is not revoked", async () => {
    const [client, other] = [await OAuthClient.register(server), await OAuthClient.register(server)];
    const { body } = await client.token({ ...client.secrets, code: await client.code(alice) });
    expect((await nobody(server).ask('POST', '/oauth/revoke', { ...other.secrets, token: body['access_token'] })).status).toBe(403);
    expect((await whoIs(body['access_token'])).status).toBe(200);
  });

  test('scope escalation: neither at the consent, nor by a changed form, nor at the token endpoint', async () => {
    const client = await OAuthClient.register(server);
    for (const scope of ['write', 'read admin:read', 'read+write', 'nonsense']) {
      expect(await client.browser.get(client.authorizePath({ scope }))).toMatchObject({ status: 400, location: null });
    }
    const consent = await client.toConsent(alice);
    expect((await client.browser.submit(consent, '/oauth/authorize', { decision: 'authorize', scope: 'write' })).status).toBe(400);
    const granted = await client.browser.submit(consent, '/oauth/authorize', { decision: 'authorize' });
    const code = new URL(granted.location ?? '').searchParams.get('code') ?? '';
    expect(await client.token({ ...client.secrets, code, scope: 'read write:statuses' })).toMatchObject({ status: 200, body: { scope: 'read' } });
  });

  test('CSRF missing, wrong, from another browser or another site: refused', async () => {
    const client = await OAuthClient.register(server);
    const consent = await client.toConsent(alice);
    const { submit, post } = { submit: client.browser.submit.bind(client.browser), post: client.browser.post.bind(client.browser) };
    const hidden = { response_type: 'code', client_id: client.app.client_id, redirect_uri: REDIRECT, decision: 'authorize' };
    expect((await post('/oauth/authorize', hidden)).status).toBe(403);
    expect((await submit(consent, '/oauth/authorize', { decision: 'authorize', form_token: 'x'.repeat(43) })).status).toBe(403);
    const stranger = await OAuthClient.register(server);
    const theirs = await stranger.toConsent(await server.person(`mallory${people}`));
    const token = /name="form_token" value="([^"]+)"/.exec(theirs.text)?.[1] ?? '';
    expect((await submit(consent, '/oauth/authorize', { decision: 'authorize', form_token: token })).status).toBe(403);
    const good = /name="form_token" value="([^"]+)"/.exec(consent.text)?.[1] ?? '';
    expect((await post('/oauth/authorize', { ...hidden, form_token: good }, { origin: 'https://evil.test' })).status).toBe(403);
    expect((await post('/oauth/authorize', { ...hidden, form_token: good })).status).toBe(302);
  });

  test('addresses that run or read something are not registered', async () => {
    for (const redirect_uris of ['javascript:alert(1)', 'data:text/html,x', 'https://app.test/#x', 'not an address', '']) {
      expect((await nobody(server).ask('POST', '/api/v1/apps', { client_name: 'x', redirect_uris })).status).toBe(422);
    }
  });

  test('the name of an app is text on the consent page', async () => {
    const client = await OAuthClient.register(server, { client_name: '<img src=x onerror=alert(1)>' });
    const consent = await client.toConsent(alice);
    expect(consent.text).not.toContain('<img');
    expect(consent.headers.get('content-security-policy')).toMatch(/default-src 'none'.*form-action 'self' https:\/\/app\.test;.*frame-ancestors 'none'/);
  });

  test('a grant type with a password is none of ours', async () => {
    const client = await OAuthClient.register(server);
    expect(await client.token({ ...client.secrets, grant_type: 'password', username: alice.email, password: alice.password })).toMatchObject({
      status: 400,
      body: { error: 'unsupported_grant_type' },
    });
  });
});
