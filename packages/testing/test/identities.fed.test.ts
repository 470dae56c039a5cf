import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { JsonObject, ScriptedPerson, ScriptedRemote } from '../src/index.js';
import { HostileStage } from './hostile-stage.js';

jest.setTimeout(120_000);

let stage: HostileStage;
beforeAll(async () => {
  stage = await HostileStage.start();
});
afterAll(() => stage.stop());

/** From now on the server's WebFinger says that the name is this actor's. */
function name(remote: ScriptedRemote, username: string, actorUri: string, subject = `${username}@${remote.host}`): void {
  const resource = encodeURIComponent(`acct:${username}@${remote.host}`);
  const links = [{ rel: 'self', type: 'application/activity+json', href: actorUri }];
  remote.documents.set(`${remote.baseUrl}/.well-known/webfinger?resource=${resource}`, { subject: `acct:${subject}`, links });
}
const rewrite = (person: ScriptedPerson, extra: JsonObject): JsonObject => {
  const actor = person.actor(extra);
  stage.remoteOf(person).documents.set(person.id, actor);
  return actor;
};
const search = async (text: string): Promise<string[]> =>
  (await stage.alice.api.get<{ accounts: { acct: string }[] }>(`/api/v2/search?resolve=true&type=accounts&q=${encodeURIComponent(text)}`)).accounts.map(({ acct }) => acct);
const stale = (uri: string) => stage.server.backbone.db.query(`UPDATE social.accounts SET fetched_at = now() - interval '2 days' WHERE uri = $1`, [uri]);
const follows = (uri: string): Promise<number> => stage.count('social.follows f JOIN social.accounts a ON a.id = f.target_account_id', 'a.uri = $1', [uri]);

describe('a name that changes', () => {
  test('is changed in place, with follows and posts, when WebFinger agrees', async () => {
    const person = stage.evil.addPerson('before');
    await stage.follow(stage.alice, person);
    const known = await stage.account(person.id);
    name(stage.evil, 'after', person.id);
    await stage.mustApply(person, person.activity('Update', rewrite(person, { preferredUsername: 'after' })));
    expect(await stage.account(person.id)).toMatchObject({ id: known?.id, username: 'after', domain: stage.evil.host });
    expect(await follows(person.id)).toBe(1);
    expect(await search(`@after@${stage.evil.host}`)).toEqual([`after@${stage.evil.host}`]);
  });

  test('S010 S021 to that of a neighbour, or of nobody, is not: WebFinger says whose it is', async () => {
    const [thief, owner] = [stage.evil.addPerson('thief'), stage.evil.addPerson('owner')];
    for (const person of [thief, owner]) await stage.meet(person);
    for (const wanted of ['owner', 'nobody-has-this']) {
      await stage.apply(thief, thief.activity('Update', thief.actor({ preferredUsername: wanted })));
      expect(await stage.account(thief.id)).toMatchObject({ username: 'thief' });
    }
    expect(await stage.account(owner.id)).toMatchObject({ username: 'owner' });
  });
});

describe('a name that the actor states (FEP-2c59)', () => {
  test('is preferred to its user name', async () => {
    const person = stage.evil.addPerson('p-4711');
    name(stage.evil, 'nicer', person.id);
    rewrite(person, { webfinger: `nicer@${stage.evil.host}` });
    expect(await search(person.id)).toEqual([`nicer@${stage.evil.host}`]);
    expect(await stage.count('social.accounts', 'uri = $1', [person.id])).toBe(1);
  });

  test('S010 of another host that knows nothing of it counts for nothing: the actor keeps the name of its own', async () => {
    const person = stage.evil.addPerson('boaster');
    rewrite(person, { webfinger: stage.vic.handle });
    expect(await search(person.id)).toEqual([person.handle]);
    await stage.meet(stage.vic);
    expect(await stage.account(stage.vic.id)).toMatchObject({ username: stage.vic.name, domain: stage.victim.host });
  });

  test('of another domain of the same people is taken when both confirm it', async () => {
    const person = stage.evil.addPerson('split');
    const local = `split@${stage.victim.host}`;
    rewrite(person, { webfinger: local });
    name(stage.victim, 'split', person.id);
    name(stage.evil, 'split', person.id, local);
    expect(await search(person.handle)).toEqual([local]);
    expect(await search(`@${local}`)).toEqual([local]);
    expect(await stage.count('social.accounts', "username = 'split'")).toBe(1);
  });
});

describe('an id that changes', () => {
  /** The same name, on a server set up anew. */
  async function reborn(username: string): Promise<{ before: ScriptedPerson; after: ScriptedPerson }> {
    const [before, after] = [stage.victim.addPerson(username), stage.victim.addPerson(`${username}-anew`)];
    await stage.follow(stage.alice, before);
    await stage.bob.api.post(`/api/v1/accounts/${(await stage.account(before.id))?.id}/block`);
    rewrite(after, { preferredUsername: username });
    return { before, after };
  }

  test('keeps follows, blocks and posts when WebFinger gives it the name, and is followed anew', async () => {
    const { before, after } = await reborn('phoenix');
    const known = await stage.account(before.id);
    const note = before.note('from before');
    await stage.mustApply(before, before.create(note));
    name(stage.victim, 'phoenix', after.id);
    stage.victim.answers.set(new URL(before.id).pathname, { kind: 'status', status: 404 });
    await stale(before.id);
    expect(await search(before.handle)).toEqual([before.handle]);
    expect(await stage.account(after.id)).toMatchObject({ id: known?.id, username: 'phoenix' });
    expect(await stage.account(before.id)).toBeUndefined();
    expect((await stage.status(note.id))?.accountId).toBe(known?.id);
    const follow = await stage.victim.untilPost('a new Follow', ({ type, activity }) => type === 'Follow' && activity?.['object'] === after.id);
    expect(follow.activity?.['actor']).toBe(stage.alice.account.uri);
    expect(await follows(after.id)).toBe(1);
    expect(await stage.count('social.blocks', 'target_account_id = $1', [known?.id])).toBe(1);
    // Whoever still has the former id is nobody who has that name.
    expect(await stage.apply(before, before.create(before.note('still here?')))).toMatch(/^ignored/);
    await stage.mustApply(after, after.create(after.note('from now on')));
  });

  test.each([
    ['still stands', { kind: 'honest' }],
    ['is gone for good', { kind: 'status', status: 410 }],
  ] as const)('S010 S021 a name given to somebody else makes them nobody else: the former id %s', async (how, answer) => {
    const { before, after } = await reborn(how.replaceAll(' ', '-'));
    const known = await stage.account(before.id);
    const secret = before.note('for followers', { to: [before.followers], cc: [] });
    await stage.mustApply(before, before.create(secret));
    // Its owner left the name, as renaming and deleting do elsewhere, and the server gave it away.
    name(stage.victim, before.name, after.id);
    stage.victim.answers.set(new URL(before.id).pathname, answer);
    expect(await search(after.id)).toEqual([before.handle]);
    expect((await stage.account(after.id))?.id).not.toBe(known?.id);
    expect([await follows(before.id), await follows(after.id)]).toEqual([1, 0]);
    expect(await stage.account(before.id)).toMatchObject({ id: known?.id, username: `${before.name}.${known?.id}` });
    expect((await stage.status(secret.id))?.accountId).toBe(known?.id);
    expect(await stage.count('social.blocks', 'target_account_id = $1', [known?.id])).toBe(1);
  });

  test('S010 by somebody else’s word, on the same host or another, takes nothing over', async () => {
    const { before, after } = await reborn('settled');
    const known = await stage.account(before.id);
    const far = stage.evil.addPerson('settled');
    rewrite(far, { webfinger: before.handle });
    for (const impostor of [after, far]) {
      await search(impostor.id);
      await stage.apply(impostor, impostor.activity('Update', impostor.actor({ preferredUsername: 'settled', webfinger: before.handle })));
    }
    await stale(before.id);
    expect(await search(before.handle)).toContain(before.handle);
    expect(await stage.account(before.id)).toMatchObject({ id: known?.id, username: 'settled', domain: stage.victim.host });
    expect(await follows(before.id)).toBe(1);
  });
});
