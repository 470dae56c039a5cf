import { describe, expect, test } from '@jest/globals';
import type { RegistrationMode, User } from '@trunkline/domain';
import { fail, ok, snowflake } from '@trunkline/kernel';
import type { NewUser } from '@trunkline/persistence';
import { registerPerson, type RegisterPorts } from './register-person.js';

const input = { username: 'alice', email: 'a@b.example', password: 'correct horse', locale: 'de', reason: null };
const origin = { appId: null, ip: '203.0.113.7' };

function ports(registrations: RegistrationMode, failure: 'username_taken' | 'email_taken' | null = null) {
  const created: NewUser[] = [];
  const mails: string[] = [];
  let last = 100;
  const given: RegisterPorts = {
    users: {
      create: async (user) => {
        if (failure !== null) return fail({ code: failure });
        created.push(user);
        return ok({ user: { id: user.id, email: user.email } as User, confirmationToken: 'token' });
      },
    },
    ids: { next: () => snowflake(String((last += 1))) },
    clock: { nowMs: () => 1_000 },
    policy: { current: () => ({ registrations, approvalReasonRequired: true }) },
    settings: { baseUrl: 'https://home.example' },
    sendConfirmation: async (_user, token) => mails.push(token) > 0,
  };
  return { given, created, mails };
}

describe('joining', () => {
  test('an open server: approved, unconfirmed, a mail on its way', async () => {
    const { given, created, mails } = ports('open');
    expect(await registerPerson(given, input, origin)).toMatchObject({ ok: true, value: { mailed: true } });
    expect(created).toMatchObject([
      { approved: true, confirmed: false, role: 'User', locale: 'de', reason: null, account: { username: 'alice', domain: null, url: 'https://home.example/@alice' } },
    ]);
    // The id is in the actor's address, the name is not.
    expect(created[0]?.account.uri).toBe(`https://home.example/ap/users/${created[0]?.account.id}`);
    expect(mails).toEqual(['token']);
  });

  test('by approval: the reason is asked for and kept', async () => {
    const { given, created } = ports('approved');
    expect(await registerPerson(given, input, origin)).toMatchObject({
      error: { code: 'faulty', faults: [{ field: 'reason', code: 'ERR_BLANK' }] },
    });
    await registerPerson(given, { ...input, reason: 'friends' }, origin);
    expect(created).toMatchObject([{ approved: false, reason: 'friends' }]);
  });

  test('closed', async () => {
    const { given, created } = ports('none');
    expect(await registerPerson(given, input, origin)).toEqual({ ok: false, error: { code: 'closed' } });
    expect(created).toEqual([]);
  });

  test.each([
    ['username_taken', 'username'],
    ['email_taken', 'email'],
  ] as const)('%s is a fault of %s', async (failure, field) => {
    const { given, mails } = ports('open', failure);
    expect(await registerPerson(given, input, origin)).toMatchObject({ error: { faults: [{ field, code: 'ERR_TAKEN' }] } });
    expect(mails).toEqual([]);
  });
});
