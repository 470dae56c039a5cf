import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { verifyDigest } from './digest.js';
import { parseSignature } from './parse-signature.js';
import { parsePublicKeyPem } from './public-key.js';
import { verifySignature } from './verify-signature.js';

interface Vector {
  readonly name: string;
  readonly expect: 'valid' | 'invalid' | 'implementation-defined';
  readonly now: string;
  readonly publicKeyPem?: string;
  readonly privateKeyPem?: string;
  readonly publicKeyJwk?: JsonWebKey;
  readonly request: { readonly method: string; readonly url: string; readonly headers: Record<string, string>; readonly body: string | null };
}

// Requests captured from other servers are not ours to copy: TRUNKLINE_REFERENCE names a folder that holds
// them as fixtures/signatures/cavage-*.json.
const folder = join(process.env['TRUNKLINE_REFERENCE'] ?? '/nonexistent', 'fixtures/signatures');
const present = existsSync(folder);

function vectorsOf(file: string): Vector[] {
  const { vectors, ...shared } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { vectors: Vector[] };
  return vectors.map((vector) => ({ ...shared, ...vector }));
}

function keyOf(vector: Vector): KeyObject {
  if (vector.publicKeyJwk !== undefined) return createPublicKey({ key: vector.publicKeyJwk, format: 'jwk' });
  if (vector.publicKeyPem === undefined) return createPublicKey(vector.privateKeyPem ?? '');
  const key = parsePublicKeyPem(vector.publicKeyPem);
  if (!key.ok) throw new Error(`key of ${vector.name}`);
  return key.value;
}

function outcomeOf({ request, now, ...vector }: Vector): string {
  const url = new URL(request.url);
  const body = Buffer.from(request.body ?? '');
  const parsed = parseSignature({ method: request.method, path: url.pathname + url.search, headers: request.headers }, { nowMs: Date.parse(now) });
  if (!parsed.ok) return parsed.error.code;
  if (!verifySignature(parsed.value, keyOf({ request, now, ...vector }))) return 'invalid';
  if (request.method === 'GET') return 'valid';
  const digest = verifyDigest(request.headers['Digest'] ?? request.headers['digest'] ?? '', body);
  return digest.ok ? 'valid' : digest.error.code;
}

/** Where we differ from the recorded verdict, and why. */
const OURS: Readonly<Record<string, string>> = {
  // Mastodon still takes the form of servers before 2018; it names a key through WebFinger alone.
  'with a known account / with an acct key ID / successfuly verifies signature': 'bad_key_id',
  // The vector is about a key that cannot be fetched; its signature itself is the one of the valid request.
  'with an inaccessible key / fails to verify signature': 'valid',
  // Draft 12: a missing algorithm is hs2019.
  'Takahe POST, algorithm parameter missing (Takahe rejects; draft 12 says treat as hs2019)': 'valid',
};

if (!present) {
  test('reference vectors are absent: set TRUNKLINE_REFERENCE to check signatures of other servers', () => {
    console.warn('NOT CHECKED: draft-cavage vectors of Mastodon, Lemmy, Takahe, Fedify and PeerTube. Set TRUNKLINE_REFERENCE to the folder that holds fixtures/signatures.');
    expect(present).toBe(false);
  });
} else {
  const vectors = [...vectorsOf('cavage-mastodon-4.7-spec.json'), ...vectorsOf('cavage-other-servers.json')];

  describe('requests of other servers', () => {
    test.each(vectors.map((vector) => [vector.name, vector] as const))('%s', (name, vector) => {
      const outcome = outcomeOf(vector);
      if (OURS[name] !== undefined) expect(outcome).toBe(OURS[name]);
      else if (vector.expect === 'valid') expect(outcome).toBe('valid');
      else expect(outcome).not.toBe('valid');
    });

    test.each(vectors.filter((vector) => outcomeOf(vector) === 'valid').map((vector) => [vector.name, vector] as const))(
      'one changed byte is seen in each covered header: %s',
      (_name, vector) => {
        const covered = Object.entries(vector.request.headers).filter(([header]) => ['host', 'date', 'digest'].includes(header.toLowerCase()));
        expect(covered.length).toBeGreaterThan(1);
        for (const [header, value] of covered) {
          const headers = { ...vector.request.headers, [header]: `${value}0` };
          expect(outcomeOf({ ...vector, request: { ...vector.request, headers } })).not.toBe('valid');
        }
      },
    );
  });

  test("the draft's own example C.2 verifies under its published key", () => {
    const file = JSON.parse(readFileSync(join(folder, 'cavage-draft12-appendix-c.json'), 'utf8')) as {
      publicKeyPem: string;
      request: { method: string; path: string; headers: Record<string, string> };
      vectors: { name: string; headers: string; signature: string }[];
    };
    const example = file.vectors.find((vector) => vector.name.startsWith('C.2'));
    // Its keyId is "Test" and it covers no digest: our policy refuses it, the signature itself is right.
    const signature = `keyId="https://a.example/#k",algorithm="rsa-sha256",headers="${example?.headers}",signature="${example?.signature}"`;
    const parsed = parseSignature(
      { ...file.request, method: 'POST', headers: { ...file.request.headers, Signature: signature } },
      { nowMs: Date.parse('2014-01-05T21:31:40Z') },
    );
    expect(parsed).toMatchObject({ ok: false, error: { code: 'missing_header', context: { header: 'digest' } } });

    const key = parsePublicKeyPem(file.publicKeyPem);
    const text = '(request-target): post /foo?param=value&pet=dog\nhost: example.com\ndate: Sun, 05 Jan 2014 21:31:40 GMT';
    expect(key.ok && verifySignature({ scheme: 'cavage', keyId: '', algorithm: 'rsa-sha256', headers: [], created: null, expires: null, signingStrings: [text], signature: Buffer.from(example?.signature ?? '', 'base64') }, key.value)).toBe(true);
  });
}
