import { createPublicKey, randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { parsePublicKeyPem } from './public-key.js';
import { readRequestSignature } from './read-request-signature.js';
import type { SignedRequest } from './types.js';

/*
 * Verification is synchronous, so what one request can cost has to be bounded by what is accepted, not by a clock: the size of a key,
 * of its exponent and of a signature, how many signatures are tried, and how long the text is that is signed. At these bounds
 * (8192 bits, an exponent of 32 bits) one verification takes 0.6 ms of CPU, and a request has two at most; hashing a body of
 * 1 MiB takes 0.7 ms by SHA-256, twice that by SHA-512.
 */

const POLICY = { nowMs: Date.parse('2026-05-01T12:00:00Z'), hosts: ['b.example'], origins: ['https://b.example'] };
const CREATED = POLICY.nowMs / 1_000;

/** A key of that many bits. Nobody has its other half: what a verification costs does not depend on it. */
function rsaPem(bits: number, exponent: bigint): string {
  const modulus = randomBytes(bits / 8);
  modulus[0] = (modulus[0] ?? 0) | 0x80;
  modulus[modulus.length - 1] = (modulus.at(-1) ?? 0) | 1;
  const hex = exponent.toString(16);
  const e = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url');
  return createPublicKey({ key: { kty: 'RSA', n: modulus.toString('base64url'), e }, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString();
}

describe('what a key may be', () => {
  test.each([
    ['the largest', rsaPem(8_192, 0xffff_ffffn), true],
    ['a longer modulus', rsaPem(8_200, 65_537n), false],
    ['twice the modulus', rsaPem(16_384, 65_537n), false],
    ['a longer exponent', rsaPem(2_048, 0x1_0000_0001n), false],
    ['an exponent as long as the modulus', rsaPem(4_096, (1n << 4_095n) + 1n), false],
  ])('%s', (_name, pem, isTaken) => {
    expect(parsePublicKeyPem(pem).ok).toBe(isTaken);
  });
});

const post = (headers: Record<string, string>, path = '/inbox'): SignedRequest => ({ method: 'POST', path, headers: { host: 'b.example', date: new Date(POLICY.nowMs).toUTCString(), digest: 'SHA-256=x', 'content-digest': 'sha-256=:eA==:', ...headers } });
const cavage = (signature: string, covered = '(request-target) host date digest'): Record<string, string> => ({ signature: `keyId="https://a.example/u#k",headers="${covered}",signature="${signature}"` });
const message = (signatures: readonly string[], covered = '"@method" "@target-uri" "content-digest"'): Record<string, string> => ({
  'signature-input': signatures.map((_, at) => `s${at}=(${covered});created=${CREATED};keyid="https://a.example/u#k"`).join(', '),
  signature: signatures.map((signature, at) => `s${at}=:${signature}:`).join(', '),
});
const base64 = (bytes: number): string => Buffer.alloc(bytes, 1).toString('base64');
const read = (request: SignedRequest): string => {
  const parsed = readRequestSignature(request, POLICY);
  return parsed.ok ? 'read' : parsed.error.code;
};

describe('what a signature may be', () => {
  test.each([
    ['as long as the largest key', cavage(base64(1_024)), message([base64(1_024)]), 'read'],
    ['longer', cavage(base64(1_025)), message([base64(1_025)]), 'malformed_signature'],
    ['of many kilobytes', cavage(base64(12_000)), message([base64(12_000)]), 'malformed_signature'],
    ['one of two', { signature: `${cavage(base64(256))['signature']},${cavage(base64(256))['signature']}` }, message([base64(256), base64(256)]), 'malformed_signature'],
    ['one of a hundred', { signature: Array(100).fill(cavage(base64(40))['signature']).join(',') }, message(Array(100).fill(base64(40))), 'malformed_signature'],
    [
      'over the same header many times',
      cavage(base64(256), `(request-target) host date digest ${'digest '.repeat(1_000)}`),
      message([base64(256)], `"@method" "@target-uri" "content-digest" ${'"date" '.repeat(1_000)}`.trim()),
      'malformed_signature',
    ],
  ])('%s', (_name, asCavage, asMessage, expected) => {
    expect([read(post(asCavage)), read(post(asMessage))]).toEqual([expected, expected]);
  });

  test('it is tried twice at most, however many question marks the target has', () => {
    const parsed = readRequestSignature(post(cavage(base64(256)), `/inbox${'?a=b'.repeat(1_000)}`), POLICY);
    expect(parsed.ok && parsed.value.scheme === 'cavage' && parsed.value.signingStrings.length).toBe(2);
  });
});
