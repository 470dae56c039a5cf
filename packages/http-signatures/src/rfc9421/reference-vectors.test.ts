import { createPublicKey, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { headerValues, headersFromRaw } from '../request-headers.js';
import { verifyContentDigest } from './content-digest.js';
import { parseMessageSignature } from './parse-message-signature.js';
import { signatureBase } from './signature-base.js';
import { isInnerList, parseDictionary, type InnerList } from './structured-fields.js';
import type { MessageAlgorithm } from './types.js';
import { verifyMessageSignature } from './verify-message-signature.js';

// The vectors of RFC 9421 and of Mastodon are not ours to copy: TRUNKLINE_REFERENCE names a folder that holds them as
// fixtures/signatures/rfc9421-*.json.
const folder = join(process.env['TRUNKLINE_REFERENCE'] ?? '/nonexistent', 'fixtures/signatures');
const present = existsSync(folder);
const load = <T>(file: string): T => JSON.parse(readFileSync(join(folder, file), 'utf8')) as T;

interface RfcVector {
  readonly name: string;
  readonly appendix: string;
  readonly label: string;
  readonly alg: MessageAlgorithm | 'hmac-sha256';
  readonly keyid: string;
  readonly expect: 'valid' | 'invalid';
  readonly message: { readonly startLine: string; readonly headers: readonly (readonly [string, string])[]; readonly body: string };
  readonly signatureInput: string;
  readonly signature: string;
  readonly signatureBase?: string;
}

interface MastodonVector {
  readonly name: string;
  readonly expect: 'valid' | 'invalid';
  readonly now: string;
  readonly request: { readonly method: string; readonly url: string; readonly headers: Record<string, string>; readonly body: string | null };
}

const inputOf = (vector: RfcVector): InnerList => {
  const member = parseDictionary(vector.signatureInput)?.get(vector.label);
  if (member === undefined || !isInnerList(member)) throw new Error(vector.name);
  return member;
};

const bytesOf = (vector: RfcVector): Uint8Array => {
  const member = parseDictionary(vector.signature)?.get(vector.label);
  if (member === undefined || isInnerList(member) || !(member.value instanceof Uint8Array)) throw new Error(vector.name);
  return member.value;
};

/** The base as we build it; the Host header is the authority. */
function baseOf(vector: RfcVector): string | null {
  const [method = '', path = ''] = vector.message.startLine.split(' ');
  const headers = headerValues(headersFromRaw(vector.message.headers.flatMap(([name, value]) => [name, value])));
  const base = signatureBase({ method, origin: `https://${headers.get('host')?.[0]}`, path, headers }, inputOf(vector));
  return 'base' in base ? base.base : null;
}

if (!present) {
  test('reference vectors are absent: set TRUNKLINE_REFERENCE to check the signatures of RFC 9421', () => {
    console.warn('NOT CHECKED: the vectors of RFC 9421 and of Mastodon. Set TRUNKLINE_REFERENCE to the folder that holds fixtures/signatures.');
    expect(present).toBe(false);
  });
} else {
  describe("the RFC's own examples", () => {
    const file = load<{ keys: Record<string, { publicKeyPem?: string }>; vectors: RfcVector[] }>('rfc9421-appendix-b.json');
    // A response, and a shared secret: neither comes to an inbox.
    const requests = file.vectors.filter(({ message, alg }) => !message.startLine.startsWith('HTTP/') && alg !== 'hmac-sha256');
    const keyOf = ({ keyid }: RfcVector): KeyObject => createPublicKey(file.keys[keyid]?.publicKeyPem ?? '');
    const algorithmOf = ({ alg }: RfcVector): MessageAlgorithm | null => (alg === 'hmac-sha256' ? null : alg);

    test.each(requests.map((vector, index) => [`${vector.appendix} ${index}: ${vector.name}`, vector] as const))('%s', (_name, vector) => {
      const base = baseOf(vector);
      if (vector.signatureBase !== undefined) expect(base).toBe(vector.signatureBase);
      const verified = (text: string | null): boolean => verifyMessageSignature({ algorithm: algorithmOf(vector), signature: bytesOf(vector), signatureBase: text ?? '' }, keyOf(vector));
      expect(verified(base)).toBe(vector.expect === 'valid');
      expect(verified(`${base}0`)).toBe(false);
    });

    test('of a response and of a shared secret the base at least', () => {
      const others = file.vectors.filter((vector) => !requests.includes(vector));
      expect(others.map(({ appendix }) => appendix)).toEqual(['B.2.4', 'B.2.5']);
      for (const vector of others) {
        if (vector.alg === 'hmac-sha256') expect(baseOf(vector)).toBe(vector.signatureBase);
        else expect(baseOf(vector)).toBeNull();
      }
      const response = others[0];
      if (response === undefined) throw new Error('B.2.4');
      expect(verifyMessageSignature({ algorithm: 'ecdsa-p256-sha256', signature: bytesOf(response), signatureBase: response.signatureBase ?? '' }, keyOf(response))).toBe(true);
    });

    test('their digests', () => {
      const digests = requests.flatMap(({ message }) => message.headers.filter(([name]) => name === 'Content-Digest').map(([, value]) => [value, message.body] as const));
      expect(digests.length).toBeGreaterThan(1);
      for (const [digest, body] of digests) expect(verifyContentDigest(digest, Buffer.from(body))).toEqual({ ok: true, value: true });
    });
  });

  describe('what Mastodon accepts and refuses', () => {
    const file = load<{ privateKeyPem: string; ed25519PrivateKeyPem: string; vectors: MastodonVector[] }>('rfc9421-mastodon-4.7-spec.json');

    function outcomeOf({ name, request, now }: MastodonVector): string {
      const url = new URL(request.url);
      const parsed = parseMessageSignature({ method: request.method, path: url.pathname + url.search, headers: request.headers }, { nowMs: Date.parse(now), origins: [url.origin] });
      if (!parsed.ok) return parsed.error.code;
      // Before the signature, as Mastodon does: it costs no key.
      const digest = request.method === 'GET' ? { ok: true as const } : verifyContentDigest(request.headers['Content-Digest'] ?? '', Buffer.from(request.body ?? ''));
      if (!digest.ok) return digest.error.code;
      const key = createPublicKey(name.includes('Ed25519') ? file.ed25519PrivateKeyPem : file.privateKeyPem);
      return verifyMessageSignature(parsed.value, key) ? 'valid' : 'invalid';
    }

    const REFUSED: readonly (readonly [RegExp, string])[] = [
      [/older than a day/, 'clock_skew'],
      [/Digest of a POST request is not signed/, 'missing_header'],
      [/tampered body/, 'digest_mismatch'],
      [/malformed `Content-Digest`/, 'malformed_digest'],
    ];

    test.each(file.vectors.map((vector) => [vector.name, vector] as const))('%s', (name, vector) => {
      const refused = REFUSED.find(([pattern]) => pattern.test(name))?.[1] ?? 'invalid';
      // A POST made of a GET's signature lacks the digest before anything is verified.
      const expected = vector.expect === 'valid' ? 'valid' : name.includes('mismatching method') ? 'missing_header' : refused;
      expect(outcomeOf(vector)).toBe(expected);
    });

    test.each(file.vectors.filter((vector) => vector.expect === 'valid').map((vector) => [vector.name, vector] as const))('one changed byte is seen: %s', (_name, vector) => {
      const { request } = vector;
      const withHeader = (name: string, from: string, to: string): MastodonVector => ({ ...vector, request: { ...request, headers: { ...request.headers, [name]: (request.headers[name] ?? '').replace(from, to) } } });
      const changed: MastodonVector[] = [
        { ...vector, request: { ...request, method: request.method === 'GET' ? 'HEAD' : 'PUT' } },
        { ...vector, request: { ...request, url: `${request.url}0` } },
        withHeader('Signature-Input', 'created=17030664', 'created=17030663'),
        withHeader('Signature-Input', 'users/bob', 'users/bot'),
        withHeader('Signature-Input', '"@method" "@target-uri"', '"@target-uri" "@method"'),
        withHeader('Signature', 'sig1=:', 'sig1=:AA'),
        ...(request.body === null ? [] : [withHeader('Content-Digest', 'ZOy', 'ZOz'), { ...vector, request: { ...request, body: `${request.body}0` } }]),
      ];
      for (const [index, other] of changed.entries()) expect([index, outcomeOf(other)]).not.toEqual([index, 'valid']);
    });
  });
}
