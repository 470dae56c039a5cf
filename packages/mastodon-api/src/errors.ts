import { AppError } from '@trunkline/kernel';

/** Mastodon's error body. OAuth endpoints add a description. */
export interface ErrorJson {
  error: string;
  error_description?: string;
  details?: unknown;
}

/** The body of any refusal: the safe sentence and what the error adds, nothing of its cause. */
export const renderError = (error: AppError): ErrorJson => ({ error: error.safe, ...error.extra.body });

export const recordNotFound = (): AppError => new AppError(404, 'not_found', 'Record not found');
/** For addresses that do not exist at all. */
export const routeNotFound = (): AppError => new AppError(404, 'no_route', 'Not Found');
export const tokenMissing = (): AppError => new AppError(401, 'token_missing', 'The access token is invalid');
export const tokenInvalid = (): AppError => new AppError(401, 'token_invalid', 'The access token is invalid');
export const tokenRevoked = (): AppError => new AppError(401, 'token_revoked', 'The access token was revoked');
export const outsideScopes = (): AppError => new AppError(403, 'outside_scopes', 'This action is outside the authorized scopes');
/** A token of an application alone, where a person is needed. */
export const userNeeded = (): AppError => new AppError(422, 'user_needed', 'This method requires an authenticated user');
/** No token at all, where the server wants people to sign in. */
export const signInNeeded = (): AppError => new AppError(401, 'sign_in_needed', 'This method requires an authenticated user');
export const notAllowed = (): AppError => new AppError(403, 'forbidden', 'This action is not allowed');
export const tooManyRequests = (retryAfterSeconds: number): AppError =>
  new AppError(429, 'rate_limited', 'Too many requests', { retryAfterSeconds });
export const unconfirmedUser = (): AppError =>
  new AppError(403, 'unconfirmed', 'Your login is missing a confirmed e-mail address');
export const unapprovedUser = (): AppError => new AppError(403, 'unapproved', 'Your login is currently pending approval');
export const disabledUser = (): AppError => new AppError(403, 'disabled', 'Your login is currently disabled');

/** One attribute's fault, in the words of Mastodon's sign-up answer: `ERR_TAKEN`, "has already been taken". */
export interface FieldFault {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/** 422 with `Validation failed: …`. `details` is what apps show beside the fields of a sign-up form. */
export function validationFailed(faults: readonly FieldFault[], withDetails = false): AppError {
  const safe = `Validation failed: ${faults.map((fault) => `${titleOf(fault.field)} ${fault.message}`).join(', ')}`;
  if (!withDetails) return new AppError(422, 'invalid', safe);
  const details: Record<string, { error: string; description: string }[]> = {};
  for (const fault of faults) (details[fault.field] ??= []).push({ error: fault.code, description: fault.message });
  return new AppError(422, 'invalid', safe, { body: { details } });
}

/** `redirect_uris` → `Redirect uris`. */
const titleOf = (field: string): string => (field.charAt(0).toUpperCase() + field.slice(1)).replaceAll('_', ' ');

/** A status longer than people may write. */
export const statusTooLong = (charactersMax: number): AppError =>
  validationFailed([{ field: 'text', code: 'ERR_TOO_LONG', message: `character limit of ${charactersMax} exceeded` }]);

export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'invalid_scope'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_response_type'
  | 'access_denied';

const OAUTH_TEXTS: Readonly<Record<OAuthErrorCode, string>> = {
  invalid_request: 'The request is missing a required parameter, includes an unsupported parameter value, or is otherwise malformed.',
  invalid_client: 'Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.',
  invalid_grant:
    'The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.',
  invalid_scope: 'The requested scope is invalid, unknown, or malformed.',
  unauthorized_client: 'The client is not authorized to perform this request using this method.',
  unsupported_grant_type: 'The authorization grant type is not supported by the authorization server.',
  unsupported_response_type: 'The authorization server does not support this response type.',
  access_denied: 'The resource owner or authorization server denied the request.',
};

/** RFC 6749 §5.2: the code as `error`, the sentence as `error_description`. */
export function oauthError(code: OAuthErrorCode): AppError {
  const status = code === 'invalid_client' ? 401 : code === 'unauthorized_client' ? 403 : 400;
  return new AppError(status, code, code, { body: { error_description: OAUTH_TEXTS[code] } });
}
