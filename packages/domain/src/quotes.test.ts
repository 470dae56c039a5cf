import { describe, expect, test } from '@jest/globals';
import { snowflake } from '@trunkline/kernel';
import type { Visibility } from './model.js';
import type { QuotePolicy, QuoteState, StatusQuote } from './quote-model.js';
import { effectivePolicy, policyOfChoice, quotePermission, shownQuote } from './quotes.js';
import { NO_TIES, type StatusFacts, type Ties, type Viewer } from './visibility.js';

const [author, reader] = [snowflake('1'), snowflake('2')];
const seenWith = (ties: Partial<Ties> = {}): Viewer => ({ id: reader, tiesTo: () => ({ ...NO_TIES, ...ties }) });
const themselves: Viewer = { id: author, tiesTo: () => NO_TIES };
const policy = (automatic: QuotePolicy['automatic'], manual: QuotePolicy['manual'] = []): QuotePolicy => ({ automatic, manual });

describe('who may quote', () => {
  const asked = (given: QuotePolicy, viewer: Viewer | null, visibility: Visibility = 'public', isBoost = false) =>
    quotePermission({ authorId: author, visibility, isBoost, policy: given }, viewer);

  test.each([
    ['everybody', policy(['public']), 'automatic', 'automatic'],
    ['followers', policy(['followers']), 'denied', 'automatic'],
    ['nobody', policy([]), 'denied', 'denied'],
    ['followers at once, others after asking', policy(['followers'], ['public']), 'manual', 'automatic'],
    // Only the author's own server knows whom they follow, and who was named.
    ['whom the author follows', policy(['following']), 'unknown', 'unknown'],
    ['people by name', policy([], ['other']), 'unknown', 'unknown'],
  ] as const)('%s', (_, given, stranger, follower) => {
    expect(asked(given, seenWith())).toBe(stranger);
    expect(asked(given, seenWith({ follows: true }))).toBe(follower);
    expect(asked(given, themselves)).toBe('automatic');
    expect(asked(given, null)).toBe('denied');
    expect(asked(given, seenWith({ blockedEitherWay: true, follows: true }))).toBe('denied');
  });

  test('nobody else quotes what not everybody may see, and nobody a boost or a direct message', () => {
    const all = policy(['public']);
    expect([asked(all, seenWith({ follows: true }), 'private'), asked(all, themselves, 'private')]).toEqual(['denied', 'automatic']);
    expect([asked(all, themselves, 'direct'), asked(all, themselves, 'public', true), asked(all, seenWith(), 'public', true)]).toEqual(['denied', 'denied', 'denied']);
  });

  test('a choice holds for what everybody may see; who said nothing is ours or somebody else’s', () => {
    expect(policyOfChoice('public', 'unlisted').automatic).toEqual(['public']);
    expect(policyOfChoice('followers', 'public').automatic).toEqual(['followers']);
    for (const visibility of ['private', 'direct'] as const) expect(policyOfChoice('public', visibility)).toEqual(policy([]));
    expect(effectivePolicy({ local: true, visibility: 'public', quotePolicy: null })).toEqual(policy(['public']));
    expect(effectivePolicy({ local: false, visibility: 'public', quotePolicy: null })).toEqual(policy([]));
  });
});

describe('how a quote is shown', () => {
  const quote = (state: QuoteState, legacy = false): StatusQuote => ({ quotedId: snowflake('9'), quotedUri: 'https://a.example/9', state, stampUri: null, legacy });
  const facts = (more: Partial<StatusFacts> = {}): StatusFacts => ({ authorId: author, visibility: 'public', mentionedIds: new Set(), authorSuspended: false, deleted: false, ...more });

  test.each(['pending', 'rejected', 'revoked', 'unauthorized', 'deleted'] as const)('%s: the state alone; of older software nothing', (state) => {
    expect(shownQuote(quote(state), facts(), seenWith())).toEqual({ state, isOpen: false });
    expect(shownQuote(quote(state, true), facts(), seenWith())).toBeNull();
  });

  test.each([
    ['a stranger', facts(), seenWith(), 'accepted', true],
    ['no token', facts(), null, 'accepted', true],
    ['somebody who mutes', facts(), seenWith({ mutes: true }), 'muted_account', true],
    ['somebody who blocks', facts(), seenWith({ blocks: true, blockedEitherWay: true }), 'blocked_account', false],
    ['somebody who is blocked', facts(), seenWith({ blockedEitherWay: true }), 'unauthorized', false],
    ['somebody who blocks the server', facts(), seenWith({ blocksDomain: true }), 'blocked_domain', false],
    ['no follower', facts({ visibility: 'private' }), seenWith(), 'unauthorized', false],
    ['a follower', facts({ visibility: 'private' }), seenWith({ follows: true }), 'accepted', true],
    ['a suspended author', facts({ authorSuspended: true }), seenWith(), 'unauthorized', false],
    ['what is gone', facts({ deleted: true }), seenWith(), 'deleted', false],
    ['what is not here', null, seenWith(), 'unauthorized', false],
  ] as const)('accepted, for %s', (_, quoted, viewer, state, isOpen) => {
    expect(shownQuote(quote('accepted'), quoted, viewer)).toEqual({ state, isOpen });
  });
});
