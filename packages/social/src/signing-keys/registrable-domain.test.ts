import { expect, test } from '@jest/globals';
import { registrableDomain } from './registrable-domain.js';

test.each([
  ['a.b.example.com', 'example.com'],
  ['example.com:8443', 'example.com'],
  ['social.example.co.uk', 'example.co.uk'],
  ['example.co', 'example.co'],
  ['localhost:3001', 'localhost:3001'],
  ['127.0.0.1:3001', '127.0.0.1:3001'],
  ['[::1]:3001', '[::1]:3001'],
])('%s is counted as %s', (host, domain) => {
  expect(registrableDomain(host)).toBe(domain);
});
