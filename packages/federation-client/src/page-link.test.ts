import { expect, test } from '@jest/globals';
import { linkOfPage } from './page-link.js';

const finalUrl = 'https://far.example/@bo';
const page = (html: string, link = ''): string | null => linkOfPage({ bytes: Buffer.from(html), link, finalUrl });

test.each([
  ['<head><link href="https://far.example/users/bo" rel="alternate" type="application/activity+json"></head>'],
  [`<LINK rel='alternate' type='application/activity+json' href='/users/bo' />`],
  ['<link rel="me" href="x"><link type=application/activity+json rel="canonical alternate" href=/users/bo>'],
  ['<link rel="alternate" type="application/ld+json; profile=&quot;https://www.w3.org/ns/activitystreams&quot;" href="/users/bo">'],
])('finds the document in %s', (html) => expect(page(html)).toBe('https://far.example/users/bo'));

test('finds it in a header, which goes first', () => {
  expect(page('', '<https://far.example/feed>; rel="alternate"; type="application/rss+xml", </users/bo>; rel=alternate; type="application/activity+json"')).toBe('https://far.example/users/bo');
});

test.each([
  ['<link rel="alternate" type="application/rss+xml" href="/feed">'],
  ['<link rel="alternate" type="application/json" href="/upload">'],
  ['<link rel="stylesheet" type="application/activity+json" href="/x">'],
  ['<link rel="alternate" type="application/activity+json" href="javascript:alert(1)">'],
  ['<a rel="alternate" type="application/activity+json" href="/users/bo">'],
  [''],
])('finds nothing in %s', (html) => expect(page(html)).toBeNull());

// Each shape that could make an expression go back and forth: it must stay linear.
test('comes to an end on a hostile page', () => {
  const hostile = ['<link '.repeat(40_000), `<link ${' rel='.repeat(50_000)}`, `<link rel="${'a'.repeat(250_000)}`, '<link x>'.repeat(30_000)];
  expect(hostile.map((html) => page(html, html))).toEqual(hostile.map(() => null));
});
