const APP_KEY = 'trunkline.app';
const TOKEN_KEY = 'trunkline.token';
const ATTEMPT_KEY = 'trunkline.sign-in';
const SCOPES = 'read write follow';

interface App {
  client_id: string;
  client_secret: string;
}

interface Attempt {
  state: string;
  verifier: string;
  /** Where to go on: the query that the page was opened with. */
  search: string;
}

export const token = (): string | null => localStorage.getItem(TOKEN_KEY);

const redirectUri = (): string => `${location.origin}/home`;
const base64url = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const randomText = (): string => base64url(crypto.getRandomValues(new Uint8Array(32)));

/**
 * Leaves for the consent page: authorization code with PKCE S256, as any app would do it (RFC 7636). This page is an
 * app of its own server and registers itself once per browser.
 */
export async function signIn(): Promise<void> {
  if (!window.isSecureContext) throw new Error('Signing in needs https (or localhost).');
  const app = savedApp() ?? (await register());
  const attempt: Attempt = { state: randomText(), verifier: randomText(), search: location.search };
  sessionStorage.setItem(ATTEMPT_KEY, JSON.stringify(attempt));
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(attempt.verifier));
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: app.client_id,
    redirect_uri: redirectUri(),
    scope: SCOPES,
    state: attempt.state,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
  });
  location.assign(`/oauth/authorize?${query.toString()}`);
}

/** Back from the consent page: trades the code for a token. Does nothing on any other visit. */
export async function finishSignIn(): Promise<void> {
  const query = new URLSearchParams(location.search);
  const [code, state, refusal] = [query.get('code'), query.get('state'), query.get('error')];
  if (code === null && refusal === null) return;
  const attempt = JSON.parse(sessionStorage.getItem(ATTEMPT_KEY) ?? 'null') as Attempt | null;
  sessionStorage.removeItem(ATTEMPT_KEY);
  history.replaceState(null, '', `/home${attempt?.search ?? ''}`);
  if (refusal !== null) throw new Error(refusal === 'access_denied' ? 'You did not allow this page to use your account.' : 'Signing in failed.');
  const app = savedApp();
  // A code that this page did not ask for, in this tab, is somebody else's.
  if (code === null || app === null || attempt === null || attempt.state !== state) throw new Error('Signing in was interrupted. Please try again.');
  const answer = await fetch('/oauth/token', {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: redirectUri(), code_verifier: attempt.verifier, ...app }),
  });
  if (!answer.ok) {
    // The server may have forgotten this app: the next attempt registers it anew.
    localStorage.removeItem(APP_KEY);
    throw new Error('Signing in failed. Please try again.');
  }
  localStorage.setItem(TOKEN_KEY, ((await answer.json()) as { access_token: string }).access_token);
}

/** Ends the token on the server as well; whatever it says, this browser forgets it. */
export async function signOut(): Promise<void> {
  const [app, held] = [savedApp(), token()];
  localStorage.removeItem(TOKEN_KEY);
  if (app !== null && held !== null) await fetch('/oauth/revoke', { method: 'POST', body: new URLSearchParams({ token: held, ...app }) }).catch(() => undefined);
  location.assign('/');
}

/** Asks the API as the signed-in person. @throws Error with the server's sentence */
export async function api<T>(method: string, path: string, body?: Readonly<Record<string, unknown>>, headers: Readonly<Record<string, string>> = {}): Promise<T> {
  return (await ask<T>(method, path, body, headers)).json;
}

/** As `api`, with what the answer's headers say. */
export async function ask<T>(method: string, path: string, body?: Readonly<Record<string, unknown>>, headers: Readonly<Record<string, string>> = {}): Promise<{ json: T; headers: Headers }> {
  const answer = await fetch(path, {
    method,
    headers: { Authorization: `Bearer ${token() ?? ''}`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (answer.status === 401) {
    localStorage.removeItem(TOKEN_KEY);
    location.reload();
  }
  const json = (await answer.json().catch(() => ({}))) as T & { error?: string };
  if (!answer.ok) throw new Error(json.error ?? `The server answered ${answer.status}.`);
  return { json, headers: answer.headers };
}

const savedApp = (): App | null => JSON.parse(localStorage.getItem(APP_KEY) ?? 'null') as App | null;

async function register(): Promise<App> {
  const answer = await fetch('/api/v1/apps', {
    method: 'POST',
    body: new URLSearchParams({ client_name: 'Web', redirect_uris: redirectUri(), scopes: SCOPES, website: location.origin }),
  });
  if (!answer.ok) throw new Error('This page could not register itself with the server. Please try again in a while.');
  const { client_id, client_secret } = (await answer.json()) as App;
  localStorage.setItem(APP_KEY, JSON.stringify({ client_id, client_secret }));
  return { client_id, client_secret };
}
