import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { snowflake, type AccountId } from '@trunkline/kernel';
import type { SigningKeyPair } from '@trunkline/persistence';
import { INSTANCE_SENDER } from './plan.js';
import { ProverBook } from './prover-book.js';

const ANN = snowflake('1');

function newPair(): SigningKeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return { publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(), privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/** The table as one transaction sees it, with what it is asked. */
class Rows {
  readonly asked: string[] = [];
  constructor(readonly pairs = new Map<AccountId, SigningKeyPair>()) {}
  find = async (ids: readonly AccountId[]) => {
    this.asked.push('find');
    return new Map(ids.flatMap((id) => (this.pairs.has(id) ? [[id, this.pairs.get(id) ?? newPair()] as const] : [])));
  };
  getOrCreate = async (id: AccountId) => {
    this.asked.push('create');
    const pair = this.pairs.get(id) ?? newPair();
    this.pairs.set(id, pair);
    return pair;
  };
}

test('a key that is there is read once, whatever number of transactions', async () => {
  const [book, rows] = [new ProverBook('https://a.test'), new Rows(new Map([[ANN, newPair()]]))];
  const keys = [await book.within(rows)(ANN), await book.within(rows)(ANN)];
  expect(keys.map(({ keyId }) => keyId)).toEqual(Array(2).fill('https://a.test/ap/users/1#ed25519-key'));
  expect(keys[0]?.privateKey).toBe(keys[1]?.privateKey);
  expect(rows.asked).toEqual(['find']);
});

// The transaction that made it may have been rolled back: what others then find is another key.
test('a key that was made is kept by its own transaction alone', async () => {
  const [book, first, second] = [new ProverBook('https://a.test'), new Rows(), new Rows()];
  const proverOf = book.within(first);
  const [one, again] = [await proverOf(ANN), await proverOf(ANN)];
  expect(again.privateKey).toBe(one.privateKey);
  expect(first.asked).toEqual(['find', 'create']);
  expect((await book.within(second)(ANN)).privateKey).not.toBe(one.privateKey);
});

test('the server itself has one too', async () => {
  expect((await new ProverBook('https://a.test').within(new Rows())(INSTANCE_SENDER)).keyId).toBe('https://a.test/actor#ed25519-key');
});
