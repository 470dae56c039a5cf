import { expect, test } from '@jest/globals';
import type { Account } from '@trunkline/domain';
import type { FetchFailure } from '@trunkline/federation-client';
import { fail, ok, snowflake, type AccountId } from '@trunkline/kernel';
import { readForPeople, type ReadForPeoplePorts } from './read-for-people.js';

const [AMY, ANN, BOB, CAT] = ['1', '2', '3', '4'].map(snowflake) as [AccountId, AccountId, AccountId, AccountId];
const uri = 'https://away.example/notes/1';
const reading = { uri, authorId: AMY, named: [], domain: 'away.example', begunAt: new Date(0), attempts: 1 };
const amy = { id: AMY, uri: 'https://away.example/users/amy', domain: 'away.example', deletedAt: null, suspendedAt: null } as unknown as Account;

/** `says`: what its server says to each reader; without a word: 200. */
function world({ author = amy as Account | null, readers = [ANN, BOB, CAT], says = {} as Record<AccountId, FetchFailure>, tired = [] as AccountId[], full = false } = {}) {
  const asked: AccountId[] = [];
  const ports: ReadForPeoplePorts = {
    accountsByIds: async () => (author === null ? [] : [author]),
    readersOf: async () => readers,
    mayReadAt: async () => !full,
    mayReadAs: async (id) => !tired.includes(id),
    fetchAs: async (id) => {
      asked.push(id);
      const failure = says[id];
      return failure === undefined ? ok({ id: uri, object: { id: uri } }) : fail(failure);
    },
  };
  return { asked, answer: () => readForPeople(ports, reading) };
}
const hidden: FetchFailure = { code: 'not_found', status: 404 };

test('the first reader is asked for, and the second when it is not for the first; no third', async () => {
  const first = world();
  expect(await first.answer()).toEqual({ state: 'read', document: JSON.stringify({ id: uri }) });
  expect(first.asked).toEqual([ANN]);
  const second = world({ says: { [ANN]: { code: 'http_4xx', status: 401 } } });
  expect(await second.answer()).toMatchObject({ state: 'read' });
  expect(second.asked).toEqual([ANN, BOB]);
  const none = world({ says: { [ANN]: hidden, [BOB]: hidden } });
  expect(await none.answer()).toEqual({ state: 'refused', reason: 'not_found' });
  expect(none.asked).toEqual([ANN, BOB]);
});

// The service that asks faces the internet: what it says is not believed.
test.each<[string, Account | null]>([
  ['nobody', null],
  ['somebody of another host', { ...amy, uri: 'https://other.example/users/amy' }],
  ['somebody of the same domain on another host', { ...amy, uri: 'https://www.away.example/users/amy' }],
  ['somebody here', { ...amy, domain: null }],
  ['somebody who is gone', { ...amy, deletedAt: new Date() }],
  ['somebody suspended', { ...amy, suspendedAt: new Date() }],
])('nothing is read for an address of %s', async (_, author) => {
  const { asked, answer } = world({ author });
  expect(await answer()).toEqual({ state: 'refused', reason: 'not_its_author' });
  expect(asked).toEqual([]);
});

test('nobody is asked for more often than they may be, nor one host', async () => {
  const tired = world({ tired: [ANN] });
  expect(await tired.answer()).toMatchObject({ state: 'read' });
  expect(tired.asked).toEqual([BOB]);
  for (const limits of [{ tired: [ANN, BOB, CAT] }, { full: true }]) {
    const { asked, answer } = world(limits);
    expect(await answer()).toEqual({ state: 'away', reason: 'busy' });
    expect(asked).toEqual([]);
  }
  expect(await world({ readers: [] }).answer()).toEqual({ state: 'refused', reason: 'no_reader' });
});

test.each<[FetchFailure, string]>([
  [{ code: 'timeout' }, 'away'],
  [{ code: 'http_4xx', status: 429 }, 'away'],
  [{ code: 'gone', status: 410 }, 'refused'],
  [{ code: 'redirects' }, 'refused'],
  [{ code: 'blocked_address' }, 'refused'],
  [{ code: 'too_large' }, 'refused'],
])('%j says the same to everybody: %s', async (failure, state) => {
  const { asked, answer } = world({ says: { [ANN]: failure } });
  expect(await answer()).toEqual({ state, reason: failure.code });
  expect(asked).toEqual([ANN]);
});
