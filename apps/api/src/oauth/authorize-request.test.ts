import { describe, expect, test } from '@jest/globals';
import { snowflake } from '@trunkline/kernel';
import { readAuthorizeRequest, redirectWith, type AuthorizeInput } from './authorize-request.js';

const REDIRECT = 'https://app.test/cb';
const application = {
  id: snowflake('1'),
  clientId: 'client',
  name: 'App',
  website: null,
  redirectUris: [REDIRECT, 'app.test:/cb?keep=1', 'urn:ietf:wg:oauth:2.0:oob'],
  scopes: ['read', 'write:statuses'],
};
const applications = { byClientId: async (id: string) => (id === 'client' ? application : null) };
const input: AuthorizeInput = {
  responseType: 'code',
  clientId: 'client',
  redirectUri: REDIRECT,
  scope: 'read write:statuses',
  state: 's t',
  codeChallenge: null,
  codeChallengeMethod: null,
};
const codeOf = async (change: Partial<AuthorizeInput>): Promise<string> => {
  const request = await readAuthorizeRequest(applications, { ...input, ...change });
  return request.ok ? 'ok' : request.error.code;
};

describe('what a client may ask for', () => {
  test.each([REDIRECT, 'app.test:/cb?keep=1', 'urn:ietf:wg:oauth:2.0:oob'])('the registered address %s', async (redirectUri) => {
    expect(await codeOf({ redirectUri })).toBe('ok');
  });

  // S163: every way to be nearly right.
  test.each([
    'https://app.test.evil.test/cb',
    'https://app.test/cb/',
    'https://app.test/cb/../x',
    'https://app.test/cb?x=1',
    'https://app.test/cb#x',
    'https://APP.test/cb',
    'https://app.test:443/cb',
    'https://u@app.test/cb',
    'http://app.test/cb',
    '//app.test/cb',
    'javascript:alert(1)',
    `${REDIRECT} https://evil.test/`,
    '',
  ])('not the address %s', async (redirectUri) => {
    expect(await codeOf({ redirectUri })).toBe('invalid_redirect_uri');
  });

  test('an unknown client is nobody', async () => {
    expect(await codeOf({ clientId: 'other' })).toBe('invalid_client');
    expect(await codeOf({ clientId: '' })).toBe('invalid_client');
  });

  test.each(['token', 'id_token', 'code token', ''])('no response type %s', async (responseType) => {
    expect(await codeOf({ responseType })).toBe('unsupported_response_type');
  });

  test.each([
    ['read:accounts', 'ok'],
    ['', 'ok'],
    ['write:statuses', 'ok'],
    ['write', 'invalid_scope'],
    ['read write', 'invalid_scope'],
    ['read+admin:read', 'invalid_scope'],
    ['admin:write:accounts', 'invalid_scope'],
    ['nonsense', 'invalid_scope'],
  ])('scope %s: %s', async (scope, code) => {
    expect(await codeOf({ scope })).toBe(code);
  });

  test.each([
    ['x'.repeat(43), 'S256', 'ok'],
    ['x'.repeat(43), 'plain', 'invalid_code_challenge'],
    ['x'.repeat(43), null, 'invalid_code_challenge'],
    [null, 'S256', 'invalid_code_challenge'],
    [null, 'plain', 'invalid_code_challenge'],
  ])('challenge %s by %s: %s', async (codeChallenge, codeChallengeMethod, code) => {
    expect(await codeOf({ codeChallenge, codeChallengeMethod })).toBe(code);
  });
});

test('the answer joins the query of the address', () => {
  expect(redirectWith(REDIRECT, { code: 'a b', state: null })).toBe('https://app.test/cb?code=a+b');
  expect(redirectWith('app.test:/cb?keep=1', { error: 'access_denied', state: 'x&y' })).toBe('app.test:/cb?keep=1&error=access_denied&state=x%26y');
});
