import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { ScriptedRemote, type JsonObject, type ScriptedPerson } from '../src/index.js';
import { HostileStage } from './hostile-stage.js';

jest.setTimeout(120_000);

let stage: HostileStage;
/** Holds names alone: documents are elsewhere. */
let names: ScriptedRemote;
beforeAll(async () => {
  names = await ScriptedRemote.start({ name: 'nobody' });
  stage = await HostileStage.start({ peers: [names.host] });
});
afterAll(() => Promise.all([stage.stop(), names.stop()]));

const jrd = (subject: string, actorUri: string): JsonObject => ({ subject: `acct:${subject}`, links: [{ rel: 'self', type: 'application/activity+json', href: actorUri }] });
/** From now on the server's WebFinger says that the handle is this actor's. */
const tell = (remote: ScriptedRemote, handle: string, actorUri: string, subject = handle): void =>
  void remote.documents.set(`${remote.baseUrl}/.well-known/webfinger?resource=${encodeURIComponent(`acct:${handle}`)}`, jrd(subject, actorUri));
const rewrite = (person: ScriptedPerson, extra: JsonObject): JsonObject => {
  const actor = person.actor(extra);
  stage.remoteOf(person).documents.set(person.id, actor);
  return actor;
};
const search = async (text: string): Promise<string[]> =>
  (await stage.alice.api.get<{ accounts: { acct: string }[] }>(`/api/v2/search?resolve=true&type=accounts&q=${encodeURIComponent(text)}`)).accounts.map(({ acct }) => acct);

test('a server whose names are on another domain is found by host-meta where that alone leads on, with one redirect', async () => {
  const web = stage.victim;
  const person = web.addPerson('split');
  const handle = `split@${names.host}`;
  // The domain of the names has a web server of its own: no WebFinger, host-meta sent on.
  names.answers.set('/.well-known/webfinger', { kind: 'status', status: 404 });
  names.answers.set('/.well-known/host-meta', { kind: 'redirect', to: `${web.baseUrl}/.well-known/host-meta` });
  const xrd = `<?xml version="1.0"?><XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0"><Link rel="lrdd" template="${web.baseUrl}/.well-known/webfinger?resource={uri}"/></XRD>`;
  web.answers.set('/.well-known/host-meta', { kind: 'status', status: 200, headers: { 'Content-Type': 'application/xrd+xml' }, body: xrd });
  tell(web, handle, person.id);
  tell(web, person.handle, person.id, handle);

  expect(await search(`@${handle}`)).toEqual([handle]);
  // Whichever of its names is asked for, it is one account.
  expect(await search(person.handle)).toEqual([handle]);
  expect(await search(person.id)).toEqual([handle]);
  await stage.follow(stage.alice, person);
  const note = person.note('from both domains');
  await stage.mustApply(person, person.create(note));
  expect((await stage.status(note.id))?.accountId).toBe((await stage.account(person.id))?.id);
  expect(await stage.count('social.accounts', "username = 'split'")).toBe(1);
});

test('two people of a server change names with each other', async () => {
  const [ada, bea] = [stage.evil.addPerson('ada'), stage.evil.addPerson('bea')];
  for (const person of [ada, bea]) await stage.follow(stage.alice, person);
  const [first, second] = [await stage.account(ada.id), await stage.account(bea.id)];
  tell(stage.evil, ada.handle, bea.id);
  tell(stage.evil, bea.handle, ada.id);
  await stage.mustApply(ada, ada.activity('Update', rewrite(ada, { preferredUsername: 'bea' })));
  await stage.mustApply(bea, bea.activity('Update', rewrite(bea, { preferredUsername: 'ada' })));
  expect(await stage.account(ada.id)).toMatchObject({ id: first?.id, username: 'bea' });
  expect(await stage.account(bea.id)).toMatchObject({ id: second?.id, username: 'ada' });
});

test('a name goes to somebody else while its former holder is known: the holder keeps everything but the name', async () => {
  const [holder, heir] = [stage.evil.addPerson('mayor'), stage.evil.addPerson('clerk')];
  await stage.follow(stage.alice, holder);
  await stage.follow(stage.alice, heir);
  const before = await stage.account(holder.id);
  tell(stage.evil, holder.handle, heir.id);
  await stage.mustApply(heir, heir.activity('Update', rewrite(heir, { preferredUsername: 'mayor' })));
  expect(await stage.account(heir.id)).toMatchObject({ username: 'mayor' });
  // Until its own server says how it is called now.
  expect(await stage.account(holder.id)).toMatchObject({ id: before?.id, username: `mayor.${before?.id}` });
  tell(stage.evil, `private@${stage.evil.host}`, holder.id);
  await stage.mustApply(holder, holder.activity('Update', rewrite(holder, { preferredUsername: 'private' })));
  expect(await stage.account(holder.id)).toMatchObject({ id: before?.id, username: 'private' });
});

test('a server set up anew: the account goes on when its new id speaks, with new keys, and WebFinger names it', async () => {
  const [before, after] = [stage.victim.addPerson('wendy'), stage.victim.addPerson('wendy-anew')];
  await stage.follow(stage.alice, before);
  const known = await stage.account(before.id);
  rewrite(after, { preferredUsername: 'wendy' });
  tell(stage.victim, before.handle, after.id);
  stage.victim.answers.set('/users/wendy', { kind: 'status', status: 404 });
  const note = after.note('hello again', { cc: [stage.alice.account.uri], tag: [{ type: 'Mention', href: stage.alice.account.uri, name: '@alice' }] });
  await stage.mustApply(after, after.create(note));
  expect(await stage.account(after.id)).toMatchObject({ id: known?.id, username: 'wendy' });
  expect((await stage.status(note.id))?.accountId).toBe(known?.id);
  expect(await stage.account(before.id)).toBeUndefined();
});

test('the same id with new keys goes on speaking, and its former key does not', async () => {
  const [person, anew] = [stage.victim.addPerson('keys'), stage.victim.addPerson('keys-anew')];
  await stage.follow(stage.alice, person);
  const first = person.note('with the first key');
  await stage.mustApply(person, person.create(first));
  const { publicKey } = anew.actor() as { publicKey: { publicKeyPem: string } };
  rewrite(person, { publicKey: { id: person.keyId, owner: person.id, publicKeyPem: publicKey.publicKeyPem } });
  const second = person.note('with the new key');
  const creation = person.create(second);
  expect((await stage.victim.sendActivity(stage.inbox, creation, { as: person, privateKey: anew.privateKey })).status).toBe(202);
  expect(await stage.endOf(creation.id)).toBe('applied');
  const third = person.note('with the former key');
  expect(await stage.send(person, person.create(third))).toBe(401);
});

test('S010 a chain of names ends after one step, and one that leads back to somebody else proves nothing', async () => {
  const person = stage.evil.addPerson('chain');
  const local = `chain@${names.host}`;
  names.answers.delete('/.well-known/webfinger');
  tell(stage.evil, person.handle, person.id, local);
  tell(names, local, person.id, `other@${stage.victim.host}`);
  expect(await search(person.handle)).toEqual([]);
  // It leads to whom it leads, who is called as they themselves say.
  tell(names, local, stage.vic.id);
  expect(await search(person.handle)).toEqual([stage.vic.handle]);
  expect(await stage.account(person.id)).toBeUndefined();
});
