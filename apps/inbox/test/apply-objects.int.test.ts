import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { presentAccounts, presentStatuses, resolveAccount, viewStatuses } from '@trunkline/social';
import type { TestPerson } from '@trunkline/testing';
import { InboxBench } from './inbox-bench.js';
import type { PeerActor } from './scripted-peer.js';

// What comes in shapes of many servers, as a reader here then sees it. Each document is made after a capture of the server that it names.
jest.setTimeout(60_000);

let bench: InboxBench;
/** Alice follows Amy, who lives elsewhere. */
let alice: TestPerson;
let amy: PeerActor;

beforeAll(async () => {
  bench = await InboxBench.start();
  alice = await bench.server.person('alice');
  amy = bench.peer.actor('amy');
  await bench.follows(alice, amy);
});
afterAll(async () => bench?.stop());

type Shown = Awaited<ReturnType<typeof presentStatuses>>[number];

async function shown(uri: string): Promise<Shown> {
  const { backbone } = bench.server;
  const status = await bench.status(uri);
  const [json] = status === undefined ? [] : await presentStatuses(backbone, alice.account.id, await viewStatuses(backbone, alice.account.id, [status.id]));
  if (json === undefined) throw new Error(`${uri} is not shown`);
  return json;
}

async function received(more: Readonly<Record<string, unknown>>): Promise<Shown> {
  const note = bench.peer.note(amy, more);
  expect(await bench.apply(amy, bench.peer.activity('Create', amy, note))).toBe('applied');
  return shown(note.id);
}

const picture = (name: string) => `${bench.peer.url}/media/${name}`;
const page = (name: string) => `${bench.peer.url}/pages/${name}`;

describe('what is no note is shown with its title, its text, its link and its media', () => {
  test('Article (WordPress, Ghost): the teaser, not a warning, and the picture above it', async () => {
    const seen = await received({ type: 'Article', name: 'On trains', summary: 'They are <b>late</b>.', content: '<p>Long.</p>', url: page('trains'), image: { type: 'Image', url: picture('top.jpg') } });
    expect(seen).toMatchObject({ spoiler_text: '', sensitive: false, url: page('trains'), media_attachments: [{ type: 'image', url: picture('top.jpg') }] });
    expect(seen.content).toMatch(/On trains.*late.*pages\/trains/s);
  });

  test('Page (Lemmy): a link post keeps its link', async () => {
    const seen = await received({ type: 'Page', name: 'Look', content: undefined, attachment: [{ type: 'Link', href: 'https://news.example/a' }], audience: `${bench.peer.url}/c/main` });
    expect(seen.content).toMatch(/Look.*href="https:\/\/news\.example\/a"/s);
  });

  test('Video (PeerTube): the largest mp4, the page, the author among account and channel', async () => {
    const mp4 = (height: number) => ({ type: 'Link', mediaType: 'video/mp4', href: picture(`${height}.mp4`), height });
    const hls = { type: 'Link', mediaType: 'application/x-mpegURL', href: picture('a.m3u8'), tag: [mp4(1080)] };
    const seen = await received({
      type: 'Video', name: 'A film', content: '<p>About it</p>', url: [{ type: 'Link', mediaType: 'text/html', href: page('film') }, mp4(480), hls],
      attributedTo: [{ type: 'Person', id: amy.uri }, { type: 'Group', id: `${bench.peer.url}/c/films` }], icon: [{ type: 'Image', url: picture('still.jpg') }],
    });
    expect(seen).toMatchObject({ url: page('film'), account: { uri: amy.uri }, media_attachments: [{ type: 'video', url: picture('1080.mp4'), preview_url: picture('still.jpg') }] });
    expect(seen.content).toMatch(/A film.*About it.*pages\/film/s);
  });

  test.each([
    ['Image', { url: 'p.png', mediaType: 'image/png' }, 'image'],
    ['Audio', { url: [{ type: 'Link', href: 'a.ogg', mimeType: 'audio/ogg' }] }, 'audio'],
  ])('%s (Pixelfed, Funkwhale)', async (type, medium, kind) => {
    const absolute = JSON.parse(JSON.stringify(medium).replace(/"(\w\.\w+)"/g, `"${bench.peer.url}/media/$1"`)) as object;
    const seen = await received({ type, name: 'Mine', content: undefined, ...absolute });
    expect(seen).toMatchObject({ media_attachments: [{ type: kind }] });
    expect(seen.content).toContain('Mine');
  });

  test('Event (Mobilizon): when and where', async () => {
    const seen = await received({ type: 'Event', name: 'Meeting', content: '<p>Come!</p>', startTime: '2026-12-01T18:00:00+0100', endTime: '2026-12-01T20:00:00+0100', location: { type: 'Place', name: 'Hall', address: { type: 'PostalAddress', addressLocality: 'Lyon' } } });
    expect(seen.content).toMatch(/Meeting.*2026-12-01 17:00 – 19:00 UTC · Hall, Lyon.*Come!/s);
  });
});

describe('quirks', () => {
  test('text in several languages, or by the map alone', async () => {
    expect(await received({ content: 'Bonjour', contentMap: { en: 'Hello', fr: 'Bonjour' } })).toMatchObject({ content: 'Bonjour', language: 'fr' });
    expect(await received({ content: undefined, contentMap: { de: '<p>Hallo</p>' } })).toMatchObject({ content: '<p>Hallo</p>', language: 'de' });
    expect(await received({ contentMap: { und: '<p>hello</p>' } })).toMatchObject({ language: null });
  });

  test('files: words for who cannot see them in either member, focus, blurhash, type by name alone', async () => {
    const blurhash = 'LEHV6nWB2yk8pyo0adR*.7kCMdnj';
    const seen = await received({
      attachment: [
        { type: 'Document', mediaType: 'image/png', url: picture('a.png'), name: 'In name', focalPoint: [0.5, -2], blurhash, width: 40, height: 30 },
        { type: 'Image', url: picture('b.jpg'), name: 'A title', summary: 'In summary', focalPoint: { '@list': [0, 1] }, blurhash: 'L'.repeat(200) },
      ],
    });
    expect(seen.media_attachments).toMatchObject([
      { type: 'image', description: 'In name', blurhash, meta: { focus: { x: 0.5, y: -1 }, original: { width: 40, height: 30 } } },
      { type: 'image', description: 'In summary', blurhash: null, meta: { focus: { x: 0, y: 1 } } },
    ]);
  });

  test('more files than a post may have: the first are kept, and one sensitive file covers all (Misskey)', async () => {
    const files = Array.from({ length: 20 }, (_, n) => ({ type: 'Document', mediaType: 'image/png', url: picture(`${n}.png`), sensitive: n === 3 }));
    const seen = await received({ attachment: files });
    expect([seen.media_attachments.length, seen.sensitive, seen.spoiler_text]).toEqual([16, true, '']);
  });

  test('a warning of a zero-width space is none (Misskey)', async () => {
    expect(await received({ summary: '\u200B', sensitive: true })).toMatchObject({ spoiler_text: '', sensitive: true });
  });

  test('tags: lists within a list, any case and width, once', async () => {
    const tag = (name: string) => ({ type: 'Hashtag', name, href: `${bench.peer.url}/tags/x` });
    const seen = await received({ tag: [[tag('#Straße'), tag('#STRASSE2')], [tag('＃Ｔｒａｉｎｓ'), tag('#trains')]] });
    expect(seen.tags.map(({ name }) => name)).toEqual(['straße', 'strasse2', 'trains']);
  });

  test('mentions by address; who is only addressed may see it and is not named', async () => {
    const named = { type: 'Mention', href: alice.account.uri, name: '@whoever' };
    expect(await received({ to: [alice.account.uri], cc: [], tag: named })).toMatchObject({ visibility: 'direct', mentions: [{ acct: 'alice' }] });
    expect(await received({ to: [alice.account.uri], cc: [] })).toMatchObject({ visibility: 'direct', mentions: [] });
  });

  test.each(['2096-01-01T00:00:00Z', '+012345-01-01T00:00:00Z', 'yesterday', null])('published %s is now', async (published) => {
    const seen = await received({ published });
    expect(Math.abs(Date.parse(seen.created_at) - Date.now())).toBeLessThan(60_000);
  });
});

describe('custom emojis', () => {
  const emoji = (file: string, updated?: string) => ({ type: 'Emoji', id: null, name: ':fox:', icon: { type: 'Image', url: picture(file) }, ...(updated === undefined ? {} : { updated }) });

  test('are shown in posts and profiles; a newer picture is shown everywhere, an older one nowhere', async () => {
    const first = await received({ content: ':fox:', tag: [emoji('old.png', '2026-01-01T00:00:00Z')] });
    expect(first.emojis).toMatchObject([{ shortcode: 'fox', url: picture('old.png') }]);
    const second = await received({ content: ':fox:', tag: [emoji('new.png', '2026-02-01T00:00:00Z')] });
    await received({ content: ':fox:', tag: [emoji('older.png', '2025-01-01T00:00:00Z')] });
    expect([(await shown(first.uri)).emojis, (await shown(second.uri)).emojis]).toMatchObject([[{ url: picture('new.png') }], [{ url: picture('new.png') }]]);

    bench.peer.documents.set('/users/amy', { ...amy.document, name: 'Amy :fox:', tag: [emoji('newest.png', '2026-03-01T00:00:00Z')] });
    const account = await resolveAccount(bench.server.backbone, amy.uri, { refresh: true });
    if (!account.ok) throw new Error(account.error.code);
    const [profile] = await presentAccounts(bench.server.backbone, [account.value]);
    expect(profile?.emojis).toMatchObject([{ shortcode: 'fox', url: picture('newest.png') }]);
    expect((await shown(first.uri)).emojis).toMatchObject([{ url: picture('newest.png') }]);
  });

  test('of another server with the same name are others', async () => {
    const eve = bench.other.actor('eve');
    const theirs = bench.other.note(eve, { content: ':fox:', cc: [alice.account.uri], tag: [{ ...emoji('new.png', '2026-04-01T00:00:00Z'), icon: { url: `${bench.other.url}/media/eves.png` } }] });
    expect(await bench.apply(eve, bench.other.activity('Create', eve, theirs))).toBe('applied');
    expect((await shown(theirs.id)).emojis).toMatchObject([{ url: `${bench.other.url}/media/eves.png` }]);
    expect((await received({ content: ':fox:', tag: [emoji('plain.png')] })).emojis[0]?.url).not.toContain(bench.other.host);
  });
});
