import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { audienceOf } from './audience.js';
import { isActivityContentType, prefersActivity } from './content-type.js';
import { hostOf, httpUri, isPublicUri, normalizeHost, PUBLIC_URI, sameHost, sameSite } from './hosts.js';

describe('hosts are compared in one form', () => {
  test.each([
    ['https://Bücher.example:443/a', 'xn--bcher-kva.example'],
    ['http://localhost:3001/b', 'localhost:3001'],
    ['https://a.example.', null],
    ['https://a@b.example/', null],
    ['https:\\\\a.example', null],
    ['ftp://a.example/', null],
    ['javascript:alert(1)', null],
    ['//a.example/', null],
    // The parser looks past any number of slashes: what then stands for the host is none as it is written.
    ['https:///a.example/', null],
    [`https://a.example/${'x'.repeat(2048)}`, null],
  ])('%p → %p', (uri, host) => {
    expect(hostOf(uri)).toBe(host);
  });

  // Plain ones are read without the URL parser: it has the last word on what they mean.
  test('a host is what the URL parser says, where there is one', () => {
    const label = fc.oneof(fc.stringMatching(/^[a-z0-9-]{1,70}$/), fc.constantFrom('a', 'xn--bcher-kva', 'xn--a', '1', '0x7f', '-', 'A', 'ü', '%41', ''));
    const rest = fc.oneof(fc.constantFrom('', '/', '?', '#', '/@a@b', ':80/', ':443', '//', '/\u0001'), fc.string());
    fc.assert(
      fc.property(fc.constantFrom('http', 'https'), fc.array(label, { minLength: 1, maxLength: 5 }), rest, (scheme, labels, end) => {
        const uri = `${scheme}://${labels.join('.')}${end}`;
        const authority = /^https?:\/\/([^/?#]*)/.exec(uri)?.[1] ?? '';
        // Longer ones are no names (RFC 1035), and are parsed by nobody.
        fc.pre(authority.length <= 260);
        const url = /[\s\\]/.test(uri) || authority === '' ? null : URL.parse(uri);
        expect(hostOf(uri)).toBe(url === null || url.username !== '' || url.password !== '' || url.hostname.endsWith('.') ? null : url.host);
      }),
      { numRuns: 2_000 },
    );
  });

  test('ids keep the text they came with', () => {
    expect(httpUri('HTTPS://A.example/%7Eb')).toBe('HTTPS://A.example/%7Eb');
    expect(httpUri(7)).toBeNull();
  });

  test('ports and sub-domains are other hosts; www is another host of the same site', () => {
    expect(sameHost('https://a.example/x', 'http://A.EXAMPLE:80/y')).toBe(true);
    expect(sameHost('https://a.example/', 'https://a.example:8443/')).toBe(false);
    expect(sameHost('https://a.example/', 'https://a.example.evil.example/')).toBe(false);
    expect(sameHost('nonsense', 'nonsense')).toBe(false);
    expect(sameSite('https://www.a.example/', 'https://a.example/')).toBe(true);
    expect(sameSite('https://b.a.example/', 'https://a.example/')).toBe(false);
  });

  test.each([
    ['A.Example', 'a.example'],
    ['a.example.', 'a.example'],
    ['bücher.example:443', 'xn--bcher-kva.example'],
    ['localhost:3001', 'localhost:3001'],
    ['[::1]:3000', '[::1]:3000'],
    ['a.example/x', null],
    ['a@b.example', null],
    ['a b', null],
    ['', null],
    ['a.example:99999', null],
  ])('handle host %p → %p', (host, normal) => {
    expect(normalizeHost(host)).toBe(normal);
  });
});

test('three spellings of everybody', () => {
  expect([PUBLIC_URI, 'as:Public', 'Public'].every(isPublicUri)).toBe(true);
  expect(isPublicUri('public')).toBe(false);
});

test('visibility as an audience', () => {
  const mentioned = ['https://b.example/u/1', 'https://b.example/u/1'];
  expect(audienceOf('public', 'F', mentioned)).toEqual({ to: [PUBLIC_URI], cc: ['F', 'https://b.example/u/1'] });
  expect(audienceOf('unlisted', 'F', [])).toEqual({ to: ['F'], cc: [PUBLIC_URI] });
  expect(audienceOf('private', 'F', mentioned)).toEqual({ to: ['F'], cc: ['https://b.example/u/1'] });
  expect(audienceOf('direct', 'F', mentioned)).toEqual({ to: ['https://b.example/u/1'], cc: [] });
});

test.each([
  ['application/activity+json', true],
  ['application/activity+json; charset=utf-8', true],
  ['Application/LD+JSON; profile="https://www.w3.org/ns/activitystreams"', true],
  ['application/ld+json;profile="https://example.org/x https://www.w3.org/ns/activitystreams"', true],
  ['application/ld+json', false],
  ['application/ld+json; profile="https://evil.example/"', false],
  ['application/json', false],
  ['text/html', false],
])('content type %p → %p', (contentType, expected) => {
  expect(isActivityContentType(contentType)).toBe(expected);
});

test.each([
  ['application/activity+json', true],
  ['application/ld+json; profile="https://www.w3.org/ns/activitystreams", application/activity+json;q=0.9', true],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', false],
  ['application/activity+json, text/html;q=0.9', true],
  ['text/html;q=0.9, application/activity+json;q=0.8', false],
  ['application/json', false],
  ['*/*', false],
  [undefined, false],
])('Accept %p → %p', (accept, expected) => {
  expect(prefersActivity(accept)).toBe(expected);
});

describe('S088 names that are slow to map', () => {
  test.each([
    ['one letter that stands for eighteen', `https://${'\uFDFA'.repeat(20)}.example/`, null],
    ['marks on one letter', `https://a${'\u0327\u0301'.repeat(200)}.example/`, null],
    ['a long name beyond ASCII', `https://${'ü'.repeat(100)}.example/`, null],
    ['a name of ours', 'https://bücher.example/', 'xn--bcher-kva.example'],
    ['a long name of letters', `https://${'a.'.repeat(140)}example:8080/`, null],
  ])('%s', (_, uri, host) => expect(hostOf(uri)).toBe(host));

  test('in a handle as well', () => {
    expect([normalizeHost('\uFDFA'.repeat(20)), normalizeHost('bücher.example')]).toEqual([null, 'xn--bcher-kva.example']);
  });
});
