import { webUrl } from './context.js';

/** A registered client application. */
export interface OAuthApplication {
  readonly id: string;
  readonly name: string;
  readonly website: string | null;
  readonly redirectUris: readonly string[];
  readonly scopes: readonly string[];
  readonly clientId: string;
}

export interface ApplicationJson {
  id: string;
  name: string;
  website: string | null;
  scopes: string[];
  redirect_uris: string[];
  redirect_uri: string;
  vapid_key: string;
}

export interface CredentialApplicationJson extends ApplicationJson {
  client_id: string;
  client_secret: string;
  client_secret_expires_at: number;
}

export interface TokenJson {
  access_token: string;
  token_type: 'Bearer';
  scope: string;
  created_at: number;
}

export const renderApplication = (application: OAuthApplication, vapidPublicKey: string): ApplicationJson => ({
  id: application.id,
  name: application.name,
  website: webUrl(application.website),
  scopes: [...application.scopes],
  redirect_uris: [...application.redirectUris],
  redirect_uri: application.redirectUris.join('\n'),
  vapid_key: vapidPublicKey,
});

/** The answer to a registration: the only time the secret is shown. 0 means that it never expires. */
export const renderCredentialApplication = (
  application: OAuthApplication,
  clientSecret: string,
  vapidPublicKey: string,
): CredentialApplicationJson => ({
  ...renderApplication(application, vapidPublicKey),
  client_id: application.clientId,
  client_secret: clientSecret,
  client_secret_expires_at: 0,
});

/** `created_at` is in seconds since the epoch. */
export const renderToken = (accessToken: string, scopes: readonly string[], createdAt: Date): TokenJson => ({
  access_token: accessToken,
  token_type: 'Bearer',
  scope: scopes.join(' '),
  created_at: Math.floor(createdAt.getTime() / 1000),
});

/** RFC 8414. @see https://docs.joinmastodon.org/methods/oauth/#authorization-server-metadata */
export const renderOAuthMetadata = (baseUrl: string, scopes: readonly string[]): Record<string, unknown> => ({
  issuer: `${baseUrl}/`,
  service_documentation: 'https://docs.joinmastodon.org/',
  authorization_endpoint: `${baseUrl}/oauth/authorize`,
  token_endpoint: `${baseUrl}/oauth/token`,
  app_registration_endpoint: `${baseUrl}/api/v1/apps`,
  revocation_endpoint: `${baseUrl}/oauth/revoke`,
  userinfo_endpoint: `${baseUrl}/oauth/userinfo`,
  scopes_supported: [...scopes],
  response_types_supported: ['code'],
  response_modes_supported: ['query'],
  grant_types_supported: ['authorization_code', 'client_credentials'],
  token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
  code_challenge_methods_supported: ['S256'],
});

/** The signed-in person in OpenID's words. */
export const renderUserInfo = (
  account: { readonly uri: string; readonly displayName: string; readonly username: string; readonly url: string; readonly avatarUrl: string | null },
  baseUrl: string,
): Record<string, unknown> => ({
  iss: `${baseUrl}/`,
  sub: account.uri,
  name: account.displayName === '' ? account.username : account.displayName,
  preferred_username: account.username,
  profile: account.url,
  picture: webUrl(account.avatarUrl) ?? `${baseUrl}/avatars/original/missing.png`,
});
