import { z } from 'zod';
import { parseScopes } from '../scopes.js';
import { anything, asList, optionalText, requiredText } from './pieces.js';
import { BLANK, INVALID, tooLong } from './read.js';

const URI_CHARS_MAX = 2000;
const REDIRECT_URIS_MAX = 20;
const APP_NAME_CHARS_MAX = 60;

/** The address that shows the code to the person instead of sending it anywhere. */
export const OUT_OF_BAND = 'urn:ietf:wg:oauth:2.0:oob';
// Schemes that run or read something in the browser that follows the redirect.
const FORBIDDEN_SCHEMES = new Set(['javascript:', 'data:', 'vbscript:', 'blob:', 'file:', 'about:', 'view-source:']);

/** Whether a client may be sent there: absolute, no fragment (RFC 6749 §3.1.2), private schemes allowed. */
export function isRedirectUri(uri: string): boolean {
  if (uri === OUT_OF_BAND) return true;
  if (uri.length > URI_CHARS_MAX || /[\s#\u0000-\u001F]/.test(uri)) return false;
  try {
    const { protocol, hostname } = new URL(uri);
    if (FORBIDDEN_SCHEMES.has(protocol)) return false;
    return (protocol !== 'http:' && protocol !== 'https:') || hostname !== '';
  } catch {
    return false;
  }
}

const redirectUris = anything.transform((value, issues): string[] => {
  const given = asList(value).flatMap((item) => (typeof item === 'string' ? item.split(/\s+/) : [item]));
  const uris = given.filter((uri): uri is string => typeof uri === 'string' && uri !== '');
  if (uris.length === 0) issues.addIssue({ code: 'custom', message: BLANK });
  else if (uris.length > REDIRECT_URIS_MAX || uris.join('\n').length > URI_CHARS_MAX) issues.addIssue({ code: 'custom', message: tooLong(URI_CHARS_MAX) });
  else if (!uris.every(isRedirectUri)) issues.addIssue({ code: 'custom', message: 'must be an absolute URI.' });
  return uris;
});

const scopes = anything.transform((value, issues): string[] => {
  const parsed = parseScopes(Array.isArray(value) ? value.join(' ') : typeof value === 'string' ? value : '');
  if (parsed.ok) return parsed.value;
  issues.addIssue({ code: 'custom', message: "doesn't match configured on the server." });
  return [];
});

/** POST /api/v1/apps */
export const CreateAppParams = z
  .object({
    client_name: requiredText(APP_NAME_CHARS_MAX),
    redirect_uris: redirectUris,
    scopes,
    website: optionalText(URI_CHARS_MAX).refine((url) => url === undefined || /^https?:\/\/[^\s]+$/i.test(url), 'must be a valid URL'),
  })
  .transform((params) => ({
    name: params.client_name.trim(),
    redirectUris: params.redirect_uris,
    scopes: params.scopes,
    website: params.website ?? null,
  }));

const shortText = optionalText(URI_CHARS_MAX);
/** RFC 7636 §4.1: 43 to 128 unreserved characters; S256 challenges are 43 of base64url. */
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

/** GET and POST /oauth/authorize. Nothing is required here: what is missing decides how the person is told. */
export const AuthorizeParams = z
  .object({
    response_type: shortText,
    client_id: shortText,
    redirect_uri: shortText,
    scope: optionalText(2048),
    state: shortText,
    code_challenge: optionalText(128).refine((text) => text === undefined || CHALLENGE.test(text), INVALID),
    code_challenge_method: optionalText(16),
    force_login: shortText,
  })
  .transform((params) => ({
    responseType: params.response_type ?? '',
    clientId: params.client_id ?? '',
    redirectUri: params.redirect_uri ?? '',
    scope: params.scope ?? '',
    state: params.state ?? null,
    codeChallenge: params.code_challenge ?? null,
    codeChallengeMethod: params.code_challenge_method ?? null,
    forceLogin: ['true', '1', 'on'].includes(params.force_login ?? ''),
  }));

/** POST /oauth/token; the client's id and secret may come by HTTP Basic instead. */
export const TokenParams = z
  .object({
    grant_type: shortText,
    code: shortText,
    client_id: shortText,
    client_secret: shortText,
    redirect_uri: shortText,
    code_verifier: optionalText(128).refine((text) => text === undefined || VERIFIER.test(text), INVALID),
    scope: optionalText(2048),
  })
  .transform((params) => ({
    grantType: params.grant_type ?? '',
    code: params.code ?? '',
    clientId: params.client_id ?? null,
    clientSecret: params.client_secret ?? null,
    redirectUri: params.redirect_uri ?? '',
    codeVerifier: params.code_verifier ?? null,
    scope: params.scope ?? null,
  }));

/** POST /oauth/revoke */
export const RevokeParams = z
  .object({ client_id: shortText, client_secret: shortText, token: shortText })
  .transform((params) => ({
    clientId: params.client_id ?? null,
    clientSecret: params.client_secret ?? null,
    token: params.token ?? '',
  }));
