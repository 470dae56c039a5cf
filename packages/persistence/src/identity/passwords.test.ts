import { expect, test } from '@jest/globals';
import { hashPassword, isPassword } from './passwords.js';

test('a hash tells its cost, holds a salt of its own, and knows its password in any composition', async () => {
  const [one, two] = await Promise.all([hashPassword('Cafe\u0301'), hashPassword('Cafe\u0301')]);
  expect(one).toMatch(/^\$scrypt\$ln=15,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(one).not.toBe(two);
  expect(await isPassword('Caf\u00e9', one)).toBe(true);
  expect(await isPassword('Cafe', one)).toBe(false);
});

test('no hash, a damaged one and one with a hostile cost are wrong passwords, not errors', async () => {
  expect(await isPassword('x', null)).toBe(false);
  expect(await isPassword('x', 'plain')).toBe(false);
  expect(await isPassword('x', '$scrypt$ln=99,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA')).toBe(false);
  expect(await isPassword('', '$scrypt$ln=15,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$A')).toBe(false);
});
