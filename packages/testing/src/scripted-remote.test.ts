import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { ScriptedRemote } from './scripted-remote.js';
import type { Tamper } from './scripted-remote/send.js';

// Two of them talk to each other: what one breaks, the other must notice.
let alpha: ScriptedRemote;
let beta: ScriptedRemote;
const follow = () => alpha.person.activity('Follow', beta.person.id);

beforeAll(async () => {
  [alpha, beta] = await Promise.all([ScriptedRemote.start({ name: 'ann' }), ScriptedRemote.start({ name: 'bea' })]);
});
beforeEach(async () => {
  await beta.behave('honest');
  beta.posts.length = 0;
});
afterAll(async () => {
  await Promise.all([alpha.stop(), beta.stop()]);
});

describe('the documents', () => {
  test('WebFinger leads to the actor, whose key is there', async () => {
    const found = await alpha.fetchDocument(`${beta.baseUrl}/.well-known/webfinger?resource=acct:${beta.person.handle}`, 'application/jrd+json');
    expect(JSON.parse(found.body)).toMatchObject({ links: [{ rel: 'self', href: beta.person.id }] });
    const actor = await alpha.fetchDocument(beta.person.id);
    expect(JSON.parse(actor.body)).toMatchObject({ id: beta.person.id, publicKey: { id: beta.person.keyId } });
  });

  test('a note is there once it is written, and nothing else is', async () => {
    const note = beta.person.note('hello');
    expect(JSON.parse((await alpha.fetchDocument(note.id)).body)).toEqual(note);
    expect((await alpha.fetchDocument(`${note.id}0`)).status).toBe(404);
  });
});

describe('the inbox', () => {
  test('a right signature is valid and counted by its activity id', async () => {
    const activity = follow();
    expect((await alpha.sendActivity(beta.person.inbox, activity)).status).toBe(202);
    await alpha.sendActivity(`${beta.baseUrl}/inbox`, activity);
    expect(beta.posts.map(({ signature, keyId, type }) => [signature, keyId, type])).toEqual([
      ['valid', alpha.person.keyId, 'Follow'],
      ['valid', alpha.person.keyId, 'Follow'],
    ]);
    expect(beta.received).toEqual(new Map([[activity.id, { id: activity.id, type: 'Follow', count: 2 }]]));
    expect(beta.accepted('Follow')).toHaveLength(1);
  });

  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  test.each<[string, string, Tamper]>([
    ['missing_signature', 'no Signature', { unsigned: true }],
    ['digest_mismatch', 'the digest of another body', { digest: 'wrong' }],
    ['digest_mismatch', 'a body changed on the way', { body: (body) => body.replace('Follow', 'Unfollow') }],
    ['missing_header', 'no digest', { digest: 'missing' }],
    ['missing_header', 'Date alone', { covered: ['date'] }],
    ['clock_skew', 'an old date', { dateOffsetMs: -13 * 3_600_000 }],
    ['clock_skew', 'a date to come', { dateOffsetMs: 2 * 3_600_000 }],
    ['bad_signature', 'the key of somebody else', { privateKey: stranger }],
    ['unsupported_algorithm', 'a shared secret', { algorithm: 'hmac-sha256' }],
    ['wrong_host', 'another Host', { headers: { Host: 'other.example' } }],
    ['duplicate_header', 'Date twice', { headers: { Date: [new Date().toUTCString(), new Date().toUTCString()] } }],
    ['bad_key_id', 'a key without a URL', { keyId: 'acct:ann@a.example' }],
  ])('%s: %s', async (code, _, tamper) => {
    expect((await alpha.sendActivity(beta.person.inbox, follow(), tamper)).status).toBe(401);
    expect(beta.posts.map(({ signature }) => signature)).toEqual([code]);
    expect(beta.accepted()).toEqual([]);
  });

  test('no algorithm and hs2019 are the same signature', async () => {
    for (const algorithm of [null, 'hs2019']) await alpha.sendActivity(beta.person.inbox, follow(), { algorithm });
    expect(beta.accepted()).toHaveLength(2);
  });

  test('somebody else of the same server is not the actor', async () => {
    const other = alpha.addPerson('abe');
    await alpha.sendActivity(beta.person.inbox, follow(), { as: other });
    expect(beta.posts[0]?.signature).toBe('actor_mismatch');
  });

  test('a key that cannot be fetched now is no fault of the signature: 503', async () => {
    const gone = await ScriptedRemote.start({ name: 'gil' });
    await gone.stop();
    expect((await alpha.sendActivity(beta.person.inbox, follow(), { as: gone.person })).status).toBe(503);
    expect(beta.posts[0]?.signature).toBe('key_unreachable');
  });

  test('the script comes first, then the behaviour', async () => {
    beta.answerNextPosts({ kind: 'status', status: 503, headers: { 'Retry-After': '1' } }, { kind: 'reset' });
    expect((await alpha.sendActivity(beta.person.inbox, follow())).headers['retry-after']).toBe('1');
    await expect(alpha.sendActivity(beta.person.inbox, follow())).rejects.toThrow();
    expect((await alpha.sendActivity(beta.person.inbox, follow())).status).toBe(202);
    expect(beta.posts.map(({ status }) => status)).toEqual([503, null, 202]);
    expect(beta.accepted()).toHaveLength(1);
  });
});

describe('behaviours', () => {
  test('a dead one refuses connections and comes back at the same address', async () => {
    await beta.behave('dead');
    await expect(alpha.fetchDocument(beta.person.id)).rejects.toThrow(/ECONNREFUSED/);
    await beta.behave('honest');
    expect((await alpha.fetchDocument(beta.person.id)).status).toBe(200);
  });

  test('a hostile one never ends its document', async () => {
    await beta.behave('hostile');
    await expect(alpha.fetchDocument(beta.person.id)).rejects.toThrow(/longer than/);
  });

  test('documents are forged, dripped and redirected as told', async () => {
    await beta.behave({ documents: { kind: 'forged', forge: (body) => body.replaceAll(beta.host, 'victim.example') } });
    expect(JSON.parse((await alpha.fetchDocument(beta.person.id)).body)).toMatchObject({ id: 'http://victim.example/users/bea' });
    await beta.behave({ documents: { kind: 'drip', everyMs: 0 } });
    expect(JSON.parse((await alpha.fetchDocument(`${beta.baseUrl}/nodeinfo/2.1`)).body)).toMatchObject({ version: '2.1' });
    await beta.behave({ documents: { kind: 'redirect', to: 'http://127.0.0.1:1/' } });
    expect((await alpha.fetchDocument(beta.person.id)).headers['location']).toBe('http://127.0.0.1:1/');
  });
});
