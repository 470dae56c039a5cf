import { constants, createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { headersFromRaw } from '../request-headers.js';
import type { SignedRequest } from '../types.js';
import { DATE, KEY_ID, KEYS, requestToSign } from '../../test/signed-request.js';
import { contentDigestOf, verifyContentDigest } from './content-digest.js';
import { hasMessageSignature, parseMessageSignature } from './parse-message-signature.js';
import { signMessage } from './sign-message.js';
import { signatureBase } from './signature-base.js';
import { isInnerList, parseDictionary, serializeInnerList } from './structured-fields.js';
import type { MessageToSign } from './types.js';
import { verifyMessageSignature } from './verify-message-signature.js';

const POLICY = { nowMs: DATE.getTime(), origins: ['https://b.example', 'https://old.example'] };
const ED = generateKeyPairSync('ed25519');
const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' });

async function received(changes: Partial<MessageToSign> = {}): Promise<SignedRequest> {
  const request = { ...requestToSign(), ...changes };
  const url = new URL(request.url);
  return { method: request.method, path: url.pathname + url.search, headers: headersFromRaw(Object.entries(await signMessage(request)).flat()) };
}

const outcome = (request: SignedRequest, key: KeyObject = KEYS.publicKey, policy = POLICY): string => {
  const parsed = parseMessageSignature(request, policy);
  if (!parsed.ok) return parsed.error.code;
  return verifyMessageSignature(parsed.value, key) ? 'valid' : 'invalid';
};

const withHeaders = (request: SignedRequest, headers: Record<string, string | string[] | undefined>): SignedRequest => ({ ...request, headers: { ...request.headers, ...headers } });

test('what we sign, we verify: RSA and Ed25519, POST and GET', async () => {
  expect(outcome(await received())).toBe('valid');
  expect(outcome(await received({ method: 'GET', body: undefined, headers: {} }))).toBe('valid');
  expect(outcome(await received({ privateKey: ED.privateKey }), ED.publicKey)).toBe('valid');
  expect(hasMessageSignature(await received())).toBe(true);
});

test('another key, or another kind of key, does not fit', async () => {
  const request = await received();
  for (const key of [ED.publicKey, EC.publicKey, generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey]) expect(outcome(request, key)).toBe('invalid');
});

describe('each covered part counts', () => {
  test.each([
    ['method', (request: SignedRequest) => ({ ...request, method: 'PUT' })],
    ['path', (request: SignedRequest) => ({ ...request, path: '/inbox2?x=1' })],
    ['query', (request: SignedRequest) => ({ ...request, path: '/inbox?x=2' })],
    ['query left out', (request: SignedRequest) => ({ ...request, path: '/inbox' })],
    ['another origin of ours', (request: SignedRequest) => withHeaders(request, { host: 'old.example' })],
    ['content-digest', (request: SignedRequest) => withHeaders(request, { 'content-digest': contentDigestOf(Buffer.from('other')) })],
    ['content-type', (request: SignedRequest) => withHeaders(request, { 'content-type': 'text/html' })],
    ['created', (request: SignedRequest) => inputChanged(request, /created=\d+/, `created=${DATE.getTime() / 1000 - 1}`)],
    ['keyid', (request: SignedRequest) => inputChanged(request, 'users/1', 'users/2')],
    ['order', (request: SignedRequest) => inputChanged(request, '"@method" "@target-uri"', '"@target-uri" "@method"')],
    ['one more', (request: SignedRequest) => inputChanged(request, '"@method"', '"@method" "date"')],
    ['a parameter added', (request: SignedRequest) => inputChanged(request, /$/, ';tag="x"')],
  ] as const)('%s', async (_name, change) => {
    expect(outcome(change(await received()))).toBe('invalid');
  });

  test('any changed bit of the signature', async () => {
    const request = await received();
    const [, encoded = ''] = /^sig1=:(.*):$/.exec(String(request.headers['signature'])) ?? [];
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 256 * 8 - 1 }), (bit) => {
        const bytes = Buffer.from(encoded, 'base64');
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(outcome(withHeaders(request, { signature: `sig1=:${bytes.toString('base64')}:` }))).toBe('invalid');
      }),
      { numRuns: 60 },
    );
  });

  test('what is not covered does not', async () => {
    expect(outcome(withHeaders(await received(), { accept: '*/*', via: '1.1 proxy' }))).toBe('valid');
  });
});

const inputChanged = (request: SignedRequest, from: string | RegExp, to: string): SignedRequest =>
  withHeaders(request, { 'signature-input': String(request.headers['signature-input']).replace(from, to) });

/** A request signed over whatever is asked for. */
function signedOver(components: string, parameters = `;created=${DATE.getTime() / 1000};keyid="${KEY_ID}"`, changes: Partial<SignedRequest> = {}): SignedRequest {
  const request = { method: 'GET', path: '/x?a=1', headers: { host: 'b.example', date: DATE.toUTCString() }, ...changes };
  const input = `s=(${components})${parameters}`;
  const member = parseDictionary(input)?.get('s');
  if (member === undefined || !isInnerList(member)) throw new Error(input);
  const headers = new Map(Object.entries(request.headers).map(([name, value]) => [name, [String(value)]]));
  const base = signatureBase({ ...request, origin: 'https://b.example', headers }, member);
  const signature = sign('sha256', Buffer.from('base' in base ? base.base : ''), KEYS.privateKey).toString('base64');
  return withHeaders(request, { 'signature-input': input, signature: `s=:${signature}:` });
}

describe('what must be covered', () => {
  test.each([
    ['@target-uri', '"@method" "@target-uri"', 'valid'],
    ['authority and request target', '"@method" "@authority" "@request-target"', 'valid'],
    ['authority, path and query', '"@method" "@path" "@authority" "@query"', 'valid'],
    ['more than is asked for (Fedify)', '"@method" "@target-uri" "@authority" "@scheme" "host" "date"', 'valid'],
    ['no method', '"@target-uri"', 'missing_header'],
    ['no authority', '"@method" "@path" "@query"', 'missing_header'],
    ['no query', '"@method" "@authority" "@path"', 'missing_header'],
    ['one parameter of the query alone', '"@method" "@authority" "@path" "@query-param";name="a"', 'missing_header'],
    ['a field that is not there', '"@method" "@target-uri" "digest"', 'missing_header'],
    ['a status', '"@method" "@target-uri" "@status"', 'missing_header'],
    ['the signed request of another message', '"@method" "@target-uri";req', 'missing_header'],
    ['one twice', '"@method" "@target-uri" "@method"', 'malformed_signature'],
  ])('%s: %s → %s', (_name, components, expected) => {
    expect(outcome(signedOver(components))).toBe(expected);
  });

  test('a digest on anything with a body', () => {
    expect(outcome(signedOver('"@method" "@target-uri"', undefined, { method: 'POST' }))).toBe('missing_header');
    expect(outcome(signedOver('"@method" "@target-uri"', undefined, { method: 'DELETE' }))).toBe('missing_header');
  });
});

describe('parameters and times', () => {
  const at = (changes: string): string => outcome(signedOver('"@method" "@target-uri"', changes));
  const now = DATE.getTime() / 1000;
  const key = `keyid="${KEY_ID}"`;
  test.each([
    ['12 hours old', `;created=${now - 43_200};${key}`, 'valid'],
    ['older', `;created=${now - 43_201};${key}`, 'clock_skew'],
    ['an hour ahead', `;created=${now + 3600};${key}`, 'valid'],
    ['further ahead', `;created=${now + 3601};${key}`, 'clock_skew'],
    ['expires later', `;created=${now};expires=${now + 60};${key}`, 'valid'],
    ['expired', `;created=${now - 7300};expires=${now - 3601};${key}`, 'clock_skew'],
    ['no time', `;${key}`, 'missing_header'],
    ['no key', `;created=${now}`, 'bad_key_id'],
    ['a key that cannot be fetched', `;created=${now};keyid="test-key"`, 'bad_key_id'],
    ['a time as text', `;created="${now}";${key}`, 'malformed_signature'],
    ['its own algorithm', `;created=${now};${key};alg="rsa-v1_5-sha256"`, 'valid'],
    ["another kind of key's", `;created=${now};${key};alg="ed25519"`, 'invalid'],
    ['an unknown one', `;created=${now};${key};alg="hmac-sha256"`, 'unsupported_algorithm'],
    ['nonce and tag', `;created=${now};${key};nonce="a\\"b";tag="x"`, 'valid'],
  ])('%s', (_name, parameters, expected) => {
    expect(at(parameters)).toBe(expected);
  });

  test('a covered Date counts as well', () => {
    const late = { headers: { host: 'b.example', date: new Date(DATE.getTime() - 13 * 3_600_000).toUTCString() } };
    expect(outcome(signedOver('"@method" "@target-uri" "date"', undefined, late))).toBe('clock_skew');
    expect(outcome(signedOver('"@method" "@target-uri"', undefined, late))).toBe('valid');
  });
});

describe('what is refused before any key is fetched', () => {
  test.each([
    ['no signature', { signature: undefined }, 'missing_signature'],
    ['no input', { 'signature-input': undefined }, 'missing_signature'],
    ['two signatures', { 'signature-input': ['a=("@method");created=1', 'b=()'], signature: 'a=:AA==:, b=:AA==:' }, 'malformed_signature'],
    ['labels that differ', { signature: 'other=:AA==:' }, 'malformed_signature'],
    ['an empty signature', { signature: 'sig1=::' }, 'malformed_signature'],
    ['a signature that is no bytes', { signature: 'sig1="x"' }, 'malformed_signature'],
    ['an input that is no list', { 'signature-input': 'sig1=1' }, 'malformed_signature'],
    ['a cavage header', { signature: 'keyId="x",signature="y"' }, 'malformed_signature'],
    ['a giant signature', { signature: `sig1=:${Buffer.alloc(1025).toString('base64')}:` }, 'malformed_signature'],
    ['two hosts', { host: ['b.example', 'b.example'] }, 'duplicate_header'],
    ['two digests', { 'content-digest': ['sha-256=:AA==:', 'sha-256=:AA==:'] }, 'duplicate_header'],
    ["another's host", { host: 'evil.example' }, 'wrong_host'],
    ['no host', { host: undefined }, 'wrong_host'],
  ])('%s', async (_name, headers, code) => {
    expect(outcome(withHeaders(await received(), headers))).toBe(code);
  });

  test('a target that is no path', async () => {
    expect(outcome({ ...(await received()), path: 'https://b.example/inbox?x=1' })).toBe('wrong_host');
  });

  test('ports of their own scheme are the same host', async () => {
    expect(outcome(withHeaders(await received(), { host: 'B.Example:443' }))).toBe('valid');
    expect(outcome(withHeaders(await received(), { host: 'b.example:8443' }))).toBe('wrong_host');
  });
});

test.each([
  ['rsa-pss-sha512' as const, KEYS.publicKey, (data: Buffer) => sign('sha512', data, { key: KEYS.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 })],
  ['ecdsa-p256-sha256' as const, EC.publicKey, (data: Buffer) => sign('sha256', data, { key: EC.privateKey, dsaEncoding: 'ieee-p1363' })],
  ['ed25519' as const, ED.publicKey, (data: Buffer) => sign(null, data, ED.privateKey)],
])('%s', (algorithm, key, make) => {
  const signature = make(Buffer.from('base'));
  expect(verifyMessageSignature({ algorithm, signature, signatureBase: 'base' }, key)).toBe(true);
  expect(verifyMessageSignature({ algorithm, signature, signatureBase: 'basf' }, key)).toBe(false);
  expect(verifyMessageSignature({ algorithm: algorithm === 'ed25519' ? 'ecdsa-p256-sha256' : 'ed25519', signature, signatureBase: 'base' }, key)).toBe(false);
});

describe('Content-Digest', () => {
  const body = Buffer.from('Hello world');
  const sha512 = `sha-512=:${createHash('sha512').update(body).digest('base64')}:`;
  test.each([
    [contentDigestOf(body), 'ok'],
    [sha512, 'ok'],
    [`${sha512}, ${contentDigestOf(body)}`, 'ok'],
    [`unixsum=:AAAA:, ${sha512}`, 'ok'],
    [contentDigestOf(Buffer.from('Hello world!')), 'digest_mismatch'],
    [`${sha512}, ${contentDigestOf(Buffer.from('x'))}`, 'digest_mismatch'],
    ['md5=:AAAA:', 'unsupported_algorithm'],
    ['SHA-256=:AAAA:', 'malformed_digest'],
    ['sha-256=:AAAA:', 'malformed_digest'],
    ['sha-256="x"', 'malformed_digest'],
    ['', 'malformed_digest'],
    [`${contentDigestOf(body)}, ${contentDigestOf(body)}`, 'malformed_digest'],
  ])('%s → %s', (header, expected) => {
    const result = verifyContentDigest(header, body);
    expect(result.ok ? 'ok' : result.error.code).toBe(expected);
  });
});

describe('structured fields', () => {
  test.each([
    'a=()',
    'a=("@method" "x";sf;key="k");created=1;alg="rsa";n=:AAE=:;t=tok/en;f=?0;minus=-5',
    'a=("quoted \\" and \\\\")',
  ])('%s reads and writes alike', (text) => {
    const member = parseDictionary(text)?.get('a');
    expect(member !== undefined && isInnerList(member) ? `a=${serializeInnerList(member)}` : null).toBe(text);
  });

  test.each(['', 'A=1', 'a=(', 'a=("x""y")', 'a=1.5', 'a=1 b=2', 'a=1,', 'a=1,a=2', 'a="\u00e9"', 'a=:**:', 'a=1;b=1;b=2', `a="${'x'.repeat(20_000)}"`, `a=(${'"x" '.repeat(100)})`])('%p is refused', (text) => {
    expect(parseDictionary(text)).toBeNull();
  });

  test('no text makes it throw', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseDictionary(text)));
    fc.assert(fc.property(fc.stringMatching(/^[a(); =:"?0-9,]*$/), (text) => void parseDictionary(text)));
  });
});

describe('components', () => {
  const base = (components: string, path = '/p?b=%41%20c&b2=x&b2=y&e=', headers: Record<string, string[]> = {}): string | null => {
    const member = parseDictionary(`s=(${components})`)?.get('s');
    if (member === undefined || !isInnerList(member)) return null;
    const result = signatureBase({ method: 'GET', origin: 'https://b.example:8443', path, headers: new Map(Object.entries(headers)) }, member);
    return 'base' in result ? (result.base.split('\n')[0] ?? '') : null;
  };
  test.each([
    ['"@authority"', '"@authority": b.example:8443'],
    ['"@scheme"', '"@scheme": https'],
    ['"@target-uri"', '"@target-uri": https://b.example:8443/p?b=%41%20c&b2=x&b2=y&e='],
    ['"@query-param";name="b"', '"@query-param";name="b": A%20c'],
    ['"@query-param";name="e"', '"@query-param";name="e": '],
    ['"@query-param";name="b2"', null],
    ['"@query-param";name="none"', null],
    ['"@query-param"', null],
    ['"@method";name="x"', null],
    ['"@unknown"', null],
    ['"x-list"', '"x-list": a, b, c'],
    ['"x-list";bs', '"x-list";bs: :YQ==:, :YiwgYw==:'],
    ['"x-dict";key="two"', '"x-dict";key="two": (1 2);p'],
    ['"x-dict";key="none"', null],
    ['"x-dict";sf', null],
    ['"X-List"', null],
  ])('%s → %s', (component, line) => {
    expect(base(component, undefined, { 'x-list': [' a', 'b, c '], 'x-dict': ['one=1, two=(1  2);p'] })).toBe(line);
  });
  test('a target without a query', () => {
    expect(base('"@query"', '/p')).toBe('"@query": ?');
    expect(base('"@path"', '/p')).toBe('"@path": /p');
  });
});

describe('signing', () => {
  test('keeps other headers, replaces its own in any case', async () => {
    const headers = await signMessage({ ...requestToSign(), headers: { 'content-type': 'x/y', HOST: 'evil.example', 'CONTENT-digest': 'no', Accept: '*' } });
    expect(Object.keys(headers).sort()).toEqual(['Accept', 'Content-Digest', 'Date', 'Host', 'Signature', 'Signature-Input', 'content-type']);
    expect(headers['Signature-Input']).toBe(`sig1=("@method" "@target-uri" "content-digest" "content-type");created=${DATE.getTime() / 1000};keyid="${KEY_ID}"`);
  });

  test('takes a digest that is known already', async () => {
    const contentDigest = contentDigestOf(Buffer.from('known'));
    expect((await signMessage({ ...requestToSign(), contentDigest }))['Content-Digest']).toBe(contentDigest);
  });

  test('refuses a public key, a kind that it does not sign with, a POST without a body, and a keyId that cannot be written', async () => {
    await expect(signMessage(requestToSign({ privateKey: KEYS.publicKey }))).rejects.toThrow(TypeError);
    await expect(signMessage(requestToSign({ privateKey: EC.privateKey }))).rejects.toThrow(TypeError);
    await expect(signMessage(requestToSign({ body: undefined }))).rejects.toThrow(TypeError);
    await expect(signMessage(requestToSign({ keyId: 'https://a.example/\n' }))).rejects.toThrow(TypeError);
  });
});
