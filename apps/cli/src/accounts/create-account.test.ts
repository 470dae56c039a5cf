import { describe, expect, test } from '@jest/globals';
import type { RegistrationMode, User } from '@trunkline/domain';
import { fail, ok, snowflake } from '@trunkline/kernel';
import type { NewUser } from '@trunkline/persistence';
import type { SocialTransaction } from '@trunkline/social';
import { createAccount, type AccountWish, type CreatePorts } from './create-account.js';

const wish: AccountWish = { username: 'alice', email: 'alice@example.com', password: null, role: 'User', confirmed: true, approve: false };

function ports(registrations: RegistrationMode = 'approved', failure: 'username_taken' | 'email_taken' | null = null) {
  const created: NewUser[] = [];
  const events: unknown[] = [];
  let last = 100;
  const given: CreatePorts = {
    ids: { next: () => snowflake(String((last += 1))) },
    clock: { nowMs: () => 1_000 },
    baseUrl: 'https://home.example',
    locale: 'en',
    registrations,
    newPassword: () => 'made by the server',
    users: {
      create: async (user, within) => {
        if (failure !== null) return fail({ code: failure });
        created.push(user);
        await within({ appendEvent: async (_contract: unknown, payload: unknown) => void events.push(payload) } as unknown as SocialTransaction);
        return ok({ user: { id: user.id } as User, confirmationToken: user.confirmed ? null : 'token' });
      },
    },
  };
  return { given, created, events };
}

describe('an account made by the operator', () => {
  test('a plain person waits where sign-ups need approval, and the moderators hear of it', async () => {
    const { given, created, events } = ports();
    expect(await createAccount(given, wish)).toMatchObject({ madePassword: 'made by the server', confirmationToken: null });
    expect(created).toMatchObject([{ approved: false, confirmed: true, account: { username: 'alice', uri: `https://home.example/ap/users/${created[0]?.account.id}` } }]);
    expect(events).toEqual([{ accountId: created[0]?.account.id, pending: true }]);
  });

  test.each([
    ['approved by the operator', { approve: true }, 'approved'],
    ['on an open server', {}, 'open'],
    ['with a role', { role: 'Owner' }, 'approved'],
  ] as const)('%s they are in at once, and nobody is told', async (_when, change, registrations) => {
    const { given, created, events } = ports(registrations);
    await createAccount(given, { ...wish, ...change });
    expect(created).toMatchObject([{ approved: true }]);
    expect(events).toEqual([]);
  });

  test('an address to be confirmed: the moderators hear of it when it is', async () => {
    const { given, events } = ports();
    expect(await createAccount(given, { ...wish, confirmed: false })).toMatchObject({ confirmationToken: 'token' });
    expect(events).toEqual([]);
  });

  test.each([
    [{ username: 'a b' }, /the name a b is not valid/],
    [{ username: 'admin' }, /the name admin is reserved/],
    [{ username: 'x'.repeat(31) }, /is too long/],
    [{ email: 'nobody' }, /the address nobody is not valid/],
    [{ password: 'short' }, /the password is too short \(at least 8 characters\)/],
  ])('%j is refused before anything is written', async (change, sentence) => {
    const { given, created } = ports();
    await expect(createAccount(given, { ...wish, ...change })).rejects.toThrow(sentence);
    expect(created).toEqual([]);
  });

  test.each([['username_taken', /the name alice is taken/], ['email_taken', /belongs to somebody/]] as const)('%s', async (failure, sentence) => {
    await expect(createAccount(ports('open', failure).given, wish)).rejects.toThrow(sentence);
  });
});
