import { createHash, sign, type KeyObject } from 'node:crypto';
import { request as httpRequest } from 'node:http';

/** Ways to break a signed request. Nothing set: it is as it should be. */
export interface Tamper {
  /** Sent without Signature. */
  readonly unsigned?: boolean;
  /** Changes the body after it was digested and signed. */
  readonly body?: (body: string) => string;
  /** `missing`: neither sent nor covered. `wrong`: covered, of another body. */
  readonly digest?: 'missing' | 'wrong';
  /** Moves Date, and signs it so: −86_400_000 is yesterday. */
  readonly dateOffsetMs?: number;
  /** A key that does not belong to the keyId. */
  readonly privateKey?: KeyObject;
  /** Says that the key is this one. */
  readonly keyId?: string;
  /** What the signature covers; default `(request-target) host date digest content-type`. */
  readonly covered?: readonly string[];
  /** null: the parameter is left out. Default `rsa-sha256`. */
  readonly algorithm?: string | null;
  /** The Host, signed as well; that of the URL unless told: a copy of a server is reached elsewhere than under its name. */
  readonly host?: string;
  /** Headers set after signing; null takes one away, a list sends it as often. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | null>>;
}

export interface SentAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Signing {
  readonly keyId: string;
  readonly privateKey: KeyObject;
}

const TIMEOUT_MS = 20_000;
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;
const digestOf = (body: string): string => `SHA-256=${createHash('sha256').update(body).digest('base64')}`;

/** POSTs a body to an inbox, signed by draft-cavage-12 with code of its own: a peer does not share ours. */
export function postSigned(url: string, body: string, signing: Signing, tamper: Tamper = {}): Promise<SentAnswer> {
  const headers = new Map<string, string>([
    ['Host', tamper.host ?? new URL(url).host],
    ['Date', new Date(Date.now() + (tamper.dateOffsetMs ?? 0)).toUTCString()],
    ['Content-Type', 'application/activity+json'],
  ]);
  if (tamper.digest !== 'missing') headers.set('Digest', digestOf(tamper.digest === 'wrong' ? `${body} ` : body));
  if (tamper.unsigned !== true) headers.set('Signature', signatureOf('POST', url, headers, { signing, tamper }));
  return exchange('POST', url, withChanges(headers, tamper.headers ?? {}), tamper.body?.(body) ?? body);
}

/** GETs a document, signed: servers in authorized-fetch mode ask for it, and others do not mind. */
export function getSigned(url: string, signing: Signing, accept = 'application/activity+json', host = new URL(url).host): Promise<SentAnswer> {
  const headers = new Map([
    ['Host', host],
    ['Date', new Date().toUTCString()],
    ['Accept', accept],
  ]);
  headers.set('Signature', signatureOf('GET', url, headers, { signing, tamper: {} }));
  return exchange('GET', url, withChanges(headers, {}), null);
}

function signatureOf(method: string, url: string, headers: ReadonlyMap<string, string>, { signing, tamper }: { signing: Signing; tamper: Tamper }): string {
  const { pathname, search } = new URL(url);
  const lower = new Map([...headers].map(([name, value]) => [name.toLowerCase(), value]));
  const covered = tamper.covered ?? ['(request-target)', ...['host', 'date', 'digest', 'content-type'].filter((name) => lower.has(name))];
  const lines = covered.map((name) => `${name}: ${name === '(request-target)' ? `${method.toLowerCase()} ${pathname}${search}` : (lower.get(name) ?? '')}`);
  const signature = sign('sha256', Buffer.from(lines.join('\n')), tamper.privateKey ?? signing.privateKey).toString('base64');
  const algorithm = tamper.algorithm === null ? '' : `algorithm="${tamper.algorithm ?? 'rsa-sha256'}",`;
  return `keyId="${tamper.keyId ?? signing.keyId}",${algorithm}headers="${covered.join(' ')}",signature="${signature}"`;
}

/** A flat list, so that a name can come twice. */
function withChanges(headers: ReadonlyMap<string, string>, changes: NonNullable<Tamper['headers']>): string[] {
  const changed = new Set(Object.keys(changes).map((name) => name.toLowerCase()));
  const kept = [...headers].filter(([name]) => !changed.has(name.toLowerCase())).flat();
  const added = Object.entries(changes).flatMap(([name, value]) => [value ?? []].flat().flatMap((one) => [name, one]));
  return [...kept, ...added];
}

/** node:http rather than fetch, which would correct what must be wrong. */
function exchange(method: string, url: string, headers: string[], body: string | null): Promise<SentAnswer> {
  return new Promise((resolve, reject) => {
    const length = body === null ? [] : ['Content-Length', String(Buffer.byteLength(body))];
    const request = httpRequest(url, { method, headers: [...headers, ...length, 'Connection', 'close'], timeout: TIMEOUT_MS, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > ANSWER_BYTES_MAX) response.destroy(new Error(`the answer of ${url} is longer than ${ANSWER_BYTES_MAX} bytes`));
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString('utf8') }));
    });
    request.on('timeout', () => request.destroy(new Error(`${url} did not answer within ${TIMEOUT_MS} ms`)));
    request.on('error', reject);
    request.end(body ?? undefined);
  });
}
