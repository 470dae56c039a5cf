import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Ears, STREAMS, type Stream } from './visibility-ears.js';
import { ITEMS, READERS, TAG, VIEWERS, VisibilityStage, type Item, type Published, type Reader, type Viewer } from './visibility-stage.js';

jest.setTimeout(120_000);

// What must come out is written down here, cell by cell; the rule of the product is not asked.
// Viewers: A author, F follower, M mentioned, S stranger, B mentioned but blocked by the author, - nobody.
const LETTERS: Readonly<Record<Viewer, string>> = { author: 'A', follower: 'F', mentioned: 'M', stranger: 'S', blocked: 'B' };
type Row = readonly [public_: string, unlisted: string, private_: string, direct: string, boostOfPublic: string, boostOfPrivate: string];

const FEED: Row = ['AF', 'AF', 'AF', 'A', 'AF', 'AF'];
const NOTICES: Row = ['M', 'M', 'M', 'M', '-', '-'];
const OPEN: Row = ['AFMS', '-', '-', '-', '-', '-'];

const HEARD: Readonly<Record<Stream, Row>> = {
  'user': FEED,
  'SSE user': FEED,
  'user:notification': NOTICES,
  'SSE user/notification': NOTICES,
  'public': OPEN,
  'public:local': OPEN,
  'SSE public': OPEN,
  'hashtag': OPEN,
  'SSE hashtag': OPEN,
};

const READ: Readonly<Record<string, Row>> = {
  'the home feed in Redis': FEED,
  // What is boosted stands right below: a page does not repeat it.
  'home': ['AF', 'AF', 'AF', 'A', 'AF', '-'],
  'notifications': NOTICES,
  'search by uri': ['AFMS', 'AFMS', 'AFM', 'AM', 'AFMS', 'AF'],
  "search by the page's address": ['AFMS', 'AFMS', 'AFM', 'AM', 'AFMS', 'AF'],
};

// Readers of documents: A anybody without a signature, B a browser, F the follower's server, M the mentioned one's,
// S a stranger's.
const READER_LETTERS: Readonly<Record<Reader, string>> = { 'anonymous': 'A', 'browser': 'B', 'follower server': 'F', 'mentioned server': 'M', 'stranger server': 'S' };
// A boost is an activity alone: there is no object of its own.
const DOCUMENTS: Readonly<Record<string, Row>> = {
  '': ['ABFMS', 'ABFMS', 'FM', 'M', '-', '-'],
  '/activity': ['ABFMS', 'ABFMS', 'FM', 'M', 'ABFMS', 'F'],
  '/replies': ['ABFMS', 'ABFMS', 'FM', 'M', '-', '-'],
  '/replies?page=true': ['ABFMS', 'ABFMS', 'FM', 'M', '-', '-'],
};

// Words that stand in pages and collections which are the same for all. A boost shows the words of what it boosts.
const LISTED: Readonly<Record<string, readonly Item[]>> = {
  '/@author': ['public', 'unlisted', 'boost of public'],
  '/@author.rss': ['public'],
  [`/tags/${TAG}`]: ['public', 'boost of public'],
  '/': ['public', 'boost of public'],
};

// Whose inbox got it: F the follower's server, M the mentioned one's. Never the stranger's.
const DELIVERED: Row = ['FM', 'FM', 'FM', 'M', 'F', 'F'];

let stage: VisibilityStage;
let ears: Ears;

beforeAll(async () => {
  stage = await VisibilityStage.start();
  ears = await Ears.open(stage);
  await stage.publish();
  await ears.fence('thefirstfence');
});
afterAll(async () => {
  ears?.close();
  await stage?.stop();
});

const author = (): string => stage.people.author.account.uri;
const columns = (row: Row): Readonly<Record<string, string>> => Object.fromEntries(ITEMS.map((item, at) => [item, row[at] ?? '']));
const lettersOf = (viewers: readonly Viewer[]): string => viewers.map((viewer) => LETTERS[viewer]).join('') || '-';

/** A row as it is: for each item the letters of those for whom `shows` holds. */
async function rowOf<V extends string>(of: readonly V[], letters: Readonly<Record<V, string>>, shows: (viewer: V, published: Published) => Promise<boolean>): Promise<Record<string, string>> {
  const row: Record<string, string> = {};
  for (const item of ITEMS) {
    const seen: string[] = [];
    for (const viewer of of) if (await shows(viewer, stage.item(item))) seen.push(letters[viewer]);
    row[item] = seen.join('') || '-';
  }
  return row;
}

const asJson = async (viewer: Viewer, path: string): Promise<string> => JSON.stringify(await stage.people[viewer].api.get<unknown>(path));
const search = (viewer: Viewer, address: string): Promise<string> => asJson(viewer, `/api/v2/search?type=statuses&resolve=true&q=${encodeURIComponent(address)}`);
const READS: Readonly<Record<string, (viewer: Viewer, published: Published) => Promise<boolean>>> = {
  'the home feed in Redis': async (viewer, { id }) => {
    const feed = await stage.server.backbone.feeds.read(stage.people[viewer].account.id);
    return feed?.ids.some((shown) => shown === id) ?? false;
  },
  'home': async (viewer, { id }) => (await asJson(viewer, '/api/v1/timelines/home?limit=40')).includes(`"id":"${id}"`),
  'notifications': async (viewer, { id }) => (await asJson(viewer, '/api/v1/notifications?limit=80')).includes(`"id":"${id}"`),
  'search by uri': async (viewer, { id, uri }) => (await search(viewer, uri)).includes(`"id":"${id}"`),
  "search by the page's address": async (viewer, { id }) => (await search(viewer, `http://${stage.server.domain}/@author/${id}`)).includes(`"id":"${id}"`),
};

describe('people of the server', () => {
  const heardOn = (stream: Stream, event: string): unknown =>
    Object.fromEntries(ITEMS.map((item) => [item, lettersOf(ears.hearersOf(stream, stage.item(item).id, (kind) => kind === event))]));

  test.each(STREAMS)('stream %s', (stream) => {
    expect(heardOn(stream, stream.includes('notification') ? 'notification' : 'update')).toEqual(columns(HEARD[stream]));
  });

  test('notices on the stream of one’s own', () => {
    for (const stream of ['user', 'SSE user'] as const) expect(heardOn(stream, 'notification')).toEqual(columns(NOTICES));
  });

  test.each(Object.keys(READ))('%s', async (path) => {
    const shows = READS[path];
    const row = READ[path];
    if (shows === undefined || row === undefined) throw new Error(`${path} is not complete`);
    expect(await rowOf(VIEWERS, LETTERS, shows)).toEqual(columns(row));
  });

  // The host's own post, which the author boosted, is public.
  test('no stream holds words that are hidden from who listens', () => {
    for (const stream of STREAMS) {
      expect(stage.wordsIn(ears.text('stranger', stream)).filter((item) => item !== 'public' && item !== 'boost of public')).toEqual([]);
      expect(stage.wordsIn(ears.text('blocked', stream)).filter((item) => item !== 'boost of public')).toEqual([]);
    }
  });
});

const UNKNOWN = '117000000000000000';
/** What differs between two answers to the same question though they say the same. */
const VARYING = new Set(['date', 'x-request-id', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'keep-alive', 'connection', 'traceparent']);
const faceOf = ({ status, headers, body }: Awaited<ReturnType<VisibilityStage['read']>>): unknown => ({
  status,
  body,
  headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !VARYING.has(name))),
});

describe('documents', () => {
  const cells = Object.keys(DOCUMENTS).flatMap((path) => ITEMS.map((item, at) => ({ path, item, letters: DOCUMENTS[path]?.[at] ?? '' })));
  test.each(cells)('$item $path: $letters', async ({ path, item, letters }) => {
    for (const reader of READERS) {
      const answer = await stage.read(reader, stage.objectUrl(stage.item(item).id) + path);
      const isOpen = letters.includes('A');
      if (!letters.includes(READER_LETTERS[reader])) {
        // Nobody can tell it from what never existed, and no cache keeps the answer for those who may see it.
        expect([reader, faceOf(answer)]).toEqual([reader, faceOf(await stage.read(reader, stage.objectUrl(UNKNOWN) + path))]);
        expect([reader, answer.status, answer.headers['cache-control']]).toEqual([reader, 404, 'no-store']);
        expect(stage.wordsIn(answer.body)).toEqual([]);
      } else {
        const [status, cache] = reader === 'browser' ? [302, 'public, max-age=180'] : [200, reader === 'anonymous' && isOpen ? 'public, max-age=180' : 'private, no-store'];
        expect([reader, answer.status, answer.headers['cache-control']]).toEqual([reader, status, cache]);
      }
      expect(String(answer.headers['vary'])).toContain('Accept');
      if (reader !== 'browser') expect(String(answer.headers['vary'])).toContain('Signature');
    }
  });

  test.each(READERS.filter((reader) => reader !== 'browser'))('collections list for the %s what all may see', async (reader) => {
    const outbox = await stage.read(reader, `${author()}/outbox?page=true`);
    const items = (JSON.parse(outbox.body) as { orderedItems: { id: string }[] }).orderedItems.map(({ id }) => id);
    expect(items.sort()).toEqual((['boost of public', 'public'] as const).map((item) => `${stage.objectUrl(stage.item(item).id)}/activity`).sort());
    for (const path of ['/outbox', '/collections/featured', '/followers', '/followers?page=true', '/following?page=true', '']) {
      const { status, body } = await stage.read(reader, author() + path);
      expect([path, status, stage.wordsIn(body)]).toEqual([path, 200, []]);
      for (const item of ITEMS) expect(body).not.toContain(stage.item(item).id);
    }
  });
});

describe('pages', () => {
  test.each(ITEMS.map((item, at) => ({ item, status: [200, 200, 404, 404, 302, 404][at] })))('$item: $status', async ({ item, status }) => {
    const { id, word } = stage.item(item);
    const answer = await stage.page(`/@author/${id}`);
    expect(answer.status).toBe(status);
    expect(answer.headers['vary']).toBe('Accept');
    if (status === 200) expect(answer.body).toContain(word);
    if (status !== 404) return;
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(faceOf(answer)).toEqual(faceOf(await stage.page(`/@author/${UNKNOWN}`)));
    // A server that asks at the page's address learns no more.
    const machine = await stage.read('anonymous', `${stage.server.url}/@author/${id}`);
    expect([machine.status, machine.headers['location']]).toEqual([404, undefined]);
  });

  test.each(Object.keys(LISTED))('%s', async (path) => {
    const { status, body } = await stage.page(path);
    // Both boosts would repeat the words of another item: who shows one shows the words of the other.
    const expected = LISTED[path]?.filter((item) => item !== 'boost of public') ?? [];
    expect([status, stage.wordsIn(body).filter((item) => item !== 'boost of public' && item !== 'boost of private')]).toEqual([200, expected]);
    expect(body.includes(stage.hostPost.word)).toBe(LISTED[path]?.includes('boost of public'));
  });

  test.each(ITEMS.map((item, at) => ({ item, shown: [true, true, false, false, true, false][at] })))('hand-over of $item: $shown', async ({ item, shown }) => {
    const { id, uri, word } = stage.item(item);
    for (const address of [uri, stage.objectUrl(id)]) {
      const { status, body } = await stage.page(`/authorize_interaction?uri=${encodeURIComponent(address)}`);
      expect([address, status]).toEqual([address, 200]);
      if (shown !== true) expect([address, body.includes(word)]).toEqual([address, false]);
    }
    const { body } = await stage.page(`/authorize_interaction?uri=${encodeURIComponent(stage.objectUrl(id))}`);
    expect(body.includes(word)).toBe(shown);
  });
});

describe('deliveries', () => {
  test.each(ITEMS.map((item, at) => ({ item, letters: DELIVERED[at] ?? '' })))('$item: $letters', ({ item, letters }) => {
    const { id } = stage.item(item);
    const activityId = `${stage.objectUrl(id)}/activity`;
    const got = (['follower server', 'mentioned server', 'stranger server'] as const).filter((name) => stage.remotes[name].accepted().some((post) => post.activityId === activityId));
    expect(got.map((name) => READER_LETTERS[name]).join('')).toBe(letters);
  });

  test('nothing of the author has ever come to the stranger’s server', () => {
    expect(stage.remotes['stranger server'].posts.filter(({ body }) => body.includes(author()))).toEqual([]);
  });
});
