import { describe, expect, test } from '@jest/globals';
import { readHostMeta, readWebfinger } from './webfinger-document.js';

const self = { rel: 'self', type: 'application/activity+json', href: 'https://a.test/users/1' };

describe('readWebfinger', () => {
  test.each([
    ['the common form', { subject: 'acct:a@a.test', links: [self] }, 'https://a.test/users/1'],
    [
      'ld+json with the profile, after unknown links',
      {
        subject: 'acct:a@a.test',
        links: [null, 'x', { rel: 'self', type: 'text/html', href: 'https://a.test/@a' }, { ...self, type: 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"' }],
      },
      'https://a.test/users/1',
    ],
    ['no subject', { links: [self] }, undefined],
    ['no links', { subject: 'acct:a@a.test' }, undefined],
    ['links that are no list', { subject: 'acct:a@a.test', links: {} }, undefined],
    ['only beyond the hundredth link', { subject: 'a@a.test', links: [...Array.from({ length: 100 }, () => ({})), self] }, undefined],
    ['a list', [], undefined],
    ['null', null, undefined],
  ])('%s', (_name, json, expected) => {
    expect(readWebfinger(json)?.selfUri).toBe(expected);
  });

  test.each([
    ['https://a.test/authorize_interaction?uri={uri}', 'https://a.test/authorize_interaction?uri={uri}'],
    ['https://a.test/authorize_interaction', null],
    ['javascript:alert({uri})', null],
  ])('the subscribe template %s', (template, expected) => {
    const links = [self, { rel: 'http://ostatus.org/schema/1.0/subscribe', template }];
    expect(readWebfinger({ subject: 'a@a.test', links })?.subscribeTemplate).toBe(expected);
  });
});

describe('readHostMeta', () => {
  test('finds the lrdd template whatever the order and quotes', () => {
    const xml = `<?xml version='1.0'?><XRD><Link rel="x" template="n"/><Link type='a' template='https://a.test/wf?a=1&amp;r={uri}' rel='lrdd'/></XRD>`;
    expect(readHostMeta(xml)).toBe('https://a.test/wf?a=1&r={uri}');
  });

  test.each(['', '<XRD/>', '<Link rel="lrdd" template="https://a.test/"/>', '<!-- rel="lrdd" template="{uri}"'])('%p has none', (xml) => {
    expect(readHostMeta(xml)).toBeNull();
  });

  test('S082 entities are not expanded', () => {
    const xml = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><XRD><Link rel="lrdd" template="https://a.test/&e;{uri}"/></XRD>';
    expect(readHostMeta(xml)).toBe('https://a.test/&e;{uri}');
  });

  test('S079 a page of half-open tags is read in no time', () => {
    const before = process.cpuUsage();
    readHostMeta('<Link <Link rel="'.repeat(60_000));
    readHostMeta(`<Link ${' a'.repeat(500_000)}`);
    // Processor time, since other work must not decide; backtracking would take minutes.
    expect(process.cpuUsage(before).user).toBeLessThan(5_000_000);
  });
});
