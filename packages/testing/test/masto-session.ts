import { createHash, randomBytes } from 'node:crypto';
import { createOAuthAPIClient, createRestAPIClient, type mastodon } from 'masto';
import type { TestServer } from '../src/index.js';
import { PageBrowser } from './page-browser.js';

const REDIRECT_URI = 'https://masto.test/callback';
const SCOPES = 'read write follow push';

/** Where clients reach a server: under the name that its links carry. */
export const originOf = (server: TestServer): string => `http://${server.domain}`;

export const mastoOf = (server: TestServer, accessToken?: string): mastodon.rest.Client =>
  createRestAPIClient({ url: originOf(server), ...(accessToken === undefined ? {} : { accessToken }) });

/** An app of the foreign client, as it registers itself. */
export function registerApp(server: TestServer, scopes = SCOPES): Promise<mastodon.v1.Client> {
  return mastoOf(server).v1.apps.create({ clientName: 'masto.js', redirectUris: REDIRECT_URI, scopes, website: 'https://masto.test' });
}

/** The whole way of a person: the app's link, the sign-in page, the consent page, and the app's callback with a code. */
export async function signIn(server: TestServer, credentials: { readonly email: string; readonly password: string }): Promise<mastodon.v1.Token> {
  const app = await registerApp(server);
  const [codeVerifier, state] = [randomBytes(32).toString('base64url'), randomBytes(8).toString('base64url')];
  const asked = new URLSearchParams({
    response_type: 'code',
    client_id: app.clientId ?? '',
    redirect_uri: REDIRECT_URI,
    scope: SCOPES,
    state,
    code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const browser = new PageBrowser(originOf(server));
  const form = await browser.open(`/oauth/authorize?${asked.toString()}`);
  const consent = await browser.submit(form, { email: credentials.email, password: credentials.password });
  const { url } = await browser.submit(consent, { decision: 'authorize' });
  if (url.href.split('?')[0] !== REDIRECT_URI || url.searchParams.get('state') !== state) throw new Error(`the consent led to ${url.href}`);
  // masto's types do not know PKCE; its serializer passes on what it is given.
  const exchange = {
    grantType: 'authorization_code' as const,
    clientId: app.clientId ?? '',
    clientSecret: app.clientSecret ?? '',
    redirectUri: REDIRECT_URI,
    code: url.searchParams.get('code') ?? '',
    codeVerifier,
  };
  return createOAuthAPIClient({ url: originOf(server) }).token.create(exchange);
}
