import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { parseActivity, proveActivity } from '@trunkline/activitypub';
import { fail, ok } from '@trunkline/kernel';
import { mayBePassedOn, mayBePassedOnAtHome, provenByActor, type ProofPorts } from './proven-by-actor.js';

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 0, 2, 12);
const amy = 'https://away.example/users/amy';
const keyId = `${amy}#ed25519-key`;
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();

let asked: string[];
let ports: ProofPorts;
beforeEach(() => {
  asked = [];
  const key = { keyId, ownerUri: amy, publicKeyPem, endsAt: null, key: createPublicKey(publicKeyPem), isFresh: false };
  ports = {
    clock: { nowMs: () => NOW_MS },
    signerKeys: {
      findFitting: async (id, fits) => {
        asked.push(id);
        if (id !== keyId) return fail({ code: id.includes('away') ? 'unreachable' : 'not_found' });
        return fits(key.key) ? ok(key) : fail({ code: 'does_not_fit' });
      },
    },
  };
});

const like = { '@context': 'https://www.w3.org/ns/activitystreams', id: `${amy}/likes/1`, type: 'Like', actor: amy, object: 'https://b.example/1' };
const proven = (changes: object = {}, by = keyId, madeMs = NOW_MS) => proveActivity({ ...like, ...changes }, { keyId: by, privateKey }, new Date(madeMs));
const verdict = (json: unknown) => provenByActor(ports, JSON.stringify(json), amy);

test('a proof of the actor’s own, made within twelve hours', async () => {
  expect(await verdict(proven())).toBe('proven');
  expect(await verdict(proven({}, keyId, NOW_MS - 12 * HOUR_MS))).toBe('proven');
  expect(await verdict(proven({}, keyId, NOW_MS - 12 * HOUR_MS - 1_000))).toBe('unproven');
  expect(await verdict({ ...proven(), object: 'https://b.example/2' })).toBe('unproven');
  expect(await verdict(proven({}, 'https://evil.example/u#key'))).toBe('unproven');
  expect(await provenByActor(ports, JSON.stringify(proven()), 'https://away.example/users/bob')).toBe('unproven');
});

test('a key whose server is away decides nothing yet', async () => {
  expect(await verdict(proven({}, 'https://away.example/users/new#key'))).toBe('unknown');
});

// A verification is bounded before it begins: in characters, in values, and to one proof of however many there are.
describe('what would take long is not begun', () => {
  test.each([
    ['a long text', proven({ content: 'x'.repeat(65_536) })],
    ['many values', proven({ tag: Array.from({ length: 2_000 }, (_, at) => ({ at })) })],
    ['many proofs before the one that is read', { ...proven(), proof: [...Array.from({ length: 50 }, () => ({ type: 'Other' })), (proven() as { proof?: unknown }).proof] }],
  ])('%s', async (_name, json) => {
    expect(await verdict(json)).toBe('unproven');
    expect(asked).toEqual([]);
  });

  test('of hundreds of proofs one is tried', async () => {
    const { proof } = proven() as { proof?: object };
    const forged = { ...proof, proofValue: `z${'5'.repeat(87)}` };
    expect(await verdict({ ...like, '@context': proven()['@context'], proof: [forged, ...Array.from({ length: 60 }, () => proof)] })).toBe('unproven');
    expect(asked.length).toBeLessThanOrEqual(1);
  });
});

// S036: what can be shown again must change nothing by it.
describe('what a proof carries when somebody else brings it', () => {
  const activity = (type: string, object: unknown) => {
    const read = parseActivity({ ...like, type, object });
    if (!read.ok) throw new Error(read.error.code);
    return read.value;
  };
  const note = `${amy}/notes/1`;
  test('nothing without an id', () => {
    const read = parseActivity({ ...like, id: undefined });
    expect(read.ok && mayBePassedOn(read.value)).toBe(false);
  });

  test.each([
    ['Create', { id: note, type: 'Note' }, true, true],
    ['Update', { id: note, type: 'Note' }, true, false],
    ['Delete', note, true, true],
    ['Announce', note, true, true],
    ['Like', note, true, true],
    ['EmojiReact', note, true, true],
    ['Update', { id: amy, type: 'Person' }, true, false],
    ['Delete', amy, true, false],
    ['Undo', { id: `${amy}/likes/0`, type: 'Like' }, true, false],
    ['Undo', { type: 'Like' }, false, false],
    ['Undo', { id: `${amy}/follows/0`, type: 'Follow' }, false, false],
    ['Undo', `${amy}/follows/0`, false, false],
    ['Follow', 'https://b.example/u', false, false],
    ['Accept', { id: 'https://b.example/f', type: 'Follow' }, false, false],
    ['Block', 'https://b.example/u', false, false],
    ['Add', note, false, false],
    ['Move', amy, false, false],
    ['Flag', 'https://b.example/u', false, false],
  ])('%s of %j: from another server %s, from a neighbour %s', (type, object, isPassedOn, isFromNeighbour) => {
    expect([mayBePassedOn(activity(type, object)), mayBePassedOnAtHome(activity(type, object))]).toEqual([isPassedOn, isFromNeighbour]);
  });
});
