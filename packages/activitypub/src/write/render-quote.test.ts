import { describe, expect, test } from '@jest/globals';
import { PUBLIC_URI } from '../hosts.js';
import { parseNote } from '../read/parse-note.js';
import { parseStamp } from '../read/parse-stamp.js';
import { renderCreate } from './render-activity.js';
import { renderNote } from './render-note.js';
import { renderAcceptQuote, renderDeleteStamp, renderQuoteRequest, renderRejectQuote, renderStamp } from './render-quote.js';
import type { LocalNoteDocument, LocalQuote } from './types.js';

const ANN = 'https://ours.example/ap/users/1';
const BOB = 'https://b.example/users/bob';
const QUOTED = 'https://b.example/notes/1';
const quote: LocalQuote = { uri: QUOTED, url: 'https://b.example/@bob/1?a&b', stampUri: 'https://b.example/stamps/1' };
const note = (more: Partial<LocalNoteDocument> = {}): LocalNoteDocument => ({
  id: `${ANN}/statuses/2`, url: 'https://ours.example/@ann/2', actorUri: ANN, contentHtml: '<p>look</p>', language: 'en', spoilerText: '', sensitive: false,
  published: new Date('2026-01-01T00:00:00Z'), updated: null, inReplyToUri: null, contextUri: null, mentions: [], hashtags: [], emojis: [], attachments: [],
  repliesUri: `${ANN}/statuses/2/replies`, to: [PUBLIC_URI], cc: [`${ANN}/followers`], quote, quotableBy: { automatic: [PUBLIC_URI], manual: [] }, ...more,
});
const termsOf = (json: Readonly<Record<string, unknown>>): string[] => (json['@context'] as unknown[]).flatMap((part) => (typeof part === 'object' ? Object.keys(part as object) : []));

describe('a post that quotes', () => {
  test('names it in every way that others read, and links it for those who read none', () => {
    const json = renderNote(note());
    expect(json).toMatchObject({ quote: QUOTED, quoteUri: QUOTED, quoteUrl: QUOTED, _misskey_quote: QUOTED, quoteAuthorization: quote.stampUri, interactionPolicy: { canQuote: { automaticApproval: [PUBLIC_URI] } } });
    expect(json['content']).toBe('<p class="quote-inline">RE: <a href="https://b.example/@bob/1?a&amp;b" rel="nofollow noopener" target="_blank">https://b.example/@bob/1?a&amp;b</a></p><p>look</p>');
    expect(json['contentMap']).toEqual({ en: json['content'] });
    expect(json['tag']).toEqual([expect.objectContaining({ type: 'Link', href: QUOTED, rel: 'https://misskey-hub.net/ns#_misskey_quote' })]);
    for (const member of ['quote', 'quoteUri', 'quoteUrl', '_misskey_quote', 'quoteAuthorization', 'interactionPolicy', 'canQuote', 'automaticApproval']) expect(termsOf(json)).toContain(member);
  });

  test('is read back by our own reader', () => {
    const read = parseNote(renderNote(note()));
    expect(read).toMatchObject({ ok: true, value: { quote: { uri: QUOTED, stampUri: quote.stampUri, legacy: false }, policy: { quote: { automatic: [PUBLIC_URI], manual: [] } } } });
  });

  test('says by a Tombstone that it is gone, and of what was refused only which it was', () => {
    const gone = renderNote(note({ quote: { uri: null, url: quote.url, stampUri: null } }));
    expect(gone).toMatchObject({ quote: { type: 'Tombstone' }, content: '<p>look</p>', tag: [] });
    expect(gone).not.toHaveProperty('quoteUri');
    const refused = renderNote(note({ quote: { ...quote, isRefused: true } }));
    expect(refused).toMatchObject({ quote: QUOTED, content: '<p>look</p>', tag: [] });
    for (const member of ['quoteUri', '_misskey_quote', 'quoteAuthorization']) expect(refused).not.toHaveProperty(member);
  });

  // Pixelfed counts 8 levels.
  test('stays flat within its Create', () => {
    const depth = (value: unknown): number => (typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depth)) : 0);
    expect(depth({ ...renderCreate('https://ours.example/x', note()), '@context': null })).toBeLessThan(6);
  });
});

describe('consent', () => {
  const request = { id: `${ANN}/quote_requests/2`, actorUri: ANN, quotedUri: QUOTED, quoteUri: `${ANN}/statuses/2` };
  const envelope = { id: `${BOB}#accepts/1`, actorUri: BOB, to: [ANN], cc: [] };
  const stamp = { id: 'https://b.example/stamps/1', authorUri: BOB, quoteUri: request.quoteUri, quotedUri: QUOTED };

  test('is asked for with the post inside, and answered with the request', () => {
    const asked = renderQuoteRequest(request, BOB, note());
    expect(asked).toMatchObject({ type: 'QuoteRequest', object: QUOTED, to: [BOB], instrument: { id: request.quoteUri, type: 'Note', quote: QUOTED } });
    expect(asked['instrument']).not.toHaveProperty('@context');
    expect(termsOf(asked)).toContain('QuoteRequest');
    expect(renderAcceptQuote(envelope, request, stamp.id)).toMatchObject({ type: 'Accept', actor: BOB, result: stamp.id, object: { id: request.id, type: 'QuoteRequest', instrument: request.quoteUri } });
    expect(renderRejectQuote(envelope, request)).toMatchObject({ type: 'Reject', object: { id: request.id, actor: ANN } });
  });

  test('is a stamp that holds neither post, and is read back', () => {
    const json = renderStamp(stamp);
    expect(json).toMatchObject({ interactingObject: stamp.quoteUri, interactionTarget: QUOTED });
    expect(parseStamp(json)).toEqual({ ok: true, value: { uri: stamp.id, kind: 'quote', attributedTo: BOB, interactingUri: stamp.quoteUri, targetUri: QUOTED } });
    expect(renderDeleteStamp(envelope, stamp)).toMatchObject({ type: 'Delete', object: { id: stamp.id, type: 'QuoteAuthorization' } });
  });
});
