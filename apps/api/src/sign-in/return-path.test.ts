import { expect, test } from '@jest/globals';
import { returnPath, signInPath } from './return-path.js';

test.each([
  ['/oauth/authorize?client_id=a&state=x%2Fy', '/oauth/authorize?client_id=a&state=x%2Fy'],
  ['/', '/'],
  ['', '/'],
  ['https://evil.example/', '/'],
  ['//evil.example/', '/'],
  ['/\\evil.example', '/'],
  ['/\t/evil.example', '/'],
  ['/.//evil.example', '/'],
  ['javascript:alert(1)', '/'],
  [`/${'a'.repeat(7_000)}`, '/'],
])('%s leads to %s', (asked, path) => {
  expect(returnPath(asked)).toBe(path);
});

test('the way back survives the sign-in page', () => {
  const path = '/oauth/authorize?scope=read+write&redirect_uri=https%3A%2F%2Fapp.example%2Fcb';
  expect(new URL(signInPath(path), 'https://a.example').searchParams.get('return_to')).toBe(path);
  expect(signInPath('/')).toBe('/auth/sign_in');
});
