import { describe, expect, test } from '@jest/globals';
import { snowflake } from '@trunkline/kernel';
import fc from 'fast-check';
import { audienceOf, type AudienceFacts } from './audience.js';
import { BREAKER_FAILURES, DELIVERY_ATTEMPTS_MAX, HEALTHY_HOST, hostGate, nextHostState, retrySchedule, type HostState } from './delivery.js';
import type { DomainRule, DomainSeverity, PolicySnapshot } from './model.js';
import { checkEmail, checkPassword, checkUsername, isLanguageTag, isUsername } from './names.js';
import { domainVerdict, normaliseHost } from './policy.js';

const id = (number: number) => snowflake(String(number));
const rule = (domain: string, severity: DomainSeverity, change: Partial<DomainRule> = {}): DomainRule => ({
  id: id(1), domain, severity, rejectMedia: false, rejectReports: false, privateComment: null, publicComment: null, obfuscate: false, createdAt: new Date(0), ...change,
});
const snapshot = (change: Partial<PolicySnapshot>): PolicySnapshot => ({
  version: 1, domainRules: [], allowedDomains: [], limitedFederation: false, registrations: 'open', approvalReasonRequired: false, serverRules: [], ...change,
});

describe('policy', () => {
  const rules = snapshot({
    domainRules: [
      rule('bad.example', 'suspend'),
      rule('good.bad.example', 'noop', { rejectMedia: true }),
      rule('loud.example', 'silence'),
      rule('localhost:3002', 'suspend'),
      rule('münchen.example', 'suspend'),
      rule('Old.Example.', 'suspend'),
    ],
  });

  test.each<[string | null, boolean, boolean, boolean]>([
    ['bad.example', true, true, true],
    ['BAD.example.', true, true, true],
    ['a.b.bad.example', true, true, true],
    ['bad.example:8443', true, true, true],
    ['notbad.example', false, false, false],
    ['good.bad.example', false, false, true],
    ['x.good.bad.example', false, false, true],
    ['loud.example', false, true, false],
    ['localhost:3002', true, true, true],
    ['localhost:3001', false, false, false],
    ['xn--mnchen-3ya.example', true, true, true],
    ['MÜNCHEN.example', true, true, true],
    ['old.example', true, true, true],
    ['bad.example/@a', true, true, true],
    ['user@ok.example', true, true, true],
    ['', true, true, true],
    [null, false, false, false],
  ])('%p: suspended %p, silenced %p, media refused %p', (host, suspended, silenced, rejectMedia) => {
    expect(domainVerdict(rules, host)).toMatchObject({ suspended, silenced, rejectMedia });
  });

  test('limited federation opens the named hosts alone, and blocks still hold', () => {
    const limited = snapshot({ limitedFederation: true, allowedDomains: ['friend.example', 'bad.example'], domainRules: [rule('bad.example', 'suspend')] });
    expect(['friend.example', 'Friend.Example:443', 'sub.friend.example', 'other.example', 'bad.example', null].map((host) => domainVerdict(limited, host).suspended))
      .toEqual([false, false, true, true, true, false]);
  });

  test.each([
    [' Example.COM ', 'example.com'],
    ['example.com:443', 'example.com'],
    ['localhost:3001', 'localhost:3001'],
    ['日本.example', 'xn--wgv71a.example'],
    ['a b.example', null],
    ['a@b.example', null],
    ['a.example/x', null],
    ['%31.example', null],
    ['x'.repeat(300), null],
  ])('normaliseHost(%p) is %p', (text, expected) => {
    expect(normaliseHost(text)).toBe(expected);
  });
});

describe('audience', () => {
  const facts = (change: Partial<AudienceFacts>): AudienceFacts => ({
    change: 'create', visibility: 'public', authorId: id(1), mentionedIds: new Set([id(2), id(1)]), inReplyToAccountId: id(3), inReplyToLocal: true, boostedAuthorId: null, ...change,
  });

  test.each<[string, Partial<AudienceFacts>, object]>([
    ['public reply', {}, { followersOf: ['1', '3'], accountIds: ['2', '3'], interacted: false }],
    ['reply to a remote author', { inReplyToLocal: false }, { followersOf: ['1'], accountIds: ['2', '3'], interacted: false }],
    ['deletion of a public status', { change: 'delete' }, { followersOf: ['1', '3'], accountIds: ['2', '3'], interacted: true }],
    ['followers-only', { visibility: 'private' }, { followersOf: ['1'], accountIds: ['2'], interacted: false }],
    ['direct', { visibility: 'direct', change: 'update' }, { followersOf: [], accountIds: ['2'], interacted: false }],
    ['boost', { boostedAuthorId: id(9) }, { followersOf: ['1'], accountIds: ['9'], interacted: false }],
    ['boost of oneself', { boostedAuthorId: id(1), visibility: 'private' }, { followersOf: ['1'], accountIds: [], interacted: false }],
  ])('%s', (_, change, expected) => {
    expect(audienceOf(facts(change))).toEqual(expected);
  });
});

describe('delivery', () => {
  test('retries rise and span more than three days even without jitter', () => {
    const waits = Array.from({ length: DELIVERY_ATTEMPTS_MAX - 1 }, (_, at) => retrySchedule(at + 1, 0) ?? Number.NaN);
    expect([...waits].sort((a, b) => a - b)).toEqual(waits);
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(3 * 86_400_000);
    expect(waits[0]).toBe(16_000);
    expect(retrySchedule(DELIVERY_ATTEMPTS_MAX, 0)).toBeNull();
    expect(retrySchedule(10, 1)).toBe(15_015_000);
  });

  const failing = (state: HostState, times: number, fromMs: number, stepMs = 1): HostState =>
    Array.from({ length: times }).reduce<HostState>((next, _, at) => nextHostState(next, { kind: 'failed' }, fromMs + at * stepMs), state);

  test('ten failures shut a host for a minute, then one probe decides', () => {
    const shut = failing(HEALTHY_HOST, BREAKER_FAILURES, 1_000);
    expect(hostGate(failing(HEALTHY_HOST, BREAKER_FAILURES - 1, 1_000), 1_001)).toBe('open');
    expect([hostGate(shut, 1_010), hostGate(shut, 61_008), hostGate(shut, 61_009)]).toEqual(['shut', 'shut', 'probe']);
    const again = nextHostState(shut, { kind: 'failed' }, 61_009);
    expect([hostGate(again, 181_008), hostGate(again, 181_009)]).toEqual(['shut', 'probe']);
    expect(nextHostState(again, { kind: 'delivered' }, 200_000)).toEqual(HEALTHY_HOST);
  });

  test('seven days of failures make it unavailable until it speaks', () => {
    const day = 86_400_000;
    expect(hostGate(failing(HEALTHY_HOST, 6, 0, day), 100 * day)).toBe('open');
    const dead = failing(HEALTHY_HOST, 7, 0, day);
    expect([dead.unavailableSinceMs, hostGate(dead, 100 * day)]).toEqual([6 * day, 'shut']);
    expect(hostGate(nextHostState(dead, { kind: 'heard' }, 9), 10)).toBe('open');
  });

  test('a host that asks to wait is waited for, a day at most, and no failure is counted', () => {
    const waiting = nextHostState(HEALTHY_HOST, { kind: 'asked-to-wait', untilMs: Number.MAX_SAFE_INTEGER }, 0);
    expect([waiting.pausedUntilMs, waiting.consecutiveFailures, hostGate(waiting, 86_400_000)]).toEqual([86_400_000, 0, 'open']);
  });

  test('whatever happens, a success opens the host', () => {
    const outcome = fc.oneof(fc.constant({ kind: 'failed' as const }), fc.record({ kind: fc.constant('asked-to-wait' as const), untilMs: fc.nat() }));
    fc.assert(fc.property(fc.array(outcome, { maxLength: 50 }), (outcomes) => {
      const state = outcomes.reduce<HostState>((next, each, at) => nextHostState(next, each, at * 3_600_000), HEALTHY_HOST);
      expect(hostGate(nextHostState(state, { kind: 'delivered' }, 0), 0)).toBe('open');
    }));
  });
});

describe('names', () => {
  test.each([
    ['alice', true], ['Alice_1', true], ['', false], ['a.b', false], ['ä', false], ['a'.repeat(31), false], ['admin', false], ['Ad_min', false], ['_', true],
  ])('username %p: %p', (name, good) => {
    expect(checkUsername(name).ok).toBe(good);
  });

  test.each([['a.b-c', true], ['.a', false], ['a.', false], ['a b', false], ['', false], ['a'.repeat(3000), false]])('remote username %p: %p', (name, good) => {
    expect(isUsername(name)).toBe(good);
  });

  test.each([
    ['a@b.example', true], ['a+b.c@mail.example.com', true], ['a@localhost', true], ['ü@münchen.example', true], ['a@b@c.example', false],
    ['@b.example', false], ['a@', false], ['a b@c.example', false], ['.a@b.example', false], ['a..b@c.example', false], ['a@-b.example', false],
    ['a@b.example\r\nBcc: x@y.example', false], [`${'a'.repeat(65)}@b.example`, false], ['"x"@b.example', false],
  ])('address %j: %p', (text, good) => {
    expect(checkEmail(text).ok).toBe(good);
  });

  test.each([['short', 'too_short'], ['', 'blank'], ['x'.repeat(1025), 'too_long'], ['ä'.repeat(600), 'too_long'], ['correct horse', null], ['👍👍👍👍👍👍👍👍', null]])(
    'password %p: %p', (text, code) => {
      const result = checkPassword(text);
      expect(result.ok ? null : result.error.code).toBe(code);
    },
  );

  test.each([['de', true], ['yue', true], ['zh-Hant-TW', true], ['german', false], ['DE', false], ['d', false], ['de_DE', false]])('language %p: %p', (text, good) => {
    expect(isLanguageTag(text)).toBe(good);
  });
});
