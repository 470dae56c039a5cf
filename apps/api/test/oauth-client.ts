import { createHash } from 'node:crypto';
import type { TestPerson, TestServer } from '@trunkline/testing';
import { PageBrowser, type Fields, type PageAnswer } from './page-browser.js';

export const REDIRECT = 'https://app.test/callback?keep=1';
export const VERIFIER = 'v'.repeat(43);
export const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

export interface App {
  readonly client_id: string;
  readonly client_secret: string;
}

/** The other side: a client program, and the person's browser that it sends to us. */
export class OAuthClient {
  readonly browser: PageBrowser;

  private constructor(
    private readonly server: TestServer,
    readonly app: App,
  ) {
    this.browser = new PageBrowser(server.url);
  }

  static async register(server: TestServer, more: Record<string, unknown> = {}): Promise<OAuthClient> {
    const response = await fetch(`${server.url}/api/v1/apps`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_name: 'Test app', redirect_uris: [REDIRECT, 'urn:ietf:wg:oauth:2.0:oob'], scopes: 'read write:statuses profile', ...more }),
    });
    return new OAuthClient(server, (await response.json()) as App);
  }

  authorizePath(change: Fields = {}): string {
    const query = new URLSearchParams({ response_type: 'code', client_id: this.app.client_id, redirect_uri: REDIRECT, scope: 'read', state: 'st&te', ...change });
    return `/oauth/authorize?${query.toString()}`;
  }

  /** Signs in where the authorisation asks for it, once per browser; the answer is the consent page. */
  async toConsent(person: TestPerson, change: Fields = {}): Promise<PageAnswer> {
    const first = await this.browser.get(this.authorizePath(change));
    if (first.location === null) return first;
    const signIn = await this.browser.get(first.location ?? '');
    const sent = await this.browser.submit(signIn, '/auth/sign_in', { email: person.email, password: person.password });
    return this.browser.get(sent.location ?? '');
  }

  /** The code that a consent gives. */
  async code(person: TestPerson, change: Fields = {}): Promise<string> {
    const consent = await this.toConsent(person, change);
    const decided = await this.browser.submit(consent, '/oauth/authorize', { decision: 'authorize' });
    return new URL(decided.location ?? '', this.server.url).searchParams.get('code') ?? '';
  }

  async token(fields: Fields, headers: Fields = {}): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> {
    const response = await fetch(`${this.server.url}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams({ grant_type: 'authorization_code', redirect_uri: REDIRECT, ...fields }),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Record<string, unknown> };
  }

  get secrets(): { client_id: string; client_secret: string } {
    return { client_id: this.app.client_id, client_secret: this.app.client_secret };
  }
}
