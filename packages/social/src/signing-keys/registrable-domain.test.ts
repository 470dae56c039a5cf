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
  // S081: a certificate for an address costs nothing, and one machine has as many ports, or addresses, as it likes.
  ['203.0.113.7:8443', '203.0.113.7'],
  ['[2001:db8:5:1::1]', '[2001:db8:5::/48]'],
  ['[2001:db8:5:ffff:1:2:3:4]:8443', '[2001:db8:5::/48]'],
  ['[2001:db8::7]', '[2001:db8:0::/48]'],
  ['[2001::]', '[2001:0:0::/48]'],
])('%s is counted as %s', (host, domain) => {
  expect(registrableDomain(host)).toBe(domain);
});
