import { describe, expect, test } from '@jest/globals';
import { readBrokerAddresses } from './broker-address.js';
import { Names } from './names.js';

describe('names on a shared broker', () => {
  test('streams and subjects carry the prefix', () => {
    const names = new Names('a-b_1');
    expect([names.stream('SOCIAL'), names.subject('status.deleted.v1'), names.withoutPrefix('a-b_1.live.rules')]).toEqual([
      'A-B_1_SOCIAL',
      'a-b_1.status.deleted.v1',
      'live.rules',
    ]);
  });

  // Upper case would let two prefixes share a stream's name; dots and wildcards, subjects.
  test.each(['', 'A', 'a.b', 'a*', '>', 'a b', 'x'.repeat(33), '-a'])('%p is no prefix', (prefix) => {
    expect(() => new Names(prefix)).toThrow(TypeError);
  });

  const wide = ['live.user.*', 'live.user.>', 'live.user.', 'live..1', 'live.user.1.2', 'live.user.1 2', 'live.user.é'];
  test.each(wide)('nobody publishes on %p', (subject) => {
    expect(() => new Names('p').exactSubject(subject)).toThrow(TypeError);
  });

  test('subscribers may use wildcards, > only at the end', () => {
    const names = new Names('p');
    expect([names.subjectPattern('live.user.*'), names.subjectPattern('live.>')]).toEqual(['p.live.user.*', 'p.live.>']);
    expect(() => names.subjectPattern('>.live')).toThrow(TypeError);
  });
});

describe('NATS_URL', () => {
  test.each([
    ['nats://h:4333', { servers: ['h:4333'] }],
    ['h', { servers: ['h:4222'] }],
    ['nats://a:1, nats://b:2', { servers: ['a:1', 'b:2'] }],
    ['tls://u:p%40ss@h', { servers: ['h:4222'], tls: {}, user: 'u', pass: 'p@ss' }],
    ['nats://secret@[::1]:4222', { servers: ['[::1]:4222'], token: 'secret' }],
  ])('%p', (text, options) => {
    expect(readBrokerAddresses(text)).toEqual(options);
  });

  test.each(['', 'http://h', 'nats://', 'redis://u:hush@h'])('%p is refused without repeating it', (text) => {
    expect(() => readBrokerAddresses(text)).toThrow(/^NATS_URL (?!.*hush)/);
  });
});
