import type { Application } from '@trunkline/persistence';

export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The id and secret of HTTP Basic (RFC 6749 §2.3.1: each form-encoded), or null. */
export function basicCredentials(authorization: string | undefined): ClientCredentials | null {
  const encoded = /^Basic ([A-Za-z0-9+/=]{1,2000})$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return null;
  const [clientId, clientSecret] = [formDecoded(text.slice(0, colon)), formDecoded(text.slice(colon + 1))];
  return clientId === null || clientSecret === null ? null : { clientId, clientSecret };
}

function formDecoded(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

/** The application that proves itself by header or by body; null when it does not. Both at once must not disagree. */
export async function authenticateClient(
  applications: { authenticate(clientId: string, clientSecret: string): Promise<Application | null> },
  authorization: string | undefined,
  body: { readonly clientId: string | null; readonly clientSecret: string | null },
): Promise<Application | null> {
  const basic = basicCredentials(authorization);
  if (basic !== null) {
    if (body.clientId !== null && body.clientId !== basic.clientId) return null;
    return applications.authenticate(basic.clientId, basic.clientSecret);
  }
  if (body.clientId === null || body.clientSecret === null) return null;
  return applications.authenticate(body.clientId, body.clientSecret);
}
