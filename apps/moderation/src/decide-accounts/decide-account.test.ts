import { describe, expect, test } from '@jest/globals';
import type { Account, Role, User } from '@trunkline/domain';
import { snowflake } from '@trunkline/kernel';
import { decideAccount, type Decision, type DecisionPorts, type Target } from './decide-account.js';

const MODERATOR = { account: { id: '1' } as Account, role: 'Moderator' as const };

function world(pending = false) {
  const log: string[] = [];
  const ports: DecisionPorts = {
    clock: { nowMs: () => 5_000 },
    users: {
      approve: async (id) => log.push(`approve ${id}`) > 0 && pending,
      reject: async (id) => log.push(`reject ${id}`) > 0 && pending,
      setDisabled: async (id, disabled) => void log.push(`disabled ${id} ${disabled}`),
    },
    updateAccount: async ({ id }, change) => void log.push(`update ${id} ${JSON.stringify(change)}`),
    signOut: async (id) => void log.push(`sign out ${id}`),
    closeStreams: (id) => void log.push(`close ${id}`),
    mailApproval: (user) => void log.push(`mail ${user.email}`),
    record: async (staff, decision) => void log.push(`record ${staff.account.id} ${decision}`),
  };
  return { log, ports };
}

const person = (role: Role = 'User'): Target => ({
  account: { id: snowflake('20'), domain: null, silencedAt: null, suspendedAt: null } as Account,
  user: { id: snowflake('30'), role, email: 'a@b.example' } as User,
});
const remote: Target = { account: { id: snowflake('21'), domain: 'far.example', silencedAt: null, suspendedAt: null } as Account, user: null };
const now = '1970-01-01T00:00:05.000Z';

describe('decisions about accounts', () => {
  test.each<[Decision, string[]]>([
    ['none', []],
    ['disable', ['disabled 30 true', 'close 20']],
    ['enable', ['disabled 30 false']],
    ['silence', [`update 20 {"silencedAt":"${now}"}`]],
    ['unsilence', ['update 20 {"silencedAt":null}']],
    // The row first: a token that is looked up between the two steps is refused already.
    ['suspend', [`update 20 {"suspendedAt":"${now}"}`, 'sign out 30', 'close 20']],
    ['unsuspend', ['update 20 {"suspendedAt":null}']],
  ])('%s', async (decision, effects) => {
    const { log, ports } = world();
    await decideAccount(ports, MODERATOR, person(), { decision });
    expect(log).toEqual([...effects, `record 1 ${decision}`]);
  });

  test('a sign-up that waits is approved, and hears of it', async () => {
    const { log, ports } = world(true);
    await decideAccount(ports, MODERATOR, person(), { decision: 'approve' });
    expect(log).toEqual(['approve 30', 'mail a@b.example', 'record 1 approve']);
  });

  test.each(['approve', 'reject'] as const)('%s is refused for who is in already, and leaves no line in the audit', async (decision) => {
    const { log, ports } = world(false);
    await expect(decideAccount(ports, MODERATOR, person(), { decision })).rejects.toMatchObject({ status: 403 });
    expect(log).toEqual([`${decision} 30`]);
  });

  test.each(['Moderator', 'Admin', 'Owner'] as const)('a moderator does nothing to a person with the role %s', async (role) => {
    const { log, ports } = world(true);
    for (const decision of ['none', 'disable', 'silence', 'suspend', 'approve', 'reject', 'unsuspend'] as const) {
      await expect(decideAccount(ports, MODERATOR, person(role), { decision })).rejects.toMatchObject({ status: 403 });
    }
    expect(log).toEqual([]);
  });

  test('somebody elsewhere can be suspended, but has nothing here to disable or approve', async () => {
    const { log, ports } = world(true);
    await decideAccount(ports, MODERATOR, remote, { decision: 'suspend' });
    expect(log).toEqual([`update 21 {"suspendedAt":"${now}"}`, 'record 1 suspend']);
    for (const decision of ['disable', 'enable', 'approve', 'reject'] as const) {
      await expect(decideAccount(ports, MODERATOR, remote, { decision })).rejects.toMatchObject({ status: 403 });
    }
  });
});
