import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { JsonObject } from '../src/index.js';
import { HostileStage } from './hostile-stage.js';

jest.setTimeout(90_000);

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
let stage: HostileStage;
beforeAll(async () => {
  stage = await HostileStage.start();
  await stage.follow(stage.alice, stage.eve);
  await stage.follow(stage.alice, stage.vic);
});
afterAll(() => stage.stop());

const search = async (q: string): Promise<{ accounts: { acct: string }[]; statuses: { uri: string }[] }> =>
  stage.alice.api.get(`/api/v2/search?resolve=true&q=${encodeURIComponent(q)}`);
const untouched = async (): Promise<unknown> => {
  const { displayName, inboxUrl, username, domain } = (await stage.account(stage.vic.id)) ?? {};
  return { displayName, inboxUrl, username, domain };
};
const bare = { username: 'vic', displayName: 'vic' };

describe('a note', () => {
  test.each([
    ['S003 of another host, attributed to its author', () => stage.vic.note('forged', { id: `${stage.vic.id}/notes/forged` })],
    ['S003 of this host, attributed to somebody of another', () => stage.eve.note('forged', { attributedTo: stage.vic.id })],
    ['S021 attributed to another actor of the same host', () => stage.eve.note('forged', { attributedTo: `${stage.evil.baseUrl}/users/nancy` })],
    ['S007 with a list for an id', () => ({ ...stage.eve.note('forged'), id: [`${stage.vic.id}/notes/7`, `${stage.eve.id}/notes/7`] })],
    ['S007 with an object for an id', () => ({ ...stage.eve.note('forged'), id: { id: `${stage.vic.id}/notes/7` } })],
    ['S012 with an id of ours', () => stage.eve.note('forged', { id: `${stage.alice.account.uri}/statuses/999` })],
    ['S012 with an id of ours in capitals', () => stage.eve.note('forged', { id: stage.alice.account.uri.replace('localhost', 'LOCALHOST') })],
  ] as const)('%s, in a signed Create: nothing is stored', async (_, make) => {
    const before = await stage.count('social.statuses');
    const note: JsonObject = make();
    expect(await stage.apply(stage.eve, stage.eve.create(note))).toMatch(/^ignored: (?:foreign_object|foreign_author|host_mismatch|missing_id|missing_object|local_uri)/);
    expect(await stage.count('social.statuses')).toBe(before);
  });

  test('S012 forged beside the id of a real one of ours: what stands here counts', async () => {
    const mine = await stage.alice.api.post<{ id: string; uri: string }>('/api/v1/statuses', { status: 'what I said' });
    const forged = { id: mine.uri, type: 'Note', attributedTo: stage.alice.account.uri, content: 'what I never said', to: [PUBLIC] };
    expect(await stage.apply(stage.eve, stage.eve.activity('Announce', forged, { to: [PUBLIC] }))).toBe('applied');
    expect(await stage.apply(stage.eve, stage.eve.activity('Update', { ...forged, updated: new Date().toISOString() }))).toBe('ignored: foreign_object');
    expect((await stage.status(mine.uri))?.content).toBe('<p>what I said</p>');
  });

  test('S193 an Announce that brings a forged copy of another’s note stores the real one', async () => {
    const real = stage.vic.note('real');
    expect(await stage.apply(stage.eve, stage.eve.activity('Announce', { ...real, content: '<p>forged</p>' }, { to: [PUBLIC] }))).toBe('applied');
    expect((await stage.status(real.id))?.content).toBe('<p>real</p>');
    // One that its server does not have is not stored at all.
    const never = `${stage.vic.id}/notes/never`;
    expect(await stage.apply(stage.eve, stage.eve.activity('Announce', { ...real, id: never }, { to: [PUBLIC] }))).toBe('ignored: object_not_found');
    expect(await stage.status(never)).toBeUndefined();
  });

  test('S004 behind an author address that redirects to somebody else is nobody’s', async () => {
    stage.evil.answers.set('/users/mask', { kind: 'redirect', to: stage.vic.id });
    const note = stage.eve.note('in the name of vic', { attributedTo: `${stage.evil.baseUrl}/users/mask` });
    expect(await stage.apply(stage.eve, stage.eve.activity('Announce', note.id, { to: [PUBLIC] }))).toBe('ignored: object_spoofed');
    expect((await search(note.id)).statuses).toEqual([]);
    expect(await stage.status(note.id)).toBeUndefined();
  });

  test('S004 fetched from an address that redirects to another host is not what the address names', async () => {
    stage.victim.answers.set('/go', { kind: 'redirect', to: `${stage.evil.baseUrl}/fake` });
    stage.evil.documents.set(`${stage.evil.baseUrl}/fake`, { ...stage.eve.note('x'), id: `${stage.victim.baseUrl}/go`, attributedTo: stage.vic.id });
    expect((await search(`${stage.victim.baseUrl}/go`)).statuses).toEqual([]);
    expect(await stage.status(`${stage.victim.baseUrl}/go`)).toBeUndefined();
  });
});

describe('an actor', () => {
  test('S004 who signed with a key of their own and then redirects to somebody else acts for nobody', async () => {
    const mask = stage.evil.addPerson('actingmask');
    // The key is known; from now on the actor's address leads to vic.
    expect(await stage.send(mask, mask.activity('Like', `${stage.evil.baseUrl}/nothing`))).toBe(202);
    stage.evil.answers.set('/users/actingmask', { kind: 'redirect', to: stage.vic.id });
    const follow = mask.activity('Follow', stage.bob.account.uri);
    expect(await stage.apply(mask, follow)).toBe('ignored: actor_spoofed');
    const note = mask.note(`<a href="${stage.bob.account.uri}">@bob</a>`, { cc: [stage.bob.account.uri] });
    expect(await stage.apply(mask, mask.create(note))).toBe('ignored: actor_spoofed');
    const vic = await stage.account(stage.vic.id);
    expect(await stage.count('social.follows', 'account_id = $1', [vic?.id])).toBe(0);
    expect(await stage.count('social.statuses', 'uri = $1', [note.id])).toBe(0);
  });

  test('S001 a document that says it is another’s changes nothing, and the key in it opens no door', async () => {
    const fake = `${stage.evil.baseUrl}/fake-vic`;
    stage.evil.documents.set(fake, { ...stage.eve.actor(), id: stage.vic.id, name: 'owned', publicKey: { ...(stage.eve.actor()['publicKey'] as object), id: `${fake}#main-key`, owner: stage.vic.id } });
    const asVic = stage.vic.activity('Follow', stage.bob.account.uri);
    const asked = stage.victim.gets.length;
    const answer = await stage.evil.sendActivity(stage.inbox, asVic, { as: stage.eve, keyId: `${fake}#main-key` });
    expect(answer.status).toBe(401);
    expect((await search(fake)).accounts).toEqual([]);
    expect(stage.victim.gets.length - asked).toBeLessThanOrEqual(1);
    expect(await untouched()).toMatchObject(bare);
    expect(await stage.isStored(asVic.id)).toBe(false);
  });

  test('S013 others’ Follow is refused alike at the shared and at the personal inbox', async () => {
    const follow = stage.vic.activity('Follow', stage.bob.account.uri);
    for (const inbox of [stage.inbox, `${stage.inbox}/${stage.bob.account.id}`]) {
      expect((await stage.evil.sendActivity(inbox, follow, { as: stage.eve })).status).toBe(401);
    }
    expect(await stage.isStored(follow.id)).toBe(false);
    expect(await stage.count('social.follows', 'target_account_id = $1', [stage.bob.account.id])).toBe(0);
  });

  test('S039 S040 a keyId that only looks like another host’s opens no door', async () => {
    const [, port = ''] = stage.victim.host.split(':');
    const follow = stage.vic.activity('Follow', stage.bob.account.uri);
    const lookalikes = [
      `http://${stage.victim.host}@${stage.evil.host}/users/eve#main-key`,
      `http://localhost.:${port}/users/vic#main-key`,
      `http://LOCALHOST.:${port}/users/vic#main-key`,
      `http://localhost:${port}\\@${stage.evil.host}/users/eve#main-key`,
      `acct:${stage.vic.handle}`,
    ];
    for (const keyId of lookalikes) expect((await stage.evil.sendActivity(stage.inbox, follow, { as: stage.eve, keyId })).status).toBe(401);
    expect(await stage.isStored(follow.id)).toBe(false);
  });

  test('S021 who lists a neighbour’s key as their own does not replace it', async () => {
    const nancy = stage.evil.addPerson('nancy');
    await stage.meet(nancy);
    expect(await stage.apply(nancy, nancy.activity('Follow', stage.bob.account.uri))).toBe('applied');
    const { publicKeyPem } = stage.eve.actor()['publicKey'] as { publicKeyPem: string };
    const keys = [
      { id: stage.eve.keyId, owner: stage.eve.id, publicKeyPem },
      { id: nancy.keyId, owner: stage.eve.id, publicKeyPem },
    ];
    expect(await stage.apply(stage.eve, stage.eve.activity('Update', stage.eve.actor({ publicKey: keys })))).toBe('applied');
    const stored = await stage.server.backbone.remoteKeys.get([nancy.keyId]);
    expect(stored.get(nancy.keyId)?.ownerUri).toBe(nancy.id);
    const stolen = nancy.activity('Undo', nancy.activity('Follow', stage.bob.account.uri));
    expect((await stage.evil.sendActivity(stage.inbox, stolen, { as: nancy, privateKey: stage.eve.privateKey })).status).toBe(401);
  });

  test('S009 collections and pages on other hosts or of other schemes are dropped', async () => {
    const odd = stage.evil.addPerson('odd');
    const lies = { outbox: `${stage.vic.id}/outbox`, followers: stage.vic.followers, featured: 'file:///etc/passwd', endpoints: { sharedInbox: `${stage.victim.baseUrl}/inbox` } };
    stage.evil.documents.set(odd.id, odd.actor({ ...lies, url: 'javascript:alert(1)', icon: { type: 'Image', url: 'data:text/html,x' } }));
    const account = await stage.meet(odd);
    expect(account).toMatchObject({ outboxUrl: null, followersUrl: null, featuredUrl: null, sharedInboxUrl: null, url: odd.id, avatarUrl: null });
    const abroad = stage.evil.addPerson('abroad');
    stage.evil.documents.set(abroad.id, abroad.actor({ inbox: stage.vic.inbox }));
    expect((await search(abroad.id)).accounts).toEqual([]);
    expect(await stage.account(abroad.id)).toBeUndefined();
  });
});

describe('a handle', () => {
  const jrd = (subject: string, self: string): JsonObject => ({ subject, links: [{ rel: 'self', type: 'application/activity+json', href: self }] });
  const place = (host: typeof stage.evil, acct: string, answer: JsonObject): void => {
    host.documents.set(`${host.baseUrl}/.well-known/webfinger?resource=${encodeURIComponent(`acct:${acct}`)}`, answer);
    // WebFinger is no ActivityPub document.
    host.answers.set('/.well-known/webfinger', { kind: 'forged', forge: (body) => body, contentType: 'application/jrd+json' });
  };

  test('S010 of another host, claimed by an actor: only that host can give it', async () => {
    const liar = stage.evil.addPerson('liar');
    stage.evil.documents.set(liar.id, liar.actor({ preferredUsername: 'vic', webfinger: stage.vic.handle }));
    expect((await search(liar.id)).accounts).toEqual([]);
    expect(await stage.account(liar.id)).toBeUndefined();
    expect(await untouched()).toMatchObject(bare);
  });

  test('S010 whose own WebFinger names another host’s handle, which does not agree', async () => {
    const twin = stage.evil.addPerson('twin');
    place(stage.evil, twin.handle, jrd(`acct:${stage.vic.handle}`, twin.id));
    expect((await search(twin.id)).accounts).toEqual([]);
    expect(await stage.account(twin.id)).toBeUndefined();
  });

  test('S010 that leads to somebody of another host gives that actor no second name', async () => {
    place(stage.evil, `famous@${stage.evil.host}`, jrd(`acct:famous@${stage.evil.host}`, stage.vic.id));
    const found = await search(`@famous@${stage.evil.host}`);
    expect(found.accounts.map(({ acct }) => acct)).not.toContain(`famous@${stage.evil.host}`);
    expect(await untouched()).toMatchObject(bare);
  });

  test('S012 S223 of ours, or one that only begins like ours, is nobody’s from outside', async () => {
    const local = stage.evil.addPerson('local');
    stage.evil.documents.set(local.id, local.actor({ preferredUsername: 'alice', webfinger: stage.alice.handle }));
    expect((await search(local.id)).accounts).toEqual([]);
    expect(await stage.account(local.id)).toBeUndefined();
    expect(await stage.count('social.accounts', "lower(username) = 'alice'")).toBe(1);
  });
});
