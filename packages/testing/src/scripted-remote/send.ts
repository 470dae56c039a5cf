import { createHash, sign, type KeyObject } from 'node:crypto';
import { request as httpRequest } from 'node:http';

/** Ways to break a signed request. Nothing set: it is as it should be. */
export interface Tamper {
  /** Default draft-cavage-12. */
  readonly scheme?: 'rfc9421';
  /** Sent without Signature. */
  readonly unsigned?: boolean;
  /** Changes the body after it was digested and signed. */
  readonly body?: (body: string) => string;
  /** `missing`: neither sent nor covered. `wrong`: covered, of another body. */
  readonly digest?: 'missing' | 'wrong';
  /** Moves Date, and signs it so: −86_400_000 is yesterday. */
  readonly dateOffsetMs?: number;
  /** Signed at this time (Unix ms): sent twice, both requests are the same. */
  readonly atMs?: number;
  /** A key that does not belong to the keyId. */
  readonly privateKey?: KeyObject;
  /** Says that the key is this one. */
  readonly keyId?: string;
  /** What the signature covers; default `(request-target) host date digest content-type`, or `@method @target-uri content-digest`. */
  readonly covered?: readonly string[];
  /** Sent as well, and covered; names in lower case. */
  readonly extra?: Readonly<Record<string, string>>;
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
const sha256 = (body: string): string => createHash('sha256').update(body).digest('base64');
const signedAtMs = ({ atMs = Date.now(), dateOffsetMs = 0 }: Tamper): number => atMs + dateOffsetMs;
const digestOf = (body: string): [string, string] => ['Digest', `SHA-256=${sha256(body)}`];
const contentDigestOf = (body: string): [string, string] => ['Content-Digest', `sha-256=:${sha256(body)}:`];

/** POSTs a body to an inbox, signed by draft-cavage-12 or RFC 9421 with code of its own: a peer does not share ours. */
export function postSigned(url: string, body: string, signing: Signing, tamper: Tamper = {}): Promise<SentAnswer> {
  const headers = new Map<string, string>([
    ['Host', tamper.host ?? new URL(url).host],
    ['Date', new Date(signedAtMs(tamper)).toUTCString()],
    ['Content-Type', 'application/activity+json'],
  ]);
  const digested = tamper.digest === 'wrong' ? `${body} ` : body;
  if (tamper.digest !== 'missing') headers.set(...(tamper.scheme === 'rfc9421' ? contentDigestOf(digested) : digestOf(digested)));
  for (const [name, value] of Object.entries(tamper.extra ?? {})) headers.set(name, value);
  if (tamper.unsigned !== true) sign9421OrCavage('POST', url, headers, { signing, tamper });
  return exchange('POST', url, withChanges(headers, tamper.headers ?? {}), tamper.body?.(body) ?? body);
}

/** GETs a document, signed: servers in authorized-fetch mode ask for it, and others do not mind. */
export function getSigned(url: string, signing: Signing, accept = 'application/activity+json', tamper: Pick<Tamper, 'host' | 'scheme' | 'algorithm'> = {}): Promise<SentAnswer> {
  const headers = new Map([
    ['Host', tamper.host ?? new URL(url).host],
    ['Date', new Date().toUTCString()],
    ['Accept', accept],
  ]);
  sign9421OrCavage('GET', url, headers, { signing, tamper });
  return exchange('GET', url, withChanges(headers, {}), null);
}

function sign9421OrCavage(method: string, url: string, headers: Map<string, string>, by: { signing: Signing; tamper: Tamper }): void {
  if (by.tamper.scheme !== 'rfc9421') headers.set('Signature', signatureOf(method, url, headers, by));
  else for (const [name, value] of messageSignatureOf(method, url, headers, by)) headers.set(name, value);
}

function messageSignatureOf(method: string, url: string, headers: ReadonlyMap<string, string>, { signing, tamper }: { signing: Signing; tamper: Tamper }): [string, string][] {
  const { pathname, search, protocol } = new URL(url);
  const lower = new Map([...headers].map(([name, value]) => [name.toLowerCase(), value]));
  const target = `${protocol}//${lower.get('host')}${pathname}${search}`;
  const covered = tamper.covered ?? ['@method', '@target-uri', ...(lower.has('content-digest') ? ['content-digest'] : []), ...Object.keys(tamper.extra ?? {})];
  const lines = covered.map((name) => `"${name}": ${{ '@method': method, '@target-uri': target }[name] ?? lower.get(name) ?? ''}`);
  const created = Math.floor(signedAtMs(tamper) / 1_000);
  const alg = tamper.algorithm == null ? '' : `;alg="${tamper.algorithm}"`;
  const input = `(${covered.map((name) => `"${name}"`).join(' ')});created=${created};keyid="${tamper.keyId ?? signing.keyId}"${alg}`;
  const privateKey = tamper.privateKey ?? signing.privateKey;
  const hash = privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  const signature = sign(hash, Buffer.from([...lines, `"@signature-params": ${input}`].join('\n')), privateKey).toString('base64');
  return [['Signature-Input', `sig1=${input}`], ['Signature', `sig1=:${signature}:`]];
}

function signatureOf(method: string, url: string, headers: ReadonlyMap<string, string>, { signing, tamper }: { signing: Signing; tamper: Tamper }): string {
  const { pathname, search } = new URL(url);
  const lower = new Map([...headers].map(([name, value]) => [name.toLowerCase(), value]));
  const covered = tamper.covered ?? ['(request-target)', ...['host', 'date', 'digest', 'content-type'].filter((name) => lower.has(name)), ...Object.keys(tamper.extra ?? {})];
  const lines = covered.map((name) => `${name}: ${name === '(request-target)' ? `${method.toLowerCase()} ${pathname}${search}` : (lower.get(name) ?? '')}`);
  const privateKey = tamper.privateKey ?? signing.privateKey;
  const signature = sign(privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256', Buffer.from(lines.join('\n')), privateKey).toString('base64');
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
