import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { until, type JsonObject } from '../src/index.js';
import { HostileStage } from './hostile-stage.js';

jest.setTimeout(90_000);

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
const PARENTS_MAX = 20;
let stage: HostileStage;
beforeAll(async () => {
  stage = await HostileStage.start();
  await stage.follow(stage.alice, stage.eve);
});
afterAll(() => stage.stop());

const noteOf = (id: string, inReplyTo: string | null, extra: JsonObject = {}): JsonObject & { readonly id: string } => ({
  '@context': 'https://www.w3.org/ns/activitystreams',
  id,
  type: 'Note',
  attributedTo: stage.eve.id,
  content: 'x',
  inReplyTo,
  published: new Date().toISOString(),
  to: [PUBLIC],
  cc: [],
  ...extra,
});
const at = (path: string): string => stage.evil.baseUrl + path;
/** Waits until nothing more is asked for than `count`, and says how much was. */
const asked = async (from: number, least: number): Promise<number> => {
  await until(`${least} requests`, () => stage.evil.gets.length - from >= least);
  let last = -1;
  // Quiet for five looks in a row.
  for (let quiet = 0; quiet < 5; ) {
    quiet = stage.evil.gets.length === last ? quiet + 1 : 0;
    last = stage.evil.gets.length;
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  return last - from;
};

describe('threads', () => {
  test('S096 a chain of answers without an end is walked twenty up', async () => {
    stage.evil.generate = (target) => {
      const n = /^\/chain\/(\d+)$/.exec(target)?.[1];
      return n === undefined ? null : noteOf(at(target), at(`/chain/${Number(n) + 1}`));
    };
    const from = stage.evil.gets.length;
    expect(await stage.apply(stage.eve, stage.eve.create(noteOf(at('/chain/0'), at('/chain/1'))))).toBe('applied');
    expect(await asked(from, PARENTS_MAX)).toBe(PARENTS_MAX);
    const kept = (): Promise<number> => stage.count('social.statuses', 'uri LIKE $1', [`${at('/chain/')}%`]);
    await until('the last one that was asked for to stand', async () => (await kept()) > PARENTS_MAX);
    expect(await kept()).toBe(PARENTS_MAX + 1);
  });

  test('S096 a chain in which each answer has an author of its own costs no more than sixty', async () => {
    stage.evil.generate = (target) => {
      const [, n, kind] = /^\/many\/(\d+)\/(note|actor)$/.exec(target) ?? [];
      if (n === undefined) return null;
      if (kind === 'actor') return { ...stage.eve.actor(), id: at(target), preferredUsername: `many${n}`, inbox: at(`/many/${n}/inbox`) };
      return noteOf(at(target), at(`/many/${Number(n) + 1}/note`), { attributedTo: at(`/many/${n}/actor`) });
    };
    const from = stage.evil.gets.length;
    expect(await stage.apply(stage.eve, stage.eve.create(noteOf(at('/start'), at('/many/1/note'))))).toBe('applied');
    // Post, actor and its WebFinger, with host-meta where there is none.
    expect(await asked(from, 2)).toBeLessThanOrEqual(4 * PARENTS_MAX);
  });

  test('S097 answers in a ring, and one that answers itself, end', async () => {
    const [a, b, self] = [at('/ring/a'), at('/ring/b'), at('/ring/self')];
    stage.evil.generate = (target) => (target === '/ring/b' ? noteOf(b, a) : target === '/ring/a' ? noteOf(a, b) : null);
    const from = stage.evil.gets.length;
    expect(await stage.apply(stage.eve, stage.eve.create(noteOf(a, b)))).toBe('applied');
    expect(await stage.apply(stage.eve, stage.eve.create(noteOf(self, self)))).toBe('applied');
    expect(await asked(from, 1)).toBeLessThanOrEqual(3);
    for (const uri of [a, b, self]) {
      const status = await stage.status(uri);
      const { body, status: code } = await stage.alice.api.ask<{ ancestors: unknown[]; descendants: unknown[] }>('GET', `/api/v1/statuses/${status?.id}/context`);
      expect(code).toBe(200);
      expect(body.ancestors.length + body.descendants.length).toBeLessThanOrEqual(2);
    }
  });
});

describe('one activity', () => {
  test('S084 S094 with thousands of everything is cut and costs few requests: the quoted post, and five strangers whom it names', async () => {
    const many = <T>(make: (n: number) => T, count: number): T[] => Array.from({ length: count }, (_, n) => make(n));
    const from = stage.evil.gets.length;
    const note = noteOf(at('/bomb'), null, {
      to: [PUBLIC, ...many((n) => at(`/u/${n}`), 2_000)],
      tag: [
        ...many((n) => ({ type: 'Mention', href: at(`/u/${n}`), name: `@u${n}` }), 2_000),
        ...many((n) => ({ type: 'Hashtag', name: `#tag${n}` }), 2_000),
        ...many((n) => ({ type: 'Emoji', name: `:e${n}:`, icon: { url: at(`/e/${n}.png`) } }), 1_000),
      ],
      attachment: many((n) => ({ type: 'Image', mediaType: 'image/png', url: at(`/i/${n}.png`) }), 500),
      quoteUrl: at('/quoted'),
      replies: { type: 'Collection', first: { type: 'CollectionPage', next: at('/replies?page=1'), items: many((n) => at(`/r/${n}`), 1_000) } },
    });
    expect(await stage.apply(stage.eve, stage.eve.create(note))).toBe('applied');
    const stored = await stage.status(note.id);
    expect(stored?.media.length).toBeLessThanOrEqual(16);
    expect(stored?.tags.length).toBeLessThanOrEqual(256);
    expect(stored?.emojis.length).toBeLessThanOrEqual(128);
    await stage.server.settled();
    const asked = stage.evil.gets.slice(from);
    expect(asked.filter((path) => path !== '/quoted' && !/^\/u\/[0-9]+$/.test(path))).toEqual([]);
    expect(asked.length).toBeLessThanOrEqual(6);
  });

  test('S084 a name, a biography and fields of any length are cut', async () => {
    const big = 'x'.repeat(100_000);
    const fields = Array.from({ length: 1_000 }, (_, n) => ({ type: 'PropertyValue', name: `n${n}`, value: 'v' }));
    expect(await stage.apply(stage.eve, stage.eve.activity('Update', stage.eve.actor({ name: big, summary: big, attachment: fields, alsoKnownAs: Array(5_000).fill(at('/x')) })))).toBe('applied');
    const account = await stage.account(stage.eve.id);
    expect(account?.displayName.length).toBeLessThanOrEqual(2_048);
    expect(account?.note.length).toBeLessThanOrEqual(20_480);
    expect(account?.fields.length).toBeLessThanOrEqual(50);
    expect(account?.alsoKnownAs.length).toBeLessThanOrEqual(256);
  });

  test('S090 S091 S093 of odd shapes stops nothing', async () => {
    const odd: JsonObject[] = [
      { object: [] },
      { object: null },
      { object: noteOf(at('/odd/1'), null, { attachment: 'x', tag: {}, url: [1, 2], content: {}, type: ['Note', 'Person'] }) },
      { object: noteOf(at('/odd/2'), null, { published: '9999-99-99', contentMap: [], summary: [[]], inReplyTo: { id: 5 }, tag: [[[{ type: 'Mention' }]]] }) },
      { object: noteOf(at('/odd/3'), null, { content: `\u0000\uD800${'<math><annotation>x'.repeat(50)}`, attachment: [{ type: 'Image', url: { href: { href: 'x' } } }] }) },
      { object: noteOf(at('/odd/4'), null, { oneOf: [{ name: 'a', replies: { totalItems: -5 } }, { name: 'b', replies: { totalItems: 1e308 } }], type: 'Question' }) },
    ];
    for (const change of odd) {
      const activity = stage.eve.activity('Create', null, change);
      await stage.apply(stage.eve, activity);
    }
    await stage.server.settled();
    for (const path of ['/api/v1/timelines/home', '/api/v1/notifications', '/api/v1/timelines/public']) expect((await stage.alice.api.ask('GET', path)).status).toBe(200);
    expect(await stage.count('federation.inbound', "state = 'dead'")).toBe(0);
  });

  test('S055 reads the same at the door and later: a byte order mark, repeated names', async () => {
    const activity = stage.eve.create(noteOf(at('/bom'), null));
    expect((await stage.evil.sendBody(stage.inbox, `\uFEFF${JSON.stringify(activity)}`)).status).toBe(202);
    expect(await stage.endOf(activity.id)).toBe('applied');
    const twice = stage.eve.activity('Follow', stage.bob.account.uri);
    const body = JSON.stringify(twice).replace('"actor":', `"actor":"${stage.server.url}/ap/users/1","actor":`);
    expect((await stage.evil.sendBody(stage.inbox, body)).status).toBe(202);
    expect(await stage.endOf(twice.id)).toBe('applied');
    const proto = JSON.stringify(stage.eve.activity('Follow', stage.bob.account.uri)).replace('{', '{"__proto__":{"isAdmin":true},');
    expect((await stage.evil.sendBody(stage.inbox, proto)).status).toBe(400);
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
  });
});

test('S076 compressed bodies are refused at the door, compressed documents beyond a megabyte are cut off', async () => {
  const packed = await stage.evil.sendBody(stage.inbox, JSON.stringify(stage.eve.activity('Follow', stage.bob.account.uri)), { headers: { 'Content-Encoding': 'gzip' } });
  expect(packed.status).toBe(415);
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '));
  expect(bomb.length).toBeLessThan(1_000_000);
  stage.evil.answers.set('/bomb.gz', { kind: 'status', status: 200, headers: { 'Content-Type': 'application/activity+json', 'Content-Encoding': 'gzip' }, body: bomb as unknown as string });
  const before = process.memoryUsage().rss;
  expect(await stage.apply(stage.eve, stage.eve.activity('Announce', at('/bomb.gz'), { to: [PUBLIC] }))).toBe('ignored: object_invalid');
  expect(process.memoryUsage().rss - before).toBeLessThan(256 * 1024 * 1024);
});

describe('keys', () => {
  test('S045 an activity with a bad signature has the key read again once, not each time', async () => {
    const stranger = stage.victim.addPerson('stranger');
    for (let n = 0; n < 8; n += 1) {
      const answer = await stage.victim.sendActivity(stage.inbox, stranger.activity('Follow', stage.bob.account.uri), { as: stranger, privateKey: stage.eve.privateKey });
      expect(answer.status).toBe(401);
    }
    expect(stage.victim.gets.filter((path) => path === new URL(stranger.id).pathname).length).toBeLessThanOrEqual(2);
  });

  test('S045 S078 a key that redirects to itself or is not there costs a few requests, then none', async () => {
    stage.evil.answers.set('/users/loop', { kind: 'redirect', to: at('/users/loop') });
    const from = stage.evil.gets.length;
    for (const name of ['loop', 'missing']) {
      for (let n = 0; n < 6; n += 1) {
        const follow = { ...stage.eve.activity('Follow', stage.bob.account.uri), actor: at(`/users/${name}`) };
        expect((await stage.evil.sendActivity(stage.inbox, follow, { keyId: at(`/users/${name}#main-key`) })).status).toBe(401);
      }
    }
    // One and three redirects; one that is missing.
    expect(stage.evil.gets.length - from).toBeLessThanOrEqual(5);
  });

  test('S045 hosts whose keys drip do not keep out those whose keys are known', async () => {
    for (let n = 0; n < 40; n += 1) stage.evil.answers.set(`/users/drip${n}`, { kind: 'drip', everyMs: 500 });
    const slow = Array.from({ length: 40 }, (_, n) =>
      stage.evil.sendActivity(stage.inbox, { ...stage.eve.activity('Follow', stage.bob.account.uri), actor: at(`/users/drip${n}`) }, { keyId: at(`/users/drip${n}#main-key`) }).catch(() => null),
    );
    await until('the drips to begin', () => stage.evil.gets.some((path) => path.startsWith('/users/drip')));
    const vic = stage.vic.activity('Follow', stage.bob.account.uri);
    let ended = 0;
    for (const drip of slow) void drip.then(() => (ended += 1));
    expect(await stage.send(stage.vic, vic)).toBe(202);
    // Behind them it would have waited for the first ones to be given up.
    expect(ended).toBeLessThan(slow.length);
    await stage.evil.behave('dead');
    await Promise.all(slow);
    await stage.evil.behave('honest');
  });
});
