import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { keyHost, keyOwnerUrl } from './key-id.js';
import { parsePublicKeyPem } from './public-key.js';
import { KEYS } from '../test/signed-request.js';

const spki = String(KEYS.publicKey.export({ type: 'spki', format: 'pem' }));
const pkcs1 = String(KEYS.publicKey.export({ type: 'pkcs1', format: 'pem' }));
const spaced = (pem: string): string => pem.trim().replaceAll('\n', ' ');

test.each([
  ['SPKI', spki],
  ['PKCS#1', pkcs1],
  ['SPKI with spaces for newlines', spaced(spki)],
  ['PKCS#1 with spaces for newlines', spaced(pkcs1)],
  ['CRLF and text around it', `key:\r\n${spki.replaceAll('\n', '\r\n')}\r\n`],
])('%s', (_name, pem) => {
  const key = parsePublicKeyPem(pem);
  expect(key.ok && key.value.equals(KEYS.publicKey)).toBe(true);
});

test('Ed25519 is a key too', () => {
  const pem = String(generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }));
  expect(parsePublicKeyPem(pem).ok).toBe(true);
});

test.each([
  ['RSA of 512 bits', String(generateKeyPairSync('rsa', { modulusLength: 512 }).publicKey.export({ type: 'spki', format: 'pem' }))],
  ['a private key', String(KEYS.privateKey.export({ type: 'pkcs8', format: 'pem' }))],
  ['a curve that nobody signs with', String(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' }))],
  ['a cut key', spki.split('\n').toSpliced(2, 1).join('\n')],
  ['nothing', ''],
  ['a megabyte', `-----BEGIN PUBLIC KEY-----${'A'.repeat(1_000_000)}-----END PUBLIC KEY-----`],
])('%s is refused', (_name, pem) => {
  expect(parsePublicKeyPem(pem)).toMatchObject({ ok: false, error: { code: 'bad_key' } });
});

test('the owner is found by cutting the fragment, the host is compared in one form', () => {
  expect(keyOwnerUrl('https://a.example/u/1#main-key')).toBe('https://a.example/u/1');
  expect(keyOwnerUrl('https://threads.example/u/1/#main-key')).toBe('https://threads.example/u/1/');
  expect(keyOwnerUrl('https://a.example/u/1/main-key')).toBe('https://a.example/u/1/main-key');
  expect(keyHost('https://BÜCHER.example:443/u#k')).toBe('xn--bcher-kva.example');
  expect(keyHost('acct:a@b.example')).toBeNull();
});
