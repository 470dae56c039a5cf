import { describe, expect, test } from '@jest/globals';
import type { Account, User } from '@trunkline/domain';
import { snowflake, type AccountId } from '@trunkline/kernel';
import { signIn, type SignInPorts } from './sign-in.js';

const NOW = new Date('2026-01-01T00:00:00Z');
const user = (change: Partial<User> = {}): User =>
  ({ id: snowflake('1'), accountId: snowflake('2') as AccountId, email: 'a@b.example', confirmedAt: NOW, approved: true, disabled: false, ...change }) as User;

function ports(found: User | null, account: Partial<Account> = {}, wait: number | null = null): SignInPorts & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    users: {
      authenticate: async (email) => {
        asked.push(email);
        return found;
      },
    },
    store: { accountsByIds: async () => [{ suspendedAt: null, deletedAt: null, ...account } as Account] },
    throttle: { count: async () => wait },
  };
}

const attempt = { email: 'a@b.example', password: 'correct horse', ip: '203.0.113.1' };

describe('signing in', () => {
  test('a person in good standing gets in', async () => {
    expect(await signIn(ports(user()), attempt)).toMatchObject({ ok: true });
  });

  test.each([
    ['wrong', null, {}],
    ['unconfirmed', user({ confirmedAt: null }), {}],
    ['pending', user({ approved: false }), {}],
    ['disabled', user({ disabled: true }), {}],
    ['disabled', user(), { suspendedAt: NOW }],
    ['disabled', user(), { deletedAt: NOW }],
  ])('%s', async (code, found, account) => {
    expect(await signIn(ports(found, account), attempt)).toEqual({ ok: false, error: { code } });
  });

  test('beyond the limit not even the password is looked at', async () => {
    const throttled = ports(user(), {}, 42);
    expect(await signIn(throttled, attempt)).toEqual({ ok: false, error: { code: 'throttled', retryAfterSeconds: 42 } });
    expect(throttled.asked).toEqual([]);
  });

  // S181: hashing a megabyte is the attack.
  test('a password that nobody can have set is not hashed', async () => {
    const given = ports(user());
    expect(await signIn(given, { ...attempt, password: 'x'.repeat(1_048_576) })).toEqual({ ok: false, error: { code: 'wrong' } });
    expect(given.asked).toEqual([]);
  });
});
