import { expect, test } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { StatementNames, Transaction, type Client, type Statement } from './transaction.js';

/** Takes note of what is under way at the same time. */
class WatchedClient implements Client {
  readonly begun: string[] = [];
  most = 0;
  private underWay = 0;

  async query(statement: string | Statement): Promise<{ command: string; rows: unknown[] }> {
    const text = typeof statement === 'string' ? statement : statement.text;
    this.begun.push(text);
    this.underWay += 1;
    this.most = Math.max(this.most, this.underWay);
    await nextTurn();
    this.underWay -= 1;
    if (text === 'fails') throw new Error(text);
    return { command: 'SELECT', rows: [text] };
  }

  release(): void {}
  on(): void {}
  off(): void {}
}

const world = (): { client: WatchedClient; tx: Transaction } => {
  const client = new WatchedClient();
  return { client, tx: new Transaction(client, new StatementNames(0)) };
};

test('a connection is asked one thing at a time, in the order of asking, whatever failed before', async () => {
  const { client, tx } = world();
  const answers = await Promise.allSettled(['one', 'fails', 'three'].map((sql) => tx.query(sql)));
  expect(client).toMatchObject({ begun: ['one', 'fails', 'three'], most: 1 });
  expect(answers).toMatchObject([{ value: ['one'] }, { reason: { message: 'fails' } }, { value: ['three'] }]);
});

test('after the end nothing begins, and what is under way is waited for', async () => {
  const { client, tx } = world();
  const answers = Promise.allSettled([tx.query('under way'), tx.query('too late')]);
  await Promise.resolve();
  tx.end();
  await tx.settled();
  expect(client.begun).toEqual(['under way']);
  expect(await answers).toMatchObject([{ value: ['under way'] }, { reason: { message: 'the transaction is over' } }]);
});
