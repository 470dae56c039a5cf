import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { digestOf, verifyDigest } from './digest.js';

const body = Buffer.from('{"content":"\\u003cp\\u003e"}');
const codeOf = (header: string): string => {
  const result = verifyDigest(header, body);
  return result.ok ? 'ok' : result.error.code;
};

test('the name is written in upper case and read in any', () => {
  expect(digestOf(body)).toMatch(/^SHA-256=[A-Za-z0-9+/]{43}=$/);
  expect(codeOf(digestOf(body))).toBe('ok');
  expect(codeOf(digestOf(body).replace('SHA', 'sha'))).toBe('ok');
});

test.each([
  [`${digestOf(body)},md5=Q2hlY2sgSW50ZWdyaXR5IQ==`, 'malformed_digest'],
  [`${digestOf(body)}, ${digestOf(body)}`, 'malformed_digest'],
  ['SHA-256=', 'malformed_digest'],
  ['SHA-256=AAAA', 'malformed_digest'],
  ['', 'malformed_digest'],
  ['md5=Q2hlY2sgSW50ZWdyaXR5IQ==', 'unsupported_algorithm'],
  [digestOf(Buffer.from('else')), 'digest_mismatch'],
])('%p → %s', (header, code) => {
  expect(codeOf(header)).toBe(code);
});

test('S031 any changed byte of the body is seen', () => {
  fc.assert(
    fc.property(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const changed = Buffer.from(body);
      changed[at] = (changed[at] ?? 0) ^ change;
      expect(verifyDigest(digestOf(body), changed)).toMatchObject({ ok: false, error: { code: 'digest_mismatch' } });
    }),
  );
});
