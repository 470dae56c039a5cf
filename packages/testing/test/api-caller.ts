import { request } from 'node:http';
import { ROUTES, type Route } from '@trunkline/mastodon-api';
import type { TestPerson, TestServer } from '../src/index.js';

/** What of an answer these tests look at. The body of a stream is not waited for. */
export interface Seen {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed when it is JSON, else text; empty for streams. */
  readonly body: unknown;
}

export interface Ask {
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly body?: string | FormData | URLSearchParams;
}

/** One raw request, with whatever a client may think of. */
export async function ask(server: TestServer, method: string, path: string, given: Ask = {}): Promise<Seen> {
  const headers = new Headers(given.headers);
  if (given.token) headers.set('authorization', `Bearer ${given.token}`);
  if (given.json !== undefined) headers.set('content-type', 'application/json');
  const body = given.json === undefined ? given.body : JSON.stringify(given.json);
  const aborter = new AbortController();
  const response = await fetch(new URL(path, server.url), {
    method,
    headers,
    redirect: 'manual',
    signal: aborter.signal,
    ...(body === undefined ? {} : { body }),
  });
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('text/event-stream')) {
    aborter.abort();
    return { status: response.status, headers: response.headers, body: '' };
  }
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: type.startsWith('application/json') && text !== '' ? JSON.parse(text) : text };
}

/** Asks to open a WebSocket; 101 when the server would, and nothing is said on it. */
export function askUpgrade(server: TestServer, path: string, token: string | null): Promise<Seen> {
  const handshake = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==' };
  const headers = { ...handshake, ...(token === null ? {} : { authorization: `Bearer ${token}` }) };
  return new Promise((resolve, reject) => {
    const asked = request(new URL(path, server.url), { headers });
    asked.once('error', reject);
    asked.once('upgrade', (_, socket) => {
      socket.destroy();
      resolve({ status: 101, headers: new Headers(), body: '' });
    });
    asked.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () => {
        const type = response.headers['content-type'] ?? '';
        resolve({ status: response.statusCode ?? 0, headers: new Headers({ 'content-type': type }), body: JSON.parse(Buffer.concat(chunks).toString()) });
      });
    });
    asked.end();
  });
}

/** A token of the person with exactly these scopes. */
export async function tokenWith(server: TestServer, person: TestPerson, scopes: readonly string[]): Promise<string> {
  const [user] = await server.backbone.users.byAccountIds([person.account.id]);
  if (user === undefined) throw new Error('nobody has this account');
  return issue(server, user.id, scopes);
}

/** A token of an application alone. */
export const appTokenWith = (server: TestServer, scopes: readonly string[]): Promise<string> => issue(server, null, scopes);

async function issue(server: TestServer, userId: TestPerson['account']['id'] | null, scopes: readonly string[]): Promise<string> {
  const { applications, tokens, ids } = server.backbone;
  const made = { id: ids.next(), name: 'Walker', website: null, redirectUris: ['urn:ietf:wg:oauth:2.0:oob'], scopes };
  const { application } = await applications.create(made);
  return (await tokens.issue({ id: ids.next(), appId: application.id, userId, scopes })).token;
}

/** An id that is well formed and of nothing. */
export const NO_ID = '4242';

/** The path with its parameters filled: ids by `id`, names by a word. */
export const filled = (route: Pick<Route, 'path'>, id: string = NO_ID): string =>
  route.path.replace(/:(id)\b/, id).replace(/:(hashtag|name)\b/, 'trains');

export const named = ({ method, path }: Route): string => `${method} ${path}`;

/** Every row with its name, for `test.each`. */
export const rows = (keep: (route: Route) => boolean): [string, Route][] => ROUTES.filter(keep).map((route) => [named(route), route]);
