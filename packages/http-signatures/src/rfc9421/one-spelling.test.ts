import { constants, generateKeyPairSync, sign } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { verifyMessageSignature } from './verify-message-signature.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const signatureBase = '"@method": POST';
const signed = (): Buffer => sign('sha512', Buffer.from(signatureBase), { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 });
const holds = (signature: Uint8Array): boolean => verifyMessageSignature({ algorithm: 'rsa-pss-sha512', signature, signatureBase }, publicKey);

// One in 256 begins with a zero.
test('S036 a signature without its first zeros, or with more of them, is none', () => {
  let signature = signed();
  while (signature[0] !== 0) signature = signed();
  expect(holds(signature)).toBe(true);
  expect([signature.subarray(1), Buffer.concat([Buffer.alloc(1), signature])].map(holds)).toEqual([false, false]);
});
