import { describe, expect, test } from '@jest/globals';
import type { PollJson, StatusJson } from '@trunkline/mastodon-api';
import { html, type HtmlValue } from '@trunkline/platform';
import { poll, quote, reactions } from './status-extras.js';

const textOf = (value: HtmlValue): string => html`${value}`.text;

const ASKED: PollJson = {
  id: '1', expires_at: '2026-11-22T09:00:00.000Z', expired: false, multiple: false, votes_count: 4, voters_count: 4, emojis: [],
  options: [{ title: 'early <b>', votes_count: 3 }, { title: 'late', votes_count: 1 }],
};
const quoted = (more: object = {}): StatusJson['quote'] =>
  ({ state: 'accepted', quoted_status: { id: '7', created_at: '2026-11-22T08:00:00.000Z', content: '<p>quoted words</p>', spoiler_text: '', emojis: [], account: { acct: 'bob@away.example', username: 'bob', display_name: 'Bob', emojis: [] }, ...more } }) as unknown as StatusJson['quote'];

describe('polls on pages', () => {
  test('show options as text, with shares and people', () => {
    const text = textOf(poll(ASKED));
    expect(text).toContain('early &lt;b&gt;');
    expect(text).toContain('75 %');
    expect(text).toContain('4 people, until');
  });

  test('tell nothing of votes that are not told, and share by people when several may be chosen', () => {
    expect(textOf(poll({ ...ASKED, options: [{ title: 'a', votes_count: null }] }))).not.toContain('%');
    const many = textOf(poll({ ...ASKED, multiple: true, voters_count: 3, votes_count: 6, expired: true, options: [{ title: 'a', votes_count: 3 }, { title: 'b', votes_count: 3 }] }));
    expect(many.match(/100 %/g)).toHaveLength(2);
    expect(many).toContain('3 people, closed');
    expect(textOf(poll({ ...ASKED, voters_count: null, options: [{ title: 'a', votes_count: 1 }] }))).toContain('1 vote,');
  });

  test('are not there without one', () => expect(poll(null)).toBeNull());
});

describe('quotes and reactions on pages', () => {
  test('what may be shown is shown, with its author', () => {
    const text = textOf(quote({ quote: quoted() }));
    expect(text).toContain('quoted words');
    expect(text).toContain('Bob');
    expect(text).toContain('/@bob@away.example/7');
  });

  test('a warning stays before what it warns of; what may not be shown is not', () => {
    const warned = textOf(quote({ quote: quoted({ spoiler_text: 'the end' }) }));
    expect(warned).toContain('the end');
    expect(warned).not.toContain('quoted words');
    expect(textOf(quote({ quote: { state: 'revoked', quoted_status: null } }))).toContain('cannot be shown');
    expect(quote({ quote: null })).toBe(false);
  });

  test('reactions are counted', () => {
    expect(textOf(reactions({ reactions: [{ name: '🚂', count: 2 }] as unknown as NonNullable<StatusJson['reactions']> }))).toContain('🚂 2');
    expect(reactions({})).toBeNull();
  });
});
