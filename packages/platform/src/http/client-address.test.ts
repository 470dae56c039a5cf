import { expect, test } from '@jest/globals';
import { rateRulesFor } from '../client-api/rate-rules.js';
import { addressGroup } from './client-address.js';

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:db8:0:0:1::', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
])('%s counts as %s', (address, group) => {
  expect(addressGroup(address)).toBe(group);
});

// S205, S208: each of somebody's 2^64 addresses had a count of its own.
test('whoever takes another address of their network is the same to every limit by address', () => {
  const keysOf = (ip: string, route: string): string[] => rateRulesFor('POST', route, { ip, tokenId: null, userId: null }).map(({ rule, key }) => `${rule.name} ${key}`);
  for (const route of ['/api/v1/accounts', '/api/v1/apps', '/api/v1/media']) {
    expect(keysOf('2001:db8:1:2::1', route)).toEqual(keysOf('2001:db8:1:2:ffff::2', route));
    expect(keysOf('2001:db8:1:2::1', route)).not.toEqual(keysOf('2001:db8:1:3::1', route));
  }
});
