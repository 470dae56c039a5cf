import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { followersDigest, parseFollowersSync, renderFollowersSync } from './followers-sync.js';

const sync = { collectionUri: 'https://a.example/u/1/followers', partUri: 'https://a.example/u/1/followers_synchronization', digest: 'ab'.repeat(32) };
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('digest (FEP-8fcf)', () => {
  test('nobody, one, two in any order, one twice', () => {
    const [a, b] = ['https://b.example/u/1', 'https://b.example/u/2'];
    expect(followersDigest([])).toBe('0'.repeat(64));
    expect(followersDigest([a])).toBe(sha256(a));
    expect(followersDigest([a, b])).toBe(followersDigest([b, a]));
    expect(followersDigest([a, b, a])).toBe(followersDigest([a, b]));
    expect(BigInt(`0x${followersDigest([a, b])}`)).toBe(BigInt(`0x${sha256(a)}`) ^ BigInt(`0x${sha256(b)}`));
  });

  test("the FEP's own example", () => {
    expect(followersDigest(['https://testing.example.org/users/1', 'https://testing.example.org/users/2'])).toBe('c33f48cd341ef046a206b8a72ec97af65079f9a3a9b90eef79c5920dce45c61f');
  });
});

describe('header', () => {
  test('what we write, we read', () => expect(parseFollowersSync(renderFollowersSync(sync))).toEqual(sync));
  test('in any order, the digest in any case', () => {
    expect(parseFollowersSync(`digest="${sync.digest.toUpperCase()}",url="${sync.partUri}" , collectionId="${sync.collectionUri}"`)).toEqual(sync);
  });

  const header = renderFollowersSync(sync);
  test.each([
    [''],
    ['nonsense'],
    [header.replace('digest=', 'digset=')],
    [header.replace('abab', 'xyxy')],
    [`${header}, digest="${sync.digest}"`],
    [`${header},`],
    [header.replace('url="https://a.example', 'url="https://victim.example')],
    [header.replace('https://a.example/u/1/followers"', 'javascript:x"')],
    [`${header}${' '.repeat(9000)}`],
  ])('%s is refused', (text) => expect(parseFollowersSync(text)).toBeNull());
});
