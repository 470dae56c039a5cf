import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { snowflake, type AccountId } from '@trunkline/kernel';
import type { SigningKeyPair } from '@trunkline/persistence';
import { INSTANCE_SENDER } from './plan.js';
import { ProverBook } from './prover-book.js';

const [ANN, BOB] = [snowflake('1'), snowflake('2')];

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

test('keys that are there are read once and together, whatever number of transactions', async () => {
  const [book, rows] = [new ProverBook('https://a.test'), new Rows(new Map([ANN, BOB].map((id) => [id, newPair()])))];
  const [first, second] = [await book.proversOf(rows, [ANN, BOB]), await book.proversOf(rows, [BOB, ANN])];
  expect(first.get(ANN)?.keyId).toBe('https://a.test/ap/users/1#ed25519-key');
  for (const id of [ANN, BOB]) expect(second.get(id)?.privateKey).toBe(first.get(id)?.privateKey);
  expect(rows.asked).toEqual(['find']);
});

// The transaction that made it may have been rolled back: what others then find is another key.
test('a key that was made is kept by its own transaction alone', async () => {
  const [book, first, second] = [new ProverBook('https://a.test'), new Rows(), new Rows()];
  const one = (await book.proversOf(first, [ANN])).get(ANN);
  expect(first.asked).toEqual(['find', 'create']);
  expect((await book.proversOf(second, [ANN])).get(ANN)?.privateKey).not.toBe(one?.privateKey);
});

test('the server itself has one too; nobody asks for none', async () => {
  const rows = new Rows();
  expect((await new ProverBook('https://a.test').proversOf(rows, [INSTANCE_SENDER])).get(INSTANCE_SENDER)?.keyId).toBe('https://a.test/actor#ed25519-key');
  expect((await new ProverBook('https://a.test').proversOf(new Rows(), [])).size).toBe(0);
});
