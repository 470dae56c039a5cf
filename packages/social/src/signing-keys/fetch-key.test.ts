import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { fail, ok } from '@trunkline/kernel';
import { fetchKey } from './fetch-key.js';

const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }).toString();
const owner = 'https://away.example/users/amy';
const listed = (id: string, publicKeyPem = pem) => ({ id, owner, publicKeyPem });

/** `documents`: what answers at an address; `at` is where it proved to be, which is its id. */
const serving = (documents: Record<string, { at?: string; json: unknown } | string>) => ({
  fetchObject: async (uri: string) => {
    const found = documents[uri] ?? 'not_found';
    return typeof found === 'string' ? fail({ code: found }) : ok({ uri: found.at ?? uri, json: found.json });
  },
  webfinger: async () => fail({ code: 'not_found' }),
});

test('a whole actor, by the id with its fragment cut off', async () => {
  const remote = serving({ [owner]: { json: { id: owner, type: 'Person', publicKey: listed(`${owner}#main-key`) } } });
  expect(await fetchKey(remote, `${owner}#main-key`)).toEqual(ok({ keyId: `${owner}#main-key`, ownerUri: owner, publicKeyPem: pem, endsAt: null }));
});

test('one of several keys', async () => {
  const keys = [listed(`${owner}#old`), listed(`${owner}#new`)];
  const remote = serving({ [owner]: { json: { id: owner, publicKey: keys } } });
  expect(await fetchKey(remote, `${owner}#new`)).toMatchObject({ ok: true });
});

test('a bare key whose owner lists it', async () => {
  const keyId = `${owner}/main-key`;
  const remote = serving({ [keyId]: { json: listed(keyId) }, [owner]: { json: { id: owner, type: 'Person', publicKey: listed(keyId) } } });
  expect(await fetchKey(remote, keyId)).toMatchObject({ ok: true, value: { ownerUri: owner } });
});

test('the stub actor that GotoSocial answers with', async () => {
  const keyId = `${owner}/main-key`;
  const remote = serving({ [keyId]: { at: owner, json: { id: owner, preferredUsername: 'amy', publicKey: listed(keyId) } } });
  expect(await fetchKey(remote, keyId)).toMatchObject({ ok: true, value: { ownerUri: owner } });
});

const keyId = `${owner}/main-key`;
const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }).toString();
test.each([
  ['an owner who lists no key', { [keyId]: { json: listed(keyId) }, [owner]: { json: { id: owner, type: 'Person' } } }, 'not_listed'],
  ['an owner who lists another key under this id', { [keyId]: { json: listed(keyId) }, [owner]: { json: { id: owner, publicKey: listed(keyId, other) } } }, 'not_listed'],
  ['an owner on another host', { [keyId]: { json: { ...listed(keyId), owner: 'https://victim.example/v' } } }, 'not_listed'],
  ['no such key in the document', { [keyId]: { json: listed(`${owner}/other-key`) } }, 'not_listed'],
  ['a key that is none', { [keyId]: { at: owner, json: { id: owner, publicKey: listed(keyId, 'nonsense') } } }, 'bad_key'],
  ['a host that is away', { [keyId]: 'network' }, 'unreachable'],
  ['an owner’s host that is away', { [keyId]: { json: listed(keyId) }, [owner]: 'timeout' }, 'unreachable'],
  ['410', { [keyId]: 'gone' }, 'gone'],
  ['404', {}, 'not_found'],
  ['a private address', { [keyId]: 'blocked_address' }, 'refused'],
])('%s', async (_, documents: Parameters<typeof serving>[0], code) => {
  expect(await fetchKey(serving(documents), keyId)).toEqual(fail({ code }));
});
