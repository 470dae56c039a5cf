import { randomBytes, randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { until, type JsonObject, type ScriptedPerson } from '../src/index.js';
import { HostileStage } from './hostile-stage.js';

// What Postgres does not take fails the statement of all that is written with it: above all entries of an index above 2,704 bytes.

jest.setTimeout(90_000);

let stage: HostileStage;
beforeAll(async () => {
  stage = await HostileStage.start();
  await stage.follow(stage.alice, stage.eve);
});
afterAll(() => stage.stop());

/** Three bytes each, and nothing that compression finds twice. */
const ideographs = (count: number): string => Array.from({ length: count }, () => String.fromCodePoint(randomInt(0x4e00, 0x9fff))).join('');
/** Of one byte each. */
const letters = (count: number): string => randomBytes(count).toString('base64url').slice(0, count);

/** Somebody of evil's server whose key lies at a plain address. */
function stranger(name: string, more: (person: ScriptedPerson) => JsonObject = () => ({})): { readonly person: ScriptedPerson; readonly keyId: string } {
  const person = stage.evil.addPerson(name);
  const keyId = `${stage.evil.baseUrl}/keys/${letters(12)}`;
  const { publicKeyPem } = person.actor()['publicKey'] as { publicKeyPem: string };
  const publicKey = { id: keyId, owner: person.id, publicKeyPem };
  stage.evil.documents.set(keyId, publicKey);
  stage.evil.documents.set(new URL(person.id).href, person.actor({ publicKey, ...more(person) }));
  return { person, keyId };
}

test('S093 an address of many bytes fails nobody else’s request', async () => {
  const liked = await stage.alice.api.post<{ uri: string }>('/api/v1/statuses', { status: 'hello' });
  const far = `${stage.victim.baseUrl}/users/${ideographs(1_900)}`;
  // Nobody asks for this actor before it is stored: it was passed on, with what looks like a proof.
  const forged = (at: number): JsonObject => ({ id: `${far}/${at}`, type: 'Undo', actor: far, object: { id: `${far}/likes/${at}`, type: 'Like' }, proof: { cryptosuite: 'eddsa-jcs-2022' } });
  const honest = Array.from({ length: 20 }, () => stage.vic.activity('Like', liked.uri));
  const [first, ...others] = honest;
  // Both keys are known then: what follows is stored by the same statements.
  expect(await stage.send(stage.vic, first as JsonObject)).toBe(202);
  const statuses = await Promise.all(others.flatMap((like, at) => [stage.send(stage.vic, like), stage.send(stage.eve, forged(at)).then((status) => (status >= 500 ? status : 202))]));
  expect(statuses.filter((status) => status !== 202)).toEqual([]);
});

test('S093 nor does an inbox whose failure cannot be written down hold up what goes to others', async () => {
  await stage.mustApply(stage.vic, stage.vic.activity('Follow', stage.alice.account.uri));
  const { person, keyId } = stranger(`inbox${letters(6)}`, ({ id }) => ({ inbox: `${id}/${ideographs(1_900)}`, endpoints: {} }));
  const follow = person.activity('Follow', stage.alice.account.uri);
  await stage.evil.sendActivity(stage.inbox, follow, { as: person, keyId });
  const followed = await stage.endOf(follow.id);
  await stage.evil.behave({ inbox: { kind: 'status', status: 503 } });
  const { uri } = await stage.alice.api.post<{ uri: string }>('/api/v1/statuses', { status: 'to my followers', visibility: 'private' });
  await stage.victim.untilPost('the post', ({ body }) => body.includes(uri));
  await until('the delivery to be written down', async () => (await stage.count('federation.delivery_chunks', `state = 'pending'`)) === 0);
  await stage.evil.behave('honest');
  expect(followed).toBe('ignored: actor_invalid');
});

test('S084 S093 long addresses, names and tags are stored, or left out, at the first try', async () => {
  const long = `${stage.evil.baseUrl}/${ideographs(1_900)}`;
  // Ligatures that are written out when tags are compared.
  const tag = Array.from({ length: 200 }, () => String.fromCodePoint(randomInt(0x3300, 0x3357))).join('');
  const notes = [{ inReplyTo: long }, { context: long }, { quote: long, quoteAuthorization: long }, { tag: [{ type: 'Hashtag', name: `#${tag}` }] }].map((more) => stage.eve.note('long', more));
  for (const note of notes) expect(await stage.apply(stage.eve, stage.eve.create(note))).toBe('applied');
  expect(await stage.apply(stage.eve, stage.eve.activity('Update', stage.eve.actor({ name: ideographs(2_040) })))).toBe('applied');
  expect((await stage.account(stage.eve.id))?.displayName).toMatch(/^\p{Script=Han}{500,}$/u);
});

// Postgres knows no year 0.
test('S093 a poll that ended before there were years', async () => {
  const option = (name: string) => ({ type: 'Note', name, replies: { type: 'Collection', totalItems: 1 } });
  const poll = stage.eve.note('when?', { type: 'Question', oneOf: [option('then'), option('now')], endTime: '0000-01-01T00:00:00Z' });
  expect(await stage.apply(stage.eve, stage.eve.create(poll))).toBe('applied');
  expect(await stage.apply(stage.eve, stage.eve.activity('Update', { ...poll, endTime: '0001-01-01T00:00:00+14:00', updated: new Date().toISOString() }))).toBe('applied');
});

test('S093 the end of a post at a long address, by somebody at another', async () => {
  const { person, keyId } = stranger(letters(1_300), () => ({ preferredUsername: 'lo' }));
  const links = [{ rel: 'self', type: 'application/activity+json', href: person.id }];
  const acct = `acct:lo@${stage.evil.host}`;
  stage.evil.documents.set(`${stage.evil.baseUrl}/.well-known/webfinger?resource=${encodeURIComponent(acct)}`, { subject: acct, links });
  const send = async (activity: JsonObject) => {
    await stage.evil.sendActivity(stage.inbox, activity, { as: person, keyId });
    return stage.endOf(activity['id']);
  };
  const note = { ...person.note('soon gone', { cc: [stage.alice.account.uri], tag: [{ type: 'Mention', href: stage.alice.account.uri }] }), id: `${person.id}/${letters(600)}` };
  expect(await send(person.create(note))).toBe('applied');
  expect(await send(person.activity('Delete', note.id))).toBe('applied');
  expect((await stage.status(note.id))?.deletedAt).not.toBeNull();
});
