import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { multikeyOfPem, proveActivity } from '@trunkline/activitypub';
import type { JsonObject, ScriptedPerson } from '../src/index.js';
import { HostileStage } from './hostile-stage.js';

// Whoever reads the traffic has requests as they were signed, whose Date is good for twelve hours, and proofs that are as good as long.

jest.setTimeout(90_000);

let stage: HostileStage;
beforeAll(async () => {
  stage = await HostileStage.start();
});
afterAll(() => stage.stop());

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
const follows = (of: ScriptedPerson): Promise<number> => stage.count('social.follows f JOIN social.accounts a ON a.id = f.account_id', 'a.uri = $1 AND f.target_account_id = $2', [of.id, stage.alice.account.id]);
const ofAccount = (table: string, of: ScriptedPerson): Promise<number> => stage.count(`social.${table} t JOIN social.accounts a ON a.id = t.account_id`, 'a.uri = $1', [of.id]);

/** Somebody of evil's server with pins. */
function newPerson(name: string): ScriptedPerson {
  const person = stage.evil.addPerson(name);
  stage.evil.documents.set(person.id, { id: person.id, ...person.actor({ featured: `${person.id}/featured` }) });
  return person;
}

describe.each(['cavage', 'rfc9421'] as const)('S036 the very request once more, signed by %s', (scheme) => {
  let mo: ScriptedPerson;
  beforeAll(() => {
    mo = newPerson(`mo-${scheme}`);
  });

  let sentMs = Date.now() - 3_600_000;
  /** Sends it, and returns what sends the same bytes again. */
  async function capture(activity: JsonObject): Promise<() => Promise<number>> {
    sentMs += 60_000;
    const how = { as: mo, atMs: sentMs, ...(scheme === 'cavage' ? {} : { scheme }) };
    const request = async (): Promise<number> => (await stage.evil.sendActivity(stage.inbox, activity, how)).status;
    await replay(request);
    return request;
  }
  async function replay(...requests: readonly (() => Promise<number>)[]): Promise<void> {
    for (const request of requests) expect(await request()).toBe(202);
    await stage.server.settled();
  }

  test('a Follow does not come back after its Undo, nor its Undo after the next Follow, under one id as Misskey has it', async () => {
    const follow = mo.activity('Follow', stage.alice.account.uri);
    const first = await capture(follow);
    expect(await follows(mo)).toBe(1);
    const undo = await capture(mo.activity('Undo', follow));
    await replay(first);
    expect(await follows(mo)).toBe(0);
    const again = await capture(follow);
    await replay(undo, first);
    expect(await follows(mo)).toBe(1);
    await capture(mo.activity('Undo', follow));
    await replay(first, again);
    expect(await follows(mo)).toBe(0);
  });

  test('a Block without id does not come back after its Undo', async () => {
    const block = mo.activity('Block', stage.alice.account.uri, { id: undefined });
    const first = await capture(block);
    expect(await ofAccount('blocks', mo)).toBe(1);
    await capture(mo.activity('Undo', block));
    await replay(first);
    expect(await ofAccount('blocks', mo)).toBe(0);
  });

  test('an Add without id does not come back after its Remove, nor that after the next Add', async () => {
    await stage.follow(stage.bob, mo);
    const note = mo.note('on top');
    await capture(mo.create(note));
    const pin = (type: string): JsonObject => mo.activity(type, note.id, { id: undefined, target: `${mo.id}/featured` });
    const add = await capture(pin('Add'));
    expect(await ofAccount('pins', mo)).toBe(1);
    const remove = await capture(pin('Remove'));
    await replay(add);
    expect(await ofAccount('pins', mo)).toBe(0);
    const again = await capture(pin('Add'));
    await replay(remove, add);
    expect(await ofAccount('pins', mo)).toBe(1);
    await capture(pin('Remove'));
    await replay(again);
    expect(await ofAccount('pins', mo)).toBe(0);
  });
});

describe('S036 a proof, shown by somebody else', () => {
  const pair = generateKeyPairSync('ed25519');
  let pat: ScriptedPerson;
  let neighbour: ScriptedPerson;
  const prove = <T extends JsonObject>(activity: T): T => proveActivity(activity, { keyId: `${pat.id}#ed25519-key`, privateKey: pair.privateKey }, new Date());
  /** By a server elsewhere, then by a neighbour on the same host. */
  const shownAgain = async (activity: JsonObject): Promise<void> => {
    await stage.send(stage.vic, activity);
    await stage.evil.sendActivity(stage.inbox, activity, { as: neighbour });
    await stage.server.settled();
  };
  beforeAll(() => {
    [pat, neighbour] = [newPerson('pat'), newPerson('nat')];
    const publicKeyMultibase = multikeyOfPem(pair.publicKey.export({ type: 'spki', format: 'pem' }).toString());
    const assertionMethod = [{ id: `${pat.id}#ed25519-key`, type: 'Multikey', controller: pat.id, publicKeyMultibase }];
    stage.evil.documents.set(pat.id, { id: pat.id, ...pat.actor({ assertionMethod }) });
  });

  test('a Follow, and its Undo, count from the actor alone', async () => {
    const [follow, second] = [prove(pat.activity('Follow', stage.alice.account.uri)), prove(pat.activity('Follow', stage.alice.account.uri))];
    await shownAgain(follow);
    expect(await follows(pat)).toBe(0);
    expect(await stage.apply(pat, follow)).toBe('applied');
    const undo = prove(pat.activity('Undo', follow));
    expect(await stage.apply(pat, undo)).toBe('applied');
    await shownAgain(follow);
    expect(await follows(pat)).toBe(0);
    expect(await stage.apply(pat, second)).toBe('applied');
    await shownAgain(undo);
    expect(await follows(pat)).toBe(1);
  });

  test('a Like counts, and does not come back; the Undo of it takes no later one away', async () => {
    const mine = await stage.alice.api.post<{ uri: string }>('/api/v1/statuses', { status: 'like me' });
    const favourites = async (): Promise<unknown> => (await stage.status(mine.uri))?.favouritesCount;
    const [like, later] = [prove(pat.activity('Like', mine.uri)), prove(pat.activity('Like', mine.uri))];
    await stage.send(stage.vic, like);
    await stage.server.settled();
    expect(await favourites()).toBe(1);
    const undo = prove(pat.activity('Undo', like));
    expect(await stage.apply(pat, undo)).toBe('applied');
    await shownAgain(like);
    expect(await favourites()).toBe(0);
    expect(await stage.apply(pat, later)).toBe('applied');
    await shownAgain(undo);
    expect(await favourites()).toBe(1);
  });

  test('an older profile is asked for, not believed', async () => {
    const older = prove(pat.activity('Update', pat.actor({ name: 'as it was' }), { to: [PUBLIC] }));
    await shownAgain(older);
    expect((await stage.account(pat.id))?.displayName).toBe('pat');
  });

  // Software that dates no Update has its older words win whenever they are shown again.
  test('an older edit is asked for; the newest is believed', async () => {
    await stage.follow(stage.bob, pat);
    const note = pat.note('first');
    await stage.mustApply(pat, pat.create(note));
    const edit = (content: string, more: JsonObject = {}) => prove(pat.activity('Update', { ...note, content, ...more }, { to: [PUBLIC] }));
    const [older, newer] = [edit('second'), edit('third')];
    for (const update of [older, newer]) await stage.mustApply(pat, update);
    stage.evil.documents.set(note.id, { ...note, content: 'third' });
    await shownAgain(older);
    expect((await stage.status(note.id))?.content).toBe('third');
    await stage.send(stage.vic, edit('fourth', { updated: new Date(Date.now() + 10).toISOString() }));
    await stage.server.settled();
    expect((await stage.status(note.id))?.content).toBe('fourth');
  });

  test('an end that was taken back ends nobody again; one that stands does', async () => {
    const end = prove(pat.activity('Delete', pat.id, { to: [PUBLIC] }));
    await stage.mustApply(pat, end);
    await stage.mustApply(pat, pat.activity('Undo', pat.activity('Delete', pat.id)));
    await shownAgain(end);
    expect(await stage.endOf(end.id)).toBe('ignored: actor_stands');
    expect((await stage.account(pat.id))?.deletedAt).toBeNull();
    stage.evil.answers.set(new URL(pat.id).pathname, { kind: 'status', status: 410 });
    const last = prove(pat.activity('Delete', pat.id, { to: [PUBLIC] }));
    await stage.send(stage.vic, last);
    await stage.server.settled();
    expect((await stage.account(pat.id))?.deletedAt).not.toBeNull();
  });
});
