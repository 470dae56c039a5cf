import { createHash, timingSafeEqual } from 'node:crypto';
import { parseScopes, within, type OAuthErrorCode } from '@trunkline/mastodon-api';
import { fail, ok, type Result, type Snowflake } from '@trunkline/kernel';
import type { Application, RedeemedGrant } from '@trunkline/persistence';

export interface TokenPorts {
  readonly ids: { next(): Snowflake };
  readonly tokens: {
    redeem(code: string, check: (grant: RedeemedGrant) => boolean): Promise<RedeemedGrant | null>;
    issue(token: {
      id: Snowflake;
      appId: Snowflake;
      userId: Snowflake | null;
      scopes: readonly string[];
      grantCodeHash?: string;
    }): Promise<{ token: string; createdAt: Date }>;
  };
}

export interface TokenRequest {
  readonly grantType: string;
  readonly code: string;
  readonly redirectUri: string;
  readonly codeVerifier: string | null;
  readonly scope: string | null;
}

export interface IssuedToken {
  readonly token: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
}

type Outcome = Result<IssuedToken, { code: OAuthErrorCode }>;

/** A token for a client that has proved itself: by a person's code, or for the application alone. */
export function exchangeToken(ports: TokenPorts, application: Application, request: TokenRequest): Promise<Outcome> {
  if (request.grantType === 'authorization_code') return byCode(ports, application, request);
  if (request.grantType === 'client_credentials') return forApplication(ports, application, request);
  return Promise.resolve(fail({ code: request.grantType === '' ? ('invalid_request' as const) : ('unsupported_grant_type' as const) }));
}

/** The token has the scopes that the person consented to, whatever is asked for now (RFC 6749 §4.1.3 knows no scope here). */
async function byCode(ports: TokenPorts, application: Application, request: TokenRequest): Promise<Outcome> {
  if (request.code === '') return fail({ code: 'invalid_request' });
  const grant = await ports.tokens.redeem(request.code, (candidate) => isFor(candidate, application, request));
  if (grant === null) return fail({ code: 'invalid_grant' });
  const { userId, scopes, codeHash } = grant;
  const issued = await ports.tokens.issue({ id: ports.ids.next(), appId: application.id, userId, scopes, grantCodeHash: codeHash });
  return ok({ ...issued, scopes });
}

/** Made for this client, sent back to the same address, by the program that asked. */
const isFor = (grant: RedeemedGrant, application: Application, request: TokenRequest): boolean =>
  grant.appId === application.id && grant.redirectUri === request.redirectUri && provesChallenge(grant.codeChallenge, request.codeVerifier);

/** RFC 7636 §4.6. A verifier without challenge is refused as well: the challenge was stripped on the way (RFC 9700 §2.1.1). */
export function provesChallenge(challenge: string | null, verifier: string | null): boolean {
  if (challenge === null || verifier === null) return challenge === verifier;
  const [given, expected] = [createHash('sha256').update(verifier).digest('base64url'), challenge].map((text) => Buffer.from(text));
  return given !== undefined && expected !== undefined && given.length === expected.length && timingSafeEqual(given, expected);
}

async function forApplication(ports: TokenPorts, application: Application, request: TokenRequest): Promise<Outcome> {
  const scopes = parseScopes(request.scope);
  if (!scopes.ok || !within(scopes.value, application.scopes)) return fail({ code: 'invalid_scope' });
  const issued = await ports.tokens.issue({ id: ports.ids.next(), appId: application.id, userId: null, scopes: scopes.value });
  return ok({ ...issued, scopes: scopes.value });
}
