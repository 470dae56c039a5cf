import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { snowflake, type Snowflake } from '@trunkline/kernel';
import type { RedeemedGrant } from '@trunkline/persistence';
import { basicCredentials } from './client-authentication.js';
import { exchangeToken, provesChallenge, type TokenPorts } from './exchange-token.js';

const VERIFIER = 'v'.repeat(43);
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');
const application = { id: snowflake('1'), clientId: 'c', name: 'App', website: null, redirectUris: ['https://a.test/cb'], scopes: ['read', 'write'] };
const grant: RedeemedGrant = {
  appId: application.id,
  userId: snowflake('7'),
  redirectUri: 'https://a.test/cb',
  scopes: ['read'],
  codeChallenge: CHALLENGE,
  codeHash: 'hash',
};

function ports(stored: RedeemedGrant | null = grant): TokenPorts & { issued: { userId: Snowflake | null; scopes: readonly string[] }[] } {
  const issued: { userId: Snowflake | null; scopes: readonly string[] }[] = [];
  return {
    issued,
    ids: { next: () => snowflake('9') },
    tokens: {
      redeem: async (_code, check) => (stored !== null && check(stored) ? stored : null),
      issue: async (token) => {
        issued.push(token);
        return { token: 'secret', createdAt: new Date(0) };
      },
    },
  };
}

const request = { grantType: 'authorization_code', code: 'code', redirectUri: 'https://a.test/cb', codeVerifier: VERIFIER, scope: null };

describe('a code for a token', () => {
  test('the token has the scopes of the consent, even when more is asked for', async () => {
    const given = ports();
    expect(await exchangeToken(given, application, { ...request, scope: 'read write' })).toMatchObject({ ok: true, value: { scopes: ['read'] } });
    expect(given.issued).toMatchObject([{ userId: '7', scopes: ['read'] }]);
  });

  test.each([
    ['a wrong verifier', { codeVerifier: 'w'.repeat(43) }],
    ['no verifier', { codeVerifier: null }],
    ['another redirect address', { redirectUri: 'https://a.test/cb2' }],
    ['no redirect address', { redirectUri: '' }],
  ])('%s: invalid_grant, nothing issued', async (_name, change) => {
    const given = ports();
    expect(await exchangeToken(given, application, { ...request, ...change })).toEqual({ ok: false, error: { code: 'invalid_grant' } });
    expect(given.issued).toEqual([]);
  });

  test("another client's code is worth nothing", async () => {
    expect(await exchangeToken(ports(), { ...application, id: snowflake('2') }, request)).toMatchObject({ error: { code: 'invalid_grant' } });
  });

  test('a verifier where no challenge was sent is refused: somebody stripped it', () => {
    expect(provesChallenge(null, VERIFIER)).toBe(false);
    expect(provesChallenge(null, null)).toBe(true);
  });
});

describe('an application alone', () => {
  test.each([
    [null, { ok: true, value: { scopes: ['read'] } }],
    ['write:accounts', { ok: true, value: { scopes: ['write:accounts'] } }],
    ['push', { ok: false, error: { code: 'invalid_scope' } }],
    ['admin:read', { ok: false, error: { code: 'invalid_scope' } }],
  ])('scope %s', async (scope, outcome) => {
    const given = ports();
    expect(await exchangeToken(given, application, { ...request, grantType: 'client_credentials', scope })).toMatchObject(outcome);
    expect(given.issued.every(({ userId }) => userId === null)).toBe(true);
  });
});

test.each([
  ['', 'invalid_request'],
  ['password', 'unsupported_grant_type'],
  ['refresh_token', 'unsupported_grant_type'],
])('grant type %s: %s', async (grantType, code) => {
  expect(await exchangeToken(ports(), application, { ...request, grantType })).toEqual({ ok: false, error: { code } });
});

test.each([
  ['Basic YTpi', { clientId: 'a', clientSecret: 'b' }],
  [`Basic ${Buffer.from('a%3A:b%2Bc+d').toString('base64')}`, { clientId: 'a:', clientSecret: 'b+c d' }],
  ['Basic YQ==', null],
  [`Basic ${Buffer.from('%zz:b').toString('base64')}`, null],
  ['Bearer x', null],
  [undefined, null],
])('credentials in %s', (header, credentials) => {
  expect(basicCredentials(header)).toEqual(credentials);
});
