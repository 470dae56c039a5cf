import { describe, expect, test } from '@jest/globals';
import { PUBLIC_URI } from '../hosts.js';
import { parseNote } from './parse-note.js';
import type { RemoteNote } from './types.js';

const AUTHOR = 'https://a.example/u/1';
const FOLLOWERS = `${AUTHOR}/followers`;
const note = { id: 'https://a.example/n/1', type: 'Note', attributedTo: AUTHOR, content: '<p>hi</p>', to: [PUBLIC_URI] };

const read = (changes: object): RemoteNote | { code: string } => {
  const result = parseNote({ ...note, ...changes }, { followersUri: FOLLOWERS });
  return result.ok ? result.value : { code: result.error.code };
};

test.each([
  ['public', { to: 'as:Public' }],
  ['public', { to: [FOLLOWERS, 'Public'] }],
  ['unlisted', { to: FOLLOWERS, cc: [PUBLIC_URI] }],
  ['private', { to: [FOLLOWERS], cc: [] }],
  ['private', { to: [], cc: FOLLOWERS }],
  ['direct', { to: ['https://b.example/u/2'] }],
  ['direct', { to: ['https://b.example/u/2/followers'] }],
  ['direct', { to: undefined }],
])('%s: %p', (visibility, audience) => {
  expect(read(audience)).toMatchObject({ visibility });
});

test('a chat is for whom it is addressed to alone, who is mentioned by that', () => {
  const to = ['https://b.example/u/2'];
  const spoken = { mentions: [{ href: to[0] }], visibility: 'direct', contentHtml: '<p>hi</p>' };
  expect(read({ type: 'ChatMessage', to })).toMatchObject(spoken);
  expect(read({ type: 'ChatMessage', to: [...to, PUBLIC_URI], cc: [FOLLOWERS], tag: [{ type: 'Mention', href: 'https://c.example/u/3' }] })).toMatchObject(spoken);
});

describe('text and language', () => {
  test.each([
    ['old Mastodon: a map alone', { content: undefined, contentMap: { de: '<p>x</p>' } }, { contentHtml: '<p>x</p>', language: 'de' }],
    ['GotoSocial: the one that is repeated', { content: 'b', contentMap: { de: 'a', fr: 'b' } }, { contentHtml: 'b', language: 'fr' }],
    ['und is unknown', { contentMap: { und: '<p>hi</p>' } }, { language: null }],
    ['Misskey: an empty warning', { summary: '\u200b' }, { spoilerText: '', sensitive: true }],
    ['a warning hides', { summary: 'cw' }, { spoilerText: 'cw', sensitive: true }],
    ['one file is marked', { attachment: [{ type: 'Document', sensitive: true, url: 'https://a.example/x.png' }] }, { sensitive: true }],
    ['plain text', { mediaType: 'text/plain', content: 'a < b\nc' }, { contentHtml: '<p>a &lt; b<br />c</p>' }],
    ['a poll', { type: 'Question', content: 'q', oneOf: [{ name: 'a<b' }, { content: 'c' }] }, { contentHtml: 'q<ul><li>a&lt;b</li><li>c</li></ul>' }],
    ['NodeBB: the title of a topic', { name: 'T & t' }, { contentHtml: '<p><strong>T &amp; t</strong></p><p>hi</p>' }],
    ['Betula: a title that the text has already', { name: 'hi' }, { contentHtml: '<p>hi</p>' }],
    ['a title alone', { content: undefined, name: 'T' }, { contentHtml: '<p><strong>T</strong></p>', isPollVote: false }],
    ['Friendica: a quote that its text does not name', { quoteUrl: 'https://b.example/1' }, { contentHtml: '<p>hi</p><p class="quote-inline">RE: <a href="https://b.example/1">https://b.example/1</a></p>' }],
    ['Misskey: a quote that its text names', { content: 'RE: <a href="https://b.example/1">x</a>', quoteUrl: 'https://b.example/1' }, { contentHtml: 'RE: <a href="https://b.example/1">x</a>' }],
    ['Hubzilla: the year 1 is never', { updated: '0001-01-01T00:00:00Z' }, { updated: null }],
    ['a parent that is a Link', { inReplyTo: { type: 'Link', href: 'https://b.example/1' } }, { inReplyToUri: 'https://b.example/1' }],
    ['Owncast: the alternative text in content', { attachment: { type: 'Image', url: 'https://a.example/x.gif', content: 'alt' } }, { attachments: [expect.objectContaining({ description: 'alt' })] }],
    ['a bare address that ends like a picture', { attachment: 'https://a.example/x.png' }, { attachments: [expect.objectContaining({ kind: 'image' })] }],
    ['Plume: the picture of an article in icon', { type: 'Article', icon: { type: 'Image', url: 'https://a.example/x.png' } }, { attachments: [expect.objectContaining({ kind: 'image' })] }],
    ['Takahe: a type with its prefix', { tag: [{ type: 'toot:Emoji', name: ':x:', icon: { url: 'https://a.example/x.png' } }] }, { emojis: [expect.objectContaining({ shortcode: 'x' })] }],
    ['a vote', { content: undefined, name: 'a', inReplyTo: 'https://b.example/q' }, { isPollVote: true, contentHtml: '' }],
  ])('%s', (_name, changes, expected) => {
    expect(read(changes)).toMatchObject(expected);
  });
});

describe('converted types', () => {
  test('Lemmy: title, text, the link, and the page', () => {
    const page = read({ type: 'Page', name: 'T & t', content: '<p>body</p>', attachment: [{ type: 'Link', href: 'https://c.example/x?a=1&b=2' }] });
    expect(page).toMatchObject({
      type: 'Page',
      contentHtml:
        '<p><strong>T &amp; t</strong></p><p>body</p><p><a href="https://c.example/x?a=1&amp;b=2">https://c.example/x?a=1&amp;b=2</a></p><p><a href="https://a.example/n/1">https://a.example/n/1</a></p>',
      attachments: [],
    });
  });

  test('PeerTube: the Person is the author, html the page, the tallest mp4 the file', () => {
    const video = read({
      type: 'Video',
      name: 'V',
      mediaType: 'text/markdown',
      attributedTo: [{ type: 'Group', id: 'https://a.example/c' }, { type: 'Person', id: AUTHOR }],
      icon: [{ type: 'Image', url: 'https://a.example/p.jpg' }],
      url: [
        { type: 'Link', mediaType: 'text/html', href: 'https://a.example/w/1' },
        { type: 'Link', mediaType: 'application/x-mpegURL', href: 'https://a.example/hls', tag: [{ type: 'Link', mediaType: 'video/mp4', href: 'https://a.example/1080.mp4', height: 1080 }] },
        { type: 'Link', mediaType: 'video/mp4', href: 'https://a.example/480.mp4', height: 480 },
      ],
    });
    expect(video).toMatchObject({
      attributedTo: AUTHOR,
      url: 'https://a.example/w/1',
      attachments: [{ kind: 'video', mediaType: 'video/mp4', url: 'https://a.example/1080.mp4', height: 1080, previewUrl: 'https://a.example/p.jpg', description: null }],
    });
  });

  test('an Article shows its teaser, not a warning', () => {
    expect(read({ type: 'Article', name: 'T', summary: 'teaser' })).toMatchObject({ spoilerText: '', sensitive: false, contentHtml: expect.stringContaining('<p>teaser</p>') });
  });
});

describe('whom it is for', () => {
  const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
  const BEN = 'https://b.example/u/ben';
  test.each<[string, object, boolean]>([
    ['a list', { to: [PUBLIC], cc: [BEN] }, true],
    ['one name', { to: 'as:Public', cc: undefined }, true],
    ['objects with ids', { to: [{ type: 'Person', id: BEN }], cc: [] }, true],
    ['nobody', { to: [], cc: [] }, false],
    ['nothing', { to: undefined, cc: null }, false],
    ['its author alone', { to: [AUTHOR], cc: [] }, false],
    ['what is no address', { to: [BEN, 'tag:b.example,2026:all'], cc: [] }, false],
    ['a number', { to: [BEN], cc: [7] }, false],
    ['the public without its fragment', { to: ['https://www.w3.org/ns/activitystreams'], cc: [BEN] }, false],
    ['the public by http', { to: [BEN], cc: ['http://www.w3.org/ns/activitystreams#Public'] }, false],
    ['more than are read', { to: Array.from({ length: 1_025 }, (_, n) => `${BEN}/${n}`), cc: [] }, false],
  ])('%s: said plainly or not', (_name, changes, isPlainlyAddressed) => {
    expect(read(changes)).toMatchObject({ isPlainlyAddressed });
  });
});

describe('attachments', () => {
  const file = (changes: object): unknown => {
    const result = read({ attachment: { type: 'Document', url: 'https://a.example/f.png', ...changes } });
    return 'attachments' in result ? result.attachments[0] : result;
  };
  test.each([
    ['GotoSocial: text in summary', { summary: 'alt', name: 'title' }, { description: 'alt' }],
    ['Mastodon: text in name', { name: 'alt' }, { description: 'alt' }],
    ['no media type: by its ending', {}, { kind: 'image', mediaType: null }],
    ['a type that is no medium', { mediaType: 'application/pdf' }, { kind: 'unknown' }],
    ['focus, also as a list object, within its bounds', { focalPoint: { '@list': [-3, 0.5] } }, { focus: [-1, 0.5] }],
    ['a good blurhash', { blurhash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj' }, { blurhash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj' }],
    ['a blurhash of the wrong length', { blurhash: 'LEHV6nWB2yk8' }, { blurhash: null }],
    ['sizes that are none', { width: -1, height: 1e9 }, { width: null, height: null }],
  ])('%s', (_name, changes, expected) => {
    expect(file(changes)).toMatchObject(expected);
  });

  test.each([{ url: 'data:text/html,x' }, { url: 'javascript:x' }, { url: null }, { type: 'Link', url: 'https://a.example/page' }, { type: 'Evil' }])('%p is left out, the post stays', (changes) => {
    expect(read({ attachment: [{ type: 'Document', url: 'https://a.example/f.png', ...changes }] })).toMatchObject({ attachments: [] });
  });
});

test('tags: nested lists, odd spellings, each once', () => {
  const tag = [
    [{ type: 'Mention', href: 'https://b.example/u/2', name: '@b' }, { type: 'Mention', href: 'https://b.example/u/2' }],
    { type: 'Hashtag', name: '#Café' },
    { type: 'Hashtag', name: 'CAFÉ', href: 'x' },
    { type: 'Hashtag', name: '# bad' },
    { type: 'Emoji', name: 'plain', icon: 'https://a.example/e.png' },
    { type: 'Emoji', name: ':"><b>:', icon: 'https://a.example/e.png' },
    { type: 'Emoji', name: ':..:', icon: 'https://a.example/e.png' },
    { type: 'Emoji', name: ':../../x:', icon: 'https://a.example/e.png' },
    { type: 'Emoji', name: ':a..b:', icon: 'https://a.example/e.png' },
    { type: 'Emoji', name: ':js:', icon: { url: 'javascript:x' } },
    null,
    'text',
  ];
  expect(read({ tag })).toMatchObject({
    mentions: [{ href: 'https://b.example/u/2', name: '@b' }],
    hashtags: ['Café'],
    emojis: [{ shortcode: 'plain', url: 'https://a.example/e.png' }],
  });
});

test('ids, threads, counters and quotes', () => {
  expect(
    read({
      url: 'https://other.example/x',
      inReplyTo: { id: 'https://b.example/n' },
      conversation: 'tag:a.example,2026:1',
      context: 'https://a.example/c/1',
      replies: { id: 'https://a.example/n/1/replies', first: {} },
      likes: { totalItems: 3 },
      shares: 'https://a.example/shares',
      quoteUrl: 'https://b.example/2',
      _misskey_quote: 'https://b.example/1',
    }),
  ).toMatchObject({
    url: note.id,
    inReplyToUri: 'https://b.example/n',
    conversation: 'tag:a.example,2026:1',
    context: 'https://a.example/c/1',
    repliesUri: 'https://a.example/n/1/replies',
    likesTotal: 3,
    sharesTotal: null,
    quoteUri: 'https://b.example/1',
  });
});

describe('what is refused', () => {
  test.each([
    ['an author on another host', { attributedTo: 'https://victim.example/u' }, 'host_mismatch'],
    ['no author', { attributedTo: null }, 'missing_actor'],
    ['no id', { id: 'bear:?t=x&u=https://a.example/' }, 'missing_id'],
    ['what is no post', { type: 'Edition' }, 'wrong_type'],
  ])('%s', (_name, changes, code) => {
    expect(read(changes)).toEqual({ code });
  });

  test('an actor may stand in for a missing author', () => {
    expect(parseNote({ ...note, attributedTo: undefined }, { actorUri: AUTHOR })).toMatchObject({ ok: true, value: { attributedTo: AUTHOR } });
  });
});

test('five thousand of everything is cut, never refused', () => {
  const many = (make: (index: number) => object): object[] => Array.from({ length: 5_000 }, (_, index) => make(index));
  const result = read({
    content: 'x'.repeat(900_000),
    tag: many((index) => ({ type: 'Mention', href: `https://b.example/u/${index}` })),
    attachment: many((index) => ({ type: 'Image', url: `https://a.example/${index}.png`, name: 'n'.repeat(20_000) })),
  });
  if ('code' in result) throw new Error(result.code);
  expect([result.contentHtml.length, result.mentions.length, result.attachments.length, result.attachments[0]?.description?.length]).toEqual([65_536, 256, 16, 10_000]);
});

test('S084 of lists within lists, and of what is no medium, only so much is looked at', () => {
  let looks = 0;
  const entry = (href: string): object => ({
    get href() {
      looks += 1;
      return href;
    },
    type: 'Link',
  });
  const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));
  const nested = many(64, () => ({ url: many(64, () => ({ url: many(64, () => entry('x')) })) }));
  parseNote({ id: 'https://a.example/1', type: 'Note', attributedTo: 'https://a.example/u', content: 'x', url: nested, tag: many(256, () => ({ type: 'Emoji', name: ':e:', icon: many(64, () => entry('x')) })) });
  // The document is cleaned first, which looks at each once.
  const cleaned = 64 ** 3 + 256 * 64;
  expect(looks - cleaned).toBeLessThanOrEqual(2 * 256 + 256 * 8);
});

test('S084 options that are HTML are few', () => {
  const options = (count: number, option: (n: number) => object) => ({ id: 'https://a.example/1', type: 'Question', attributedTo: 'https://a.example/u', oneOf: Array.from({ length: count }, (_, n) => option(n)) });
  const titles = (json: object): number | undefined => {
    const read = parseNote(json);
    return read.ok ? read.value.poll?.options.length : undefined;
  };
  expect([titles(options(400, (n) => ({ content: `<b>${n}</b>` }))), titles(options(400, (n) => ({ name: `${n}` })))]).toEqual([50, 400]);
});
