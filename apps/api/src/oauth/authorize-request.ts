import { parseScopes, within } from '@trunkline/mastodon-api';
import { fail, ok, type Result } from '@trunkline/kernel';
import type { Application } from '@trunkline/persistence';

/** What a client asked for at /oauth/authorize, already read by `AuthorizeParams`. */
export interface AuthorizeInput {
  readonly responseType: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scope: string;
  readonly state: string | null;
  readonly codeChallenge: string | null;
  readonly codeChallengeMethod: string | null;
}

/** A request that may be shown to a person. */
export interface AuthorizeRequest {
  readonly application: Application;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: string | null;
  /** PKCE S256; null: the client uses none. */
  readonly codeChallenge: string | null;
}

export interface AuthorizeFailure {
  readonly code: 'invalid_client' | 'invalid_redirect_uri' | 'unsupported_response_type' | 'invalid_scope' | 'invalid_code_challenge';
  /** For the person in front of the page: never sent to the redirect address. */
  readonly safe: string;
}

/**
 * Judges a client's request. Nothing that is wrong leads to a redirect: the person sees it here, as with Mastodon, so
 * that nobody is sent on by us to an address of a stranger's choice (RFC 9700 §4.11).
 */
export async function readAuthorizeRequest(
  applications: { byClientId(clientId: string): Promise<Application | null> },
  input: AuthorizeInput,
): Promise<Result<AuthorizeRequest, AuthorizeFailure>> {
  const application = input.clientId === '' ? null : await applications.byClientId(input.clientId);
  if (application === null) {
    return fail({ code: 'invalid_client', safe: 'Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.' });
  }
  // Letter by letter: no prefix, sub-path, port or query is good enough (RFC 9700 §2.1).
  if (!application.redirectUris.includes(input.redirectUri)) {
    return fail({ code: 'invalid_redirect_uri', safe: "The requested redirect uri is malformed or doesn't match client redirect URI." });
  }
  if (input.responseType !== 'code') {
    return fail({ code: 'unsupported_response_type', safe: 'The authorization server does not support this response type.' });
  }
  const scopes = parseScopes(input.scope);
  if (!scopes.ok || !within(scopes.value, application.scopes)) {
    return fail({ code: 'invalid_scope', safe: 'The requested scope is invalid, unknown, or malformed.' });
  }
  // A challenge without method would be `plain`, which proves nothing to whoever reads along.
  const isPkce = input.codeChallenge !== null && input.codeChallengeMethod === 'S256';
  const isPlain = input.codeChallenge === null && input.codeChallengeMethod === null;
  if (!isPkce && !isPlain) {
    return fail({ code: 'invalid_code_challenge', safe: 'The code challenge method must be S256.' });
  }
  const { redirectUri, state, codeChallenge } = input;
  return ok({ application, redirectUri, scopes: scopes.value, state, codeChallenge });
}

/** The client's address with the answer in its query. Registered addresses have no fragment; a query of theirs stays. */
export function redirectWith(redirectUri: string, answer: Readonly<Record<string, string | null>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(answer)) if (value !== null) query.append(name, value);
  return `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${query.toString()}`;
}
