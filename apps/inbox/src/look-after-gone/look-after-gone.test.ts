import { expect, test } from '@jest/globals';
import type { Account } from '@trunkline/domain';
import { fail, ok, type AccountId } from '@trunkline/kernel';
import { lookAfterGone, type GonePorts } from './look-after-gone.js';

const person = (name: string, domain: string | null = 'away.example'): Account =>
  ({ id: name as AccountId, uri: `https://away.example/users/${name}`, domain, deletedAt: null }) as Account;
const inboxOf = ({ uri }: Account): string => `${uri}/inbox`;

/** Inboxes that answered 410, and what stands at the id of whose they are: a document, or why there is none. */
function worldOf(people: readonly [Account, unknown][]) {
  const ended: string[] = [];
  const asked: string[] = [];
  const waiting = people.map(([account]) => inboxOf(account));
  const ports: GonePorts = {
    deliveries: { takeGone: async () => waiting.splice(0) },
    idsByInbox: async (inbox) => people.filter(([account]) => inboxOf(account) === inbox).map(([account]) => account.id),
    accountsByIds: async (ids) => people.map(([account]) => account).filter(({ id }) => ids.includes(id)),
    remote: {
      fetchObject: async (uri) => {
        asked.push(uri);
        const found = people.find(([account]) => account.uri === uri)?.[1];
        return typeof found === 'string' ? fail({ code: found }) : ok({ json: found });
      },
    },
    store: { transaction: (async (work: (tx: unknown) => unknown) => work({ eraseSome: async () => 0, deleteAccounts: async (ids: AccountId[]) => void ended.push(...ids), appendEvents: async () => undefined })) as unknown as GonePorts['store']['transaction'] },
    keys: { deleteByOwner: async () => undefined },
  };
  return { ports, ended, asked };
}

test('who is gone at their own id as well is deleted here', async () => {
  const { ports, ended } = worldOf([[person('gone'), 'gone'], [person('stone'), { id: 'https://away.example/users/stone', type: 'Tombstone' }]]);
  expect(await lookAfterGone(ports)).toBe(2);
  expect(ended).toEqual(['gone', 'stone']);
});

// S046: an inbox, or a proxy before it, may say anything for a while.
test.each([
  ['not_found'],
  ['network'],
  ['http_5xx'],
  [{ id: 'https://away.example/users/amy', type: 'Person' }],
])('S046 nobody ends whose id answers otherwise: %p', async (found) => {
  const { ports, ended, asked } = worldOf([[person('amy'), found]]);
  expect(await lookAfterGone(ports)).toBe(0);
  expect([ended, asked]).toEqual([[], ['https://away.example/users/amy']]);
});

test('people of this server are none of its business', async () => {
  const { ports, asked } = worldOf([[person('ann', null), 'gone']]);
  expect(await lookAfterGone(ports)).toBe(0);
  expect(asked).toEqual([]);
});
