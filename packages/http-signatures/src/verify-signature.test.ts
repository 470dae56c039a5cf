import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import joyent from 'http-signature';
import { parseSignature } from './parse-signature.js';
import { headersFromRaw } from './request-headers.js';
import { signRequest } from './sign-request.js';
import { DATE, KEY_ID, KEYS, NOW, received, requestToSign, withSignature } from '../test/signed-request.js';
import { verifySignature } from './verify-signature.js';
import type { SignedRequest } from './types.js';

const verified = (request: SignedRequest, key = KEYS.publicKey): boolean => {
  const parsed = parseSignature(request, NOW);
  return parsed.ok && verifySignature(parsed.value, key);
};

test('what we sign, we verify: POST with a body, GET without', async () => {
  expect(verified(await received())).toBe(true);
  expect(verified(await received({ method: 'GET', body: undefined, headers: {} }))).toBe(true);
});

test('another key does not fit', async () => {
  const other = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
  expect(verified(await received(), other)).toBe(false);
});

describe('each covered part counts', () => {
  test.each([
    ['method', (request: SignedRequest) => ({ ...request, method: 'PUT' })],
    ['path', (request: SignedRequest) => ({ ...request, path: '/inbox2?x=1' })],
    ['query', (request: SignedRequest) => ({ ...request, path: '/inbox?x=2' })],
    ...['host', 'date', 'digest', 'content-type'].map((name) => [
      name,
      (request: SignedRequest) => ({ ...request, headers: { ...request.headers, [name]: flipped(String(request.headers[name])) } }),
    ] as const),
  ] as const)('%s', async (_name, change) => {
    expect(verified(change(await received()))).toBe(false);
  });

  test('a signature made without the query string fits a request with one', async () => {
    const bare = await received({ url: 'https://b.example/inbox' });
    expect(verified({ ...bare, path: '/inbox?page=2' })).toBe(true);
  });

  test('any changed bit of the signature', async () => {
    const request = await received();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 256 * 8 - 1 }), (bit) => {
        const changed = withSignature(request, (header) =>
          header.replace(/signature="([^"]*)"/, (_all, encoded: string) => {
            const bytes = Buffer.from(encoded, 'base64');
            bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
            return `signature="${bytes.toString('base64')}"`;
          }),
        );
        expect(verified(changed)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });
});

/** Keeps dates and digests well formed, so that the signature is what fails. */
const flipped = (value: string): string => value.replace(/[a-z0-9]/g, (character) => (character === '1' ? '2' : character === 'a' ? 'b' : character));

test('hs2019 with an Ed25519 key goes by the key; rsa-sha256 does not', () => {
  const ed = generateKeyPairSync('ed25519');
  const text = `(request-target): get /x\nhost: b.example\ndate: ${DATE.toUTCString()}`;
  const signature = sign(null, Buffer.from(text), ed.privateKey).toString('base64');
  const request = (algorithm: string): SignedRequest => ({
    method: 'GET',
    path: '/x',
    headers: { host: 'b.example', date: DATE.toUTCString(), signature: `keyId="${KEY_ID}",algorithm="${algorithm}",headers="(request-target) host date",signature="${signature}"` },
  });
  expect(verified(request('hs2019'), ed.publicKey)).toBe(true);
  expect(verified(request('rsa-sha256'), ed.publicKey)).toBe(false);
  expect(verified(request('hs2019'), KEYS.publicKey)).toBe(false);
});

describe('signing', () => {
  test('keeps other headers, replaces Host, Date, Digest and Signature in any case', async () => {
    const headers = await signRequest(requestToSign({ headers: { 'content-type': 'x/y', HOST: 'evil.example', date: 'never', Accept: '*' } }));
    expect(headers).toMatchObject({ 'content-type': 'x/y', Host: 'b.example', Date: DATE.toUTCString(), Accept: '*' });
    expect(Object.keys(headers).sort()).toEqual(['Accept', 'Date', 'Digest', 'Host', 'Signature', 'content-type']);
    expect(headers['Signature']).toContain('algorithm="rsa-sha256",headers="(request-target) host date digest content-type"');
  });

  test('does not hold the event loop: a turn passes before it is done', async () => {
    let turned = false;
    setImmediate(() => (turned = true));
    await signRequest(requestToSign());
    expect(turned).toBe(true);
  });

  test('refuses a public key, a POST without body, and a keyId that cannot be quoted', async () => {
    await expect(signRequest(requestToSign({ privateKey: KEYS.publicKey }))).rejects.toThrow(TypeError);
    await expect(signRequest(requestToSign({ body: undefined }))).rejects.toThrow(TypeError);
    await expect(signRequest(requestToSign({ keyId: 'https://a.example/"' }))).rejects.toThrow(TypeError);
  });
});

// Joyent's http-signature is an independent reader and writer of the same draft.
describe('against http-signature 1.4', () => {
  const keyOf = (type: 'private' | 'public'): string =>
    String(type === 'private' ? KEYS.privateKey.export({ type: 'pkcs1', format: 'pem' }) : KEYS.publicKey.export({ type: 'spki', format: 'pem' }));

  test('it verifies what we sign', async () => {
    const { method, path, headers } = await received();
    const parsed = joyent.parseRequest({ method, url: path, headers } as never, { clockSkew: 1e12 });
    expect(joyent.verifySignature(parsed, keyOf('public'))).toBe(true);
  });

  test('we verify what it signs', () => {
    const raw: string[] = ['Host', 'b.example', 'Date', DATE.toUTCString(), 'Digest', 'SHA-256=abc='];
    const request = {
      method: 'POST',
      path: '/inbox',
      getHeader: (name: string) => raw[raw.findIndex((entry) => entry.toLowerCase() === name.toLowerCase()) + 1],
      setHeader: (name: string, value: string) => raw.push(name, value),
    };
    joyent.sign(request as never, { key: keyOf('private'), keyId: KEY_ID, headers: ['(request-target)', 'host', 'date', 'digest'] });
    const headers = headersFromRaw(raw);
    const header = String(headers['authorization']).replace(/^Signature /, '');
    expect(verified({ method: 'POST', path: '/inbox', headers: { ...headers, signature: header } })).toBe(true);
  });
});
