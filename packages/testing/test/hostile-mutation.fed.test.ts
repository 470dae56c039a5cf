import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { JsonObject, ScriptedPerson } from '../src/index.js';
import { HostileStage } from './hostile-stage.js';

jest.setTimeout(90_000);

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
let stage: HostileStage;
/** Lives on the same host as eve. */
let nancy: ScriptedPerson;
beforeAll(async () => {
  stage = await HostileStage.start();
  nancy = stage.evil.addPerson('nancy');
  for (const person of [stage.eve, nancy, stage.vic]) await stage.follow(stage.alice, person);
});
afterAll(() => stage.stop());

/** A note of somebody that stands here. */
const published = async (by: ScriptedPerson, text = 'mine'): Promise<JsonObject & { readonly id: string }> => {
  const note = by.note(text);
  expect(await stage.apply(by, by.create(note))).toBe('applied');
  return note;
};
const ties = async (person: ScriptedPerson) => ({
  followers: await stage.count('social.follows f JOIN social.accounts a ON a.id = f.target_account_id', 'a.uri = $1', [person.id]),
  following: await stage.count('social.follows f JOIN social.accounts a ON a.id = f.account_id', 'a.uri = $1', [person.id]),
});

describe.each([
  ['another host', () => stage.eve, () => stage.vic],
  ['the same host', () => stage.eve, () => nancy],
] as const)('somebody of %s', (_, other, owner) => {
  test('S018 S019 S021 neither deletes nor changes what is another’s', async () => {
    const note = await published(owner());
    const { id } = note;
    const later = new Date(Date.now() + 1_000).toISOString();
    const attempts = [
      other().activity('Delete', id),
      other().activity('Delete', { id, type: 'Tombstone' }),
      other().activity('Update', { ...note, content: '<p>changed</p>', updated: later }),
      other().activity('Update', { ...note, attributedTo: other().id, content: '<p>changed</p>', updated: later }),
      other().activity('Update', owner().actor({ name: 'changed', inbox: other().inbox })),
      other().activity('Delete', owner().id),
      other().activity('Undo', owner().activity('Announce', id)),
      other().activity('Undo', id),
    ];
    for (const attempt of attempts) await stage.apply(other(), attempt);
    expect(await stage.status(id)).toMatchObject({ content: '<p>mine</p>', deletedAt: null, editedAt: null });
    expect(await stage.account(owner().id)).toMatchObject({ displayName: owner().name, inboxUrl: owner().inbox, deletedAt: null });
  });

  test('S019 S021 what is not here yet is neither made nor kept away by them', async () => {
    const note = owner().note('coming');
    expect(await stage.apply(other(), other().activity('Update', { ...note, content: '<p>early</p>' }))).toMatch(/^ignored/);
    // On the same host these are tombstones of the sender's own.
    await stage.apply(other(), other().activity('Delete', note.id));
    await stage.apply(other(), other().activity('Undo', { type: 'Like', id: note.id, actor: other().id, object: PUBLIC }));
    expect(await stage.status(note.id)).toBeUndefined();
    expect(await stage.apply(owner(), owner().create(note))).toBe('applied');
    expect((await stage.status(note.id))?.content).toBe('<p>coming</p>');
  });

  test('S021 S024 ties are ended and made by those whose they are', async () => {
    const follow = owner().activity('Follow', stage.bob.account.uri);
    expect(await stage.apply(owner(), follow)).toBe('applied');
    const before = await ties(owner());
    for (const forged of [follow, { ...follow, actor: undefined }, follow.id]) {
      await stage.apply(other(), other().activity('Undo', forged));
    }
    // Signed by one, said by the other.
    const asOwner = owner().activity('Undo', follow);
    expect(await stage.send(other(), asOwner)).toBe(401);
    expect(await stage.isStored(asOwner.id)).toBe(false);
    for (const type of ['Reject', 'Accept']) {
      const ours = { id: `${stage.alice.account.uri}/follows/1`, type: 'Follow', actor: stage.alice.account.uri, object: owner().id };
      expect(await stage.apply(other(), other().activity(type, ours))).toMatch(/^(?:ignored|applied)/);
    }
    expect(await ties(owner())).toEqual(before);
  });
});

test('S024 S025 an Accept that nobody asked for makes no follower, and what follows is not shown', async () => {
  const zed = stage.victim.addPerson('zed');
  await stage.meet(zed);
  const never = { id: `${stage.bob.account.uri}/follows/4711`, type: 'Follow', actor: stage.bob.account.uri, object: zed.id };
  for (const object of [never, never.id]) expect(await stage.apply(zed, zed.activity('Accept', object))).toMatch(/^ignored/);
  expect((await ties(zed)).followers).toBe(0);

  // Asked, not answered: alice's follow waits while bob's stands.
  await stage.follow(stage.bob, zed);
  const account = await stage.account(zed.id);
  await stage.alice.api.post(`/api/v1/accounts/${account?.id}/follow`);
  await stage.server.settled();
  const note = zed.note('for followers', { to: [zed.followers], cc: [] });
  expect(await stage.apply(zed, zed.create(note))).toBe('applied');
  await stage.server.settled();
  const stored = await stage.status(note.id);
  expect(stored?.visibility).toBe('private');
  const sees = async (who: typeof stage.alice): Promise<boolean[]> => [
    (await who.api.get<{ uri: string }[]>('/api/v1/timelines/home')).some(({ uri }) => uri === note.id),
    (await who.api.get<{ uri: string }[]>(`/api/v1/accounts/${account?.id}/statuses`)).some(({ uri }) => uri === note.id),
    (await who.api.ask('GET', `/api/v1/statuses/${stored?.id}`)).status === 200,
    (await who.api.get<{ statuses: unknown[] }>(`/api/v2/search?q=${encodeURIComponent(note.id)}`)).statuses.length > 0,
  ];
  expect(await sees(stage.alice)).toEqual([false, false, false, false]);
  expect(await sees(stage.bob)).toEqual([true, true, true, true]);
});

describe('forwarded', () => {
  const passedOn = (activity: JsonObject): JsonObject => ({ ...activity, signature: { type: 'RsaSignature2017', creator: stage.vic.keyId, signatureValue: 'AAAA' } });

  test('S048 S049 S054 nothing in it is believed: the origin is asked, whatever the copy says', async () => {
    const note = stage.vic.note('as written');
    const create = passedOn(stage.vic.create({ ...note, content: '<p>as forged</p>' }));
    expect(await stage.apply(stage.eve, create)).toBe('applied');
    expect((await stage.status(note.id))?.content).toBe('<p>as written</p>');
    const remap = { '@context': ['https://www.w3.org/ns/activitystreams', { object: 'https://evil.example/x', content: 'as:summary' }] };
    const update = passedOn({ ...stage.vic.activity('Update', { ...note, content: '<p>as forged</p>', updated: new Date().toISOString() }), ...remap });
    expect(await stage.apply(stage.eve, update)).not.toBe('unstored');
    expect((await stage.status(note.id))?.content).toBe('<p>as written</p>');
  });

  test('S045 the same Create again and again, or one that concerns nobody, has its server asked no more', async () => {
    const [note, strange] = [await published(stage.vic, 'known'), stage.victim.addPerson('stranger').note('to nobody here')];
    const asked = (id: string): number => stage.victim.gets.filter((path) => path === new URL(id).pathname).length;
    for (let at = 0; at < 5; at += 1) {
      const again = passedOn({ ...stage.vic.create(note), id: `${note.id}/again/${at}` });
      expect(await stage.apply(stage.eve, again)).toBe('applied');
    }
    const author = String(strange['attributedTo']);
    const unwanted = passedOn({ id: `${author}/creates/1`, type: 'Create', actor: author, object: strange });
    expect(await stage.apply(stage.eve, unwanted)).toBe('ignored: not_relevant');
    expect([asked(note.id), asked(strange.id), await stage.status(strange.id)]).toEqual([0, 0, undefined]);
  });

  test('S046 a forged Delete deletes only what its origin says is gone', async () => {
    const note = await published(stage.vic, 'standing');
    await stage.apply(stage.eve, passedOn(stage.vic.activity('Delete', note.id)));
    for (const status of [404, 500]) {
      stage.victim.answers.set(new URL(note.id).pathname, { kind: 'status', status });
      await stage.apply(stage.eve, passedOn(stage.vic.activity('Delete', note.id)));
    }
    expect((await stage.status(note.id))?.deletedAt).toBeNull();
  });

  test('S054 everything but posts is not taken from others', async () => {
    const before = await ties(stage.vic);
    for (const type of ['Follow', 'Like', 'Announce', 'Undo', 'Accept', 'Reject', 'Block', 'Flag']) {
      const activity = passedOn(stage.vic.activity(type, stage.bob.account.uri));
      expect([202, await stage.isStored(activity['id'])]).toEqual([await stage.send(stage.eve, activity), false]);
    }
    expect(await ties(stage.vic)).toEqual(before);
  });

  test('S241 an id that was sent ahead by somebody else does not keep the real one away', async () => {
    const note = stage.vic.note('the real one');
    const real = stage.vic.create(note);
    // Refused without a proof, kept as a forward with one; neither is a receipt of vic's own.
    expect(await stage.send(stage.eve, { ...real, object: { ...note, content: 'x' } })).toBe(401);
    expect(await stage.send(stage.eve, { ...real, actor: stage.eve.id })).toBe(401);
    const other = stage.vic.note('unsent');
    expect(await stage.send(stage.eve, passedOn({ ...real, object: { ...other, id: `${stage.vic.id}/notes/none` } }))).toBe(202);
    await stage.send(stage.vic, real);
    await stage.server.settled();
    expect((await stage.status(note.id))?.content).toBe('<p>the real one</p>');
  });
});

describe('again', () => {
  test('S036 a Create that is replayed does not bring back what was deleted', async () => {
    const note = stage.vic.note('short-lived');
    const create = stage.vic.create(note);
    expect(await stage.apply(stage.vic, create)).toBe('applied');
    expect(await stage.apply(stage.vic, stage.vic.activity('Delete', note.id))).toBe('applied');
    // Another id gets past the receipts.
    for (const again of [create, { ...create, id: `${create.id}/again` }]) await stage.send(stage.vic, again);
    await stage.server.settled();
    expect((await stage.status(note.id))?.deletedAt).not.toBeNull();
  });

  test('S036 a Like or an Announce that is replayed after its Undo does not come back', async () => {
    const mine = await stage.alice.api.post<{ id: string; uri: string }>('/api/v1/statuses', { status: 'like me' });
    for (const type of ['Like', 'Announce']) {
      const activity = stage.eve.activity(type, mine.uri, { to: [PUBLIC] });
      expect(await stage.apply(stage.eve, activity)).toBe('applied');
      expect(await stage.apply(stage.eve, stage.eve.activity('Undo', activity))).toBe('applied');
      await stage.send(stage.eve, activity);
      await stage.server.settled();
    }
    expect(await stage.status(mine.uri)).toMatchObject({ favouritesCount: 0, boostsCount: 0 });
  });

  test('S037 a Delete among many copies of its Create wins', async () => {
    const note = stage.vic.note('never');
    const creates = Array.from({ length: 12 }, (_, at) => ({ ...stage.vic.create(note), id: `${note.id}/create/${at}` }));
    const sent = await Promise.all([...creates, stage.vic.activity('Delete', note.id)].map((activity) => stage.send(stage.vic, activity)));
    expect(new Set(sent)).toEqual(new Set([202]));
    await stage.server.settled();
    const left = await stage.status(note.id);
    expect(left === undefined || left.deletedAt !== null).toBe(true);
  });

  test('S216 S217 many copies at once count once', async () => {
    const mine = await stage.alice.api.post<{ id: string; uri: string }>('/api/v1/statuses', { status: 'count me' });
    const likes = Array.from({ length: 20 }, (_, at) => stage.eve.activity('Like', mine.uri, { id: `${stage.eve.id}/likes/${at % 2}` }));
    await Promise.all(likes.map((like) => stage.send(stage.eve, like)));
    await stage.server.settled();
    expect((await stage.status(mine.uri))?.favouritesCount).toBe(1);
    await Promise.all([1, 2, 3].map(() => stage.send(stage.eve, stage.eve.activity('Undo', likes[0]))));
    await stage.server.settled();
    expect((await stage.status(mine.uri))?.favouritesCount).toBe(0);
  });
});

test('S027 reports of what is not here, or in our own name, reach nobody; many are cut', async () => {
  const before = await stage.count('moderation.reports');
  expect(await stage.send(stage.eve, stage.eve.activity('Flag', stage.bob.account.uri, { actor: stage.alice.account.uri, id: undefined }))).toBe(401);
  expect(await stage.apply(stage.eve, stage.eve.activity('Flag', `${stage.server.url}/ap/users/1`))).toMatch(/^ignored/);
  expect(await stage.apply(stage.eve, stage.eve.activity('Flag', stage.vic.id))).toMatch(/^ignored/);
  expect(await stage.count('moderation.reports')).toBe(before);
  const many = [stage.bob.account.uri, ...Array.from({ length: 10_000 }, (_, at) => `${stage.bob.account.uri}/statuses/${at}`)];
  expect(await stage.apply(stage.eve, stage.eve.activity('Flag', many, { content: '<script>x</script>'.repeat(10_000) }))).toBe('applied');
  expect(await stage.count('moderation.reports', 'length(comment) > 5000 OR cardinality(status_ids) > 50')).toBe(0);
});
