import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import type { JsonObject, ScriptedPerson, TestPerson } from '../src/index.js';
import { until } from '../src/index.js';
import { HostileStage } from './hostile-stage.js';

jest.setTimeout(120_000);

type Note = JsonObject & { readonly id: string };
const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';

let stage: HostileStage;
/** Who asked for what is hidden, in order: people here by name, `server` for the server itself. */
const asked: string[] = [];
const names = new Map<string, string>();
/** Alice follows vic; bob and carol do not. Eve has a server of her own, and nobody follows her. */
let carol: TestPerson;
beforeAll(async () => {
  stage = await HostileStage.start();
  carol = await stage.server.person('carol');
  await stage.follow(stage.alice, stage.vic);
  names.set(`${stage.server.backbone.settings.baseUrl}/actor#main-key`, 'server');
  for (const person of [stage.alice, stage.bob, carol]) names.set(`${person.account.uri}#main-key`, person.account.username);
});
beforeEach(() => void asked.splice(0));
afterAll(() => stage.stop());

/** Shown to these alone, refused to others with this status. */
function hide(note: Note, readers: readonly TestPerson[], status = 404): Note {
  const shown = new Set(readers.map(({ account }) => account.username));
  const remote = new URL(note.id).host === stage.victim.host ? stage.victim : stage.evil;
  remote.guards.set(new URL(note.id).pathname, (keyId) => {
    const name = names.get(keyId ?? '') ?? String(keyId);
    asked.push(name);
    return shown.has(name) ? null : { kind: 'status', status };
  });
  return note;
}
const toFollowers = (author: ScriptedPerson, more: JsonObject = {}): Note => author.note('for my followers', { to: [author.followers], cc: [], ...more });
const toOne = (author: ScriptedPerson, { account: { uri }, handle }: TestPerson): Note =>
  author.note('for you', { to: [uri], cc: [], tag: [{ type: 'Mention', href: uri, name: `@${handle}` }] });
const byAddress = (author: ScriptedPerson, note: Note, type = 'Create') => author.activity(type, note.id, { to: note['to'], cc: note['cc'] });

async function sees(person: TestPerson, uri: string): Promise<boolean> {
  const status = await stage.status(uri);
  return status !== undefined && (await person.api.ask('GET', `/api/v1/statuses/${status.id}`)).status === 200;
}

test.each([401, 403, 404])('a post to followers that comes as its address is read in the name of one, when the server itself is refused (%i)', async (status) => {
  const note = hide(toFollowers(stage.vic), [stage.alice], status);
  await stage.mustApply(stage.vic, byAddress(stage.vic, note));
  expect(await stage.status(note.id)).toMatchObject({ visibility: 'private', content: '<p>for my followers</p>' });
  expect([await sees(stage.alice, note.id), await sees(stage.bob, note.id)]).toEqual([true, false]);
  expect(asked.at(0)).toBe('server');
  expect(asked.filter((name) => name !== 'server')).toEqual(['alice']);
  await until('alice’s home', async () => (await stage.alice.api.get<{ uri: string }[]>('/api/v1/timelines/home')).some(({ uri }) => uri === note.id));
});

test('what the server may read itself is asked for in nobody’s name', async () => {
  const note = toFollowers(stage.vic);
  stage.victim.guards.set(new URL(note.id).pathname, (keyId) => {
    asked.push(names.get(keyId ?? '') ?? '');
    return null;
  });
  await stage.mustApply(stage.vic, byAddress(stage.vic, note));
  expect(asked).toEqual(['server']);
});

test('a message to one person is read in their name, by whomever it comes, and shown to nobody else', async () => {
  const stranger = stage.evil.addPerson('stranger');
  const note = hide(toOne(stranger, stage.bob), [stage.bob]);
  await stage.mustApply(stranger, byAddress(stranger, note));
  expect(await stage.status(note.id)).toMatchObject({ visibility: 'direct' });
  expect(await Promise.all([stage.alice, stage.bob, carol].map((person) => sees(person, note.id)))).toEqual([false, true, false]);
  expect(asked).toEqual(['server', 'bob']);
  await until('bob’s notification', async () => (await stage.bob.api.get<{ status: { uri: string } | null }[]>('/api/v1/notifications')).some(({ status }) => status?.uri === note.id));
});

test('it is kept with the audience that it names, whatever its envelope says', async () => {
  const note = hide(toOne(stage.vic, stage.bob), [stage.bob]);
  await stage.mustApply(stage.vic, stage.vic.activity('Create', note.id, { to: [PUBLIC], cc: [stage.bob.account.uri] }));
  expect(await stage.status(note.id)).toMatchObject({ visibility: 'direct' });
  expect([await sees(stage.alice, note.id), await sees(stage.bob, note.id)]).toEqual([false, true]);
});

test('the named ones are asked for before followers, two in all', async () => {
  const note = hide(toFollowers(stage.vic, { cc: [stage.bob.account.uri, carol.account.uri] }), []);
  expect(await stage.apply(stage.vic, byAddress(stage.vic, note))).toBe('ignored: object_not_found');
  expect(asked[0]).toBe('server');
  expect(asked.slice(1).toSorted()).toEqual(['alice', 'bob'].toSorted());
  expect(await stage.status(note.id)).toBeUndefined();
});

test('an edit by address is read anew', async () => {
  const note = hide(toFollowers(stage.vic), [stage.alice]);
  await stage.mustApply(stage.vic, byAddress(stage.vic, note));
  stage.victim.documents.set(note.id, { ...note, content: '<p>changed</p>', updated: new Date(Date.now() + 1_000).toISOString() });
  await stage.mustApply(stage.vic, byAddress(stage.vic, note, 'Update'));
  expect(await stage.status(note.id)).toMatchObject({ visibility: 'private', content: '<p>changed</p>' });
});

test('a boost of one’s own post to followers brings the post', async () => {
  const note = hide(toFollowers(stage.vic), [stage.alice], 401);
  const boost = byAddress(stage.vic, note, 'Announce');
  await stage.mustApply(stage.vic, boost);
  expect(await stage.status(note.id)).toMatchObject({ visibility: 'private' });
  expect(await stage.status(boost.id)).toMatchObject({ visibility: 'private' });
  expect(await sees(stage.bob, note.id)).toBe(false);
});

test('what a post answers on its own server is read so as well', async () => {
  const parent = hide(toFollowers(stage.vic), [stage.alice]);
  for (const create of [
    (answer: Note) => stage.vic.create(answer),
    (answer: Note) => byAddress(stage.vic, hide(answer, [stage.alice])),
  ]) {
    const answer = toFollowers(stage.vic, { inReplyTo: parent.id });
    await stage.mustApply(stage.vic, create(answer));
    await until('the parent', async () => (await stage.status(answer.id))?.inReplyToId != null);
  }
  expect(await stage.status(parent.id)).toMatchObject({ visibility: 'private' });
  expect(await sees(stage.bob, parent.id)).toBe(false);
});

test('nobody has anything asked for on another host, at a private address or through a redirect', async () => {
  const theirs = hide(toFollowers(stage.vic), [stage.alice]);
  const named = { to: [stage.alice.account.uri, stage.bob.account.uri], cc: [] };
  expect(await stage.apply(stage.eve, stage.eve.activity('Create', theirs.id, named))).toBe('ignored: foreign_object');
  await stage.follow(stage.bob, stage.eve);
  expect(await stage.apply(stage.eve, stage.eve.activity('Announce', theirs.id, named))).toMatch(/^(ignored|stored): /);
  const answer = stage.eve.note('look up', { inReplyTo: theirs.id, ...named });
  await stage.mustApply(stage.eve, stage.eve.create(answer));
  for (const to of [theirs.id, 'http://127.0.0.1:5432/', `${stage.victim.baseUrl}/elsewhere`]) {
    const lure = toOne(stage.eve, stage.alice);
    stage.evil.guards.set(new URL(lure.id).pathname, (keyId) => (names.get(keyId ?? '') === 'server' ? { kind: 'status', status: 403 } : { kind: 'redirect', to }));
    expect(await stage.apply(stage.eve, stage.eve.activity('Create', lure.id, named))).toBe('ignored: object_not_found');
  }
  expect(stage.victim.gets).not.toContain('/elsewhere');
  expect(new Set(asked)).toEqual(new Set(['server']));
  expect(await stage.status(theirs.id)).toBeUndefined();
});

test('a neighbour’s post that somebody leads to comes to nobody but its own readers', async () => {
  const ned = stage.victim.addPerson('ned');
  const theirs = hide(toFollowers(ned), [stage.alice]);
  expect(await stage.apply(stage.vic, byAddress(stage.vic, theirs))).toBe('ignored: foreign_author');
  expect(await stage.apply(stage.vic, byAddress(stage.vic, theirs, 'Announce'))).toMatch(/^ignored: /);
  expect(await Promise.all([stage.alice, stage.bob, carol].map((person) => sees(person, theirs.id)))).toEqual([false, false, false]);
});

test('nobody’s name is used for who concerns nobody here, whom they block, or by the word of another server', async () => {
  const nobody = stage.evil.addPerson('nobody');
  const unasked = hide(toFollowers(nobody), [stage.alice, stage.bob, carol]);
  expect(await stage.apply(nobody, byAddress(nobody, unasked))).toBe('ignored: object_not_found');
  expect(await stage.account(nobody.id)).toBeUndefined();

  const blocked = stage.evil.addPerson('blocked');
  await carol.api.post(`/api/v1/accounts/${(await stage.meet(blocked)).id}/block`);
  const unwanted = hide(toOne(blocked, carol), [carol]);
  expect(await stage.apply(blocked, byAddress(blocked, unwanted))).toBe('ignored: object_not_found');

  const passedOn = hide(toFollowers(stage.vic), [stage.alice]);
  expect(await stage.send(stage.eve, byAddress(stage.vic, passedOn))).not.toBe(500);
  await stage.server.settled();
  expect(new Set(asked)).toEqual(new Set(['server']));
});

test('a flood of addresses has few asked for at once, and no more than the limit in an hour', async () => {
  const flood = stage.evil.addPerson('flood');
  const creates = Array.from({ length: 80 }, () => byAddress(flood, hide(toOne(flood, carol), [])));
  for (const create of creates) expect(await stage.send(flood, create)).toBe(202);
  let openMax = 0;
  await until('all to be tried', async () => {
    openMax = Math.max(openMax, await stage.count('federation.personal_readings', `state IN ('waiting', 'read')`));
    return (await stage.count('federation.inbound', `actor_uri = $1 AND state = 'stored' AND reason IS NULL`, [flood.id])) === 0;
  });
  expect(openMax).toBeLessThanOrEqual(50);
  expect(asked.filter((name) => name === 'carol').length).toBeLessThanOrEqual(creates.length);
});
