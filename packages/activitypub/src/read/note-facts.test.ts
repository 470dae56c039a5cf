import { describe, expect, test } from '@jest/globals';
import { PUBLIC_URI } from '../hosts.js';
import { parseNote } from './parse-note.js';
import { parseStamp, parseTombstone } from './parse-stamp.js';
import type { RemoteNote } from './types.js';

const ANN = 'https://a.example/u/ann';
const note = { id: 'https://a.example/n/1', type: 'Note', attributedTo: ANN, content: '<p>hi</p>', to: [PUBLIC_URI] };
const QUOTED = 'https://b.example/n/9';

function read(changes: object): RemoteNote {
  const result = parseNote({ ...note, ...changes });
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}

describe('polls', () => {
  const option = (name: string, totalItems?: number): object => ({ type: 'Note', name, replies: { type: 'Collection', totalItems } });
  test.each([
    ['Mastodon', { oneOf: [option('a', 3), option('b', 1)], votersCount: 4, endTime: '2030-01-01T00:00:00Z' }, { multiple: false, options: [{ title: 'a', votes: 3 }, { title: 'b', votes: 1 }], votersCount: 4, endsAt: '2030-01-01T00:00:00.000Z', closed: false }],
    ['Mastodon, several choices, over', { anyOf: [option('a', 3), option('b', 1)], closed: '2020-01-01T00:00:00Z' }, { multiple: true, endsAt: '2020-01-01T00:00:00.000Z' }],
    ['Pleroma: both lists, a time without a zone, the voters by name', { oneOf: [option('a', 1)], anyOf: [], closed: '2019-09-19T00:32:36.785333', voters: [ANN, QUOTED] }, { multiple: false, votersCount: 2, endsAt: '2019-09-19T00:32:36.785Z' }],
    ['Misskey: no end, no count of people', { oneOf: [option('a', 0), option('b', 0)], endTime: null }, { votersCount: null, endsAt: null }],
    ['closed is a flag', { oneOf: [option('a')], closed: true }, { closed: true, endsAt: null }],
    ['hidden votes, options named by content', { oneOf: [{ content: 'a', replies: 'https://a.example/r' }, { content: 'b' }] }, { options: [{ title: 'a', votes: null }, { title: 'b', votes: null }] }],
    ['nonsense among the options', { oneOf: [null, 'x', { name: ' ' }, option('a', -1)] }, { options: [{ title: 'a', votes: null }] }],
  ])('%s', (_name, changes, poll) => {
    const question = read({ type: 'Question', ...changes });
    expect(question.poll).toMatchObject(poll);
    expect(question.bodyHtml).toBe('<p>hi</p>');
    expect(question.contentHtml).toContain('<li>a</li>');
  });

  test('a name is text to the letter, content is HTML', () => {
    const { poll } = read({ type: 'Question', oneOf: [option('the <early> one &amp; co'), { type: 'Note', content: '<p>the <b>late</b> one</p>' }] });
    expect(poll?.options).toEqual([{ title: 'the <early> one &amp; co', votes: null }, { title: 'the late one', votes: null }]);
  });

  test.each([[-5], [1e308], [1.5], ['-1'], ['9e9'], [null], [{}]])('S022: %p votes are none that are told', (count) => {
    const poll = read({ type: 'Question', oneOf: [{ name: 'a', replies: { totalItems: count } }], votersCount: count }).poll;
    expect(poll).toMatchObject({ options: [{ title: 'a', votes: null }], votersCount: null });
  });

  test('without options, and articles, are none', () => {
    expect(read({ type: 'Question', oneOf: [] })).toMatchObject({ poll: null, contentHtml: '<p>hi</p>' });
    expect(read({ type: 'Article', oneOf: [option('a', 1)] }).poll).toBeNull();
  });

  test('Mbin puts one into a comment, which stays a Note', () => {
    expect(read({ anyOf: [option('a', 1), option('b', 0)] })).toMatchObject({ type: 'Note', poll: { multiple: true, options: [{ title: 'a', votes: 1 }, { title: 'b', votes: 0 }] } });
  });

  test('Mbin titles a poll, and its teaser is no warning', () => {
    const poll = read({ type: 'Question', name: 'Which bird?', content: null, contentMap: { en: null }, summary: 'Choose well', sensitive: false, oneOf: [option('a', 1)] });
    expect(poll).toMatchObject({ bodyHtml: '<p>Choose well</p><p>Which bird?</p>', spoilerText: '', sensitive: false });
  });

  test('Smithereen asks its question in the name', () => {
    expect(read({ type: 'Question', name: 'Tea & rum?', oneOf: [option('tea', 1)] }).bodyHtml).toBe('<p>hi</p><p>Tea &amp; rum?</p>');
  });

  test('five thousand options are cut', () => {
    expect(read({ type: 'Question', oneOf: Array.from({ length: 5000 }, (_, index) => option(`o${index}`, 1)) }).poll?.options).toHaveLength(500);
  });

  test('a vote names its choice', () => {
    expect(read({ content: undefined, name: 'tea', inReplyTo: QUOTED })).toMatchObject({ isPollVote: true, choice: 'tea' });
    expect(read({ name: 'title', inReplyTo: QUOTED })).toMatchObject({ isPollVote: false, choice: null, title: 'title' });
  });
});

describe('quotes', () => {
  const rel = 'https://misskey-hub.net/ns#_misskey_quote';
  test.each([
    ['FEP-044f, with its stamp', { quote: QUOTED, quoteAuthorization: 'https://b.example/stamp', quoteUri: 'https://b.example/other' }, { uri: QUOTED, stampUri: 'https://b.example/stamp', legacy: false }],
    ['embedded', { quote: { type: 'Note', id: QUOTED } }, { uri: QUOTED, stampUri: null, legacy: false }],
    ['Mastodon: the quoted post is deleted', { quote: { type: 'Tombstone' } }, { uri: null, stampUri: null, legacy: false }],
    ['Misskey', { _misskey_quote: QUOTED, quoteUrl: 'https://b.example/@bob/9' }, { uri: QUOTED, stampUri: null, legacy: true }],
    ['Akkoma', { quoteUri: QUOTED }, { uri: QUOTED, stampUri: null, legacy: true }],
    ['Fedibird', { quoteURL: QUOTED }, { uri: QUOTED, stampUri: null, legacy: true }],
    ['Bridgy Fed: a Link (FEP-e232)', { tag: { type: 'Link', rel, href: QUOTED } }, { uri: QUOTED, stampUri: null, legacy: true }],
    ['Concrete: an empty one', { quoteUrl: '', quote: null }, null],
    ['Mitra: a link to a post is no quote', { tag: [{ type: 'Link', href: QUOTED, mediaType: 'application/activity+json' }] }, null],
    ['of itself', { quote: note.id, quoteUrl: note.id }, null],
  ])('%s', (_name, changes, quote) => {
    expect(read(changes)).toMatchObject({ quote, quoteUri: quote?.uri ?? null });
  });

  test("a legacy quote comes without a stamp, whatever it claims", () => {
    expect(read({ quoteUrl: QUOTED, quoteAuthorization: 'https://b.example/stamp' }).quote).toMatchObject({ stampUri: null });
  });

  test('BookWyrm quotes words', () => {
    const quotation = read({ type: 'Quotation', quote: '<p>Call me Ishmael.</p>' });
    expect(quotation.quote).toBeNull();
    expect(quotation.contentHtml).toContain('<blockquote><p>Call me Ishmael.</p></blockquote><p>hi</p>');
  });
});

test.each([
  ['Mastodon, GoToSocial', { canQuote: { automaticApproval: 'as:Public', manualApproval: [ANN] } }, { quote: { automatic: [PUBLIC_URI], manual: [ANN] }, like: null }],
  ['GoToSocial of before 0.21', { canReply: { always: [ANN], approvalRequired: ['Public'] } }, { reply: { automatic: [ANN], manual: [PUBLIC_URI] } }],
  ['both spellings', { canLike: { always: [], automaticApproval: [ANN] } }, { like: { automatic: [ANN], manual: [] } }],
  ['nonsense', { canAnnounce: 'yes' }, { announce: null }],
  ['one that says nothing', { canLike: {}, canReply: { automaticApproval: null } }, { like: null, reply: null }],
  ['GoToSocial from 0.20 on takes requests', { canLike: { automaticApproval: [ANN], always: [ANN] } }, { byRequest: true }],
  ['GoToSocial of before takes none', { canLike: { always: [ANN] } }, { byRequest: false }],
  ['Mastodon, who has quotes alone, takes none', { canQuote: { automaticApproval: [ANN] } }, { byRequest: false }],
])('policy: %s', (_name, interactionPolicy, policy) => {
  expect(read({ interactionPolicy }).policy).toMatchObject(policy);
});
test('policy: none', () => expect(read({ interactionPolicy: null }).policy).toBeNull());

describe('events', () => {
  const event = { type: 'Event', name: 'Party', startTime: '2030-05-01T20:00:00+02:00', endTime: '2030-05-01T22:00:00Z' };
  const address = { type: 'PostalAddress', streetAddress: '10 Rue Jangot', postalCode: null, addressLocality: 'Lyon', addressCountry: ' ' };
  test.each([
    ['Mobilizon', { location: { type: 'Place', name: 'Hall', address } }, { place: 'Hall, 10 Rue Jangot, Lyon', placeUrl: null }, '<p>2030-05-01 18:00 – 22:00 UTC · Hall, 10 Rue Jangot, Lyon</p>'],
    ['Gancio: an address as text', { location: { type: 'Place', name: 'Hall', address: 'Rue 1\nLyon' }, endTime: '2030-05-02T01:00:00Z' }, { place: 'Hall, Rue 1 Lyon' }, '<p>2030-05-01 18:00 – 2030-05-02 01:00 UTC · Hall, Rue 1 Lyon</p>'],
    ['WordPress: online as well', { location: [{ type: 'Place', name: 'Hall' }, { type: 'VirtualLocation', url: 'https://meet.example/1' }], endTime: null }, { place: 'Hall', placeUrl: 'https://meet.example/1' }, '<p>2030-05-01 18:00 UTC · Hall</p>'],
    ['nothing known', { startTime: null, endTime: null, location: 'https://meet.example/2' }, { startsAt: null, place: null, placeUrl: 'https://meet.example/2' }, '<p><strong>Party</strong></p><p>hi</p>'],
  ])('%s', (_name, changes, facts, html) => {
    const read_ = read({ ...event, ...changes });
    expect(read_.event).toMatchObject(facts);
    expect(read_.contentHtml).toContain(html);
  });
  test('other types have none', () => expect(read({ startTime: '2030-05-01T20:00:00Z' }).event).toBeNull());
});

describe('text beside the text', () => {
  test.each([
    ['Misskey: MFM', { source: { content: '$[x hi]', mediaType: 'text/x.misskeymarkdown' } }, { source: { text: '$[x hi]', mediaType: 'text/x.misskeymarkdown' }, contentHtml: '<p>hi</p>' }],
    ['Hubzilla: text alone', { source: 'hi' }, { source: { text: 'hi', mediaType: null } }],
    ['the source is all there is', { content: null, source: { content: 'a < b\r\nc', mediaType: 'text/markdown' } }, { contentHtml: '<p>a &lt; b<br />c</p>' }],
    ['Lemmy: language as an object', { language: { identifier: 'de', name: 'Deutsch' } }, { language: 'de' }],
    ['Lemmy: unknown language', { language: { identifier: 'und' } }, { language: null }],
    ['WordPress: everything as maps', { type: 'Article', content: undefined, contentMap: { en: '<p>long</p>' }, nameMap: { en: 'T' }, summaryMap: { en: 'short' } }, { title: 'T', language: 'en', contentHtml: expect.stringContaining('<p><strong>T</strong></p><p>short</p>') }],
  ])('%s', (_name, changes, facts) => {
    expect(read(changes)).toMatchObject(facts);
  });
});

describe('pictures and links', () => {
  test.each([
    ['Ghost: the picture as an address', { type: 'Article', image: 'https://a.example/i.jpg' }, [{ kind: 'image', url: 'https://a.example/i.jpg' }]],
    ['Mobilizon, Lemmy: as an Image, in a list', { type: 'Page', image: [{ type: 'Image', url: 'https://a.example/i', name: 'alt' }] }, [{ kind: 'image', description: 'alt' }]],
    ['what is attached comes first', { type: 'Article', image: 'https://a.example/i.jpg', attachment: { type: 'Image', url: 'https://a.example/j.jpg' } }, [{ url: 'https://a.example/j.jpg' }]],
    ['Mitra: a Link that says it is a picture', { attachment: { type: 'Link', href: 'https://a.example/i', mediaType: 'image/png' } }, [{ kind: 'image', mediaType: 'image/png' }]],
    ['Lemmy: a Link that ends like a picture', { type: 'Page', attachment: [{ type: 'Link', href: 'https://a.example/i.webp' }] }, [{ kind: 'image' }]],
    ['Funkwhale, Castopod: the cover', { type: 'Audio', url: [{ type: 'Link', mimeType: 'audio/ogg', href: 'https://a.example/t' }], image: { type: 'Image', url: 'https://a.example/c.jpg' } }, [{ kind: 'audio', previewUrl: 'https://a.example/c.jpg' }]],
    ['a preview card', { attachment: { type: 'Link', href: 'https://c.example/page', mediaType: 'text/html' } }, []],
  ])('%s', (_name, changes, attachments) => {
    expect(read(changes).attachments).toMatchObject(attachments);
    expect(read(changes).attachments).toHaveLength(attachments.length);
  });

  test('a link post shows its link, unless it is the picture', () => {
    const page = (href: string): RemoteNote => read({ type: 'Page', name: 'T', attachment: { type: 'Link', href } });
    expect(page('https://c.example/x')).toMatchObject({ linkUrl: 'https://c.example/x', contentHtml: expect.stringContaining('<a href="https://c.example/x">') });
    expect(page('https://c.example/x.png')).toMatchObject({ linkUrl: 'https://c.example/x.png', contentHtml: expect.not.stringContaining('x.png') });
  });
});

test('threads: what binds a post to others', () => {
  expect(
    read({
      inReplyTo: [QUOTED],
      replies: { id: `${note.id}/replies`, type: 'Collection' },
      likes: { id: `${note.id}/likes`, totalItems: 4 },
      shares: `${note.id}/shares`,
      audience: 'https://g.example/c/main',
      commentsEnabled: false,
      approvedBy: 'https://b.example/accepts/1',
      expiresAt: '2030-01-01T00:00:00+00:00',
    }),
  ).toMatchObject({
    inReplyToUri: QUOTED,
    repliesUri: `${note.id}/replies`,
    likesUri: `${note.id}/likes`,
    likesTotal: 4,
    sharesUri: `${note.id}/shares`,
    audience: ['https://g.example/c/main'],
    repliesLocked: true,
    replyStampUri: 'https://b.example/accepts/1',
    expiresAt: '2030-01-01T00:00:00.000Z',
  });
  expect(read({ inReplyTo: note.id }).inReplyToUri).toBeNull();
});

test("Misskey's emoji with a host", () => {
  const emoji = (name: string): object => ({ type: 'Emoji', name, icon: { url: 'https://a.example/e.png' } });
  expect(read({ tag: [emoji(':blob@.:'), emoji(':cat@b.example:')] }).emojis.map(({ shortcode }) => shortcode)).toEqual(['blob', 'cat']);
});

describe('stamps and tombstones', () => {
  const stamp = { type: 'QuoteAuthorization', id: `${ANN}/stamps/1`, attributedTo: ANN, interactingObject: QUOTED, interactionTarget: note.id };
  test.each([
    ['Mastodon', stamp, { kind: 'quote', attributedTo: ANN, interactingUri: QUOTED, targetUri: note.id }],
    ['GoToSocial', { ...stamp, type: 'LikeAuthorization' }, { kind: 'like' }],
    ['GoToSocial of old', { ...stamp, type: 'ReplyApproval', interactingObject: undefined, interactionTarget: undefined, object: QUOTED, target: note.id }, { kind: 'reply', interactingUri: QUOTED, targetUri: note.id }],
  ])('%s', (_name, json, value) => {
    expect(parseStamp(json)).toMatchObject({ ok: true, value });
  });
  test.each([
    ['on another host than its author', { id: 'https://evil.example/1' }, 'host_mismatch'],
    ["for another host's post", { interactionTarget: QUOTED }, 'host_mismatch'],
    ['of nobody', { attributedTo: null }, 'missing_actor'],
    ['for nothing', { interactingObject: null }, 'missing_link'],
    ['that is none', { type: 'Note' }, 'wrong_type'],
  ])('%s', (_name, changes, code) => {
    expect(parseStamp({ ...stamp, ...changes })).toMatchObject({ ok: false, error: { code } });
  });
  test('what was', () => {
    expect(parseTombstone({ type: 'Tombstone', id: note.id, formerType: 'Note', deleted: '2030-01-01T00:00:00Z' })).toEqual({ ok: true, value: { uri: note.id, formerType: 'Note', deleted: '2030-01-01T00:00:00.000Z' } });
    expect(parseTombstone({ type: 'Note', id: note.id })).toMatchObject({ ok: false });
  });
});
