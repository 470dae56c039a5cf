import { describe, expect, test } from '@jest/globals';
import type { Account, Role } from '@trunkline/domain';
import { ROUTES } from '@trunkline/mastodon-api';
import { isAtLeast, mayActOn, roleNeededFor, type Staff } from './staff.js';

const account = (id: string): Account => ({ id }) as Account;
const staff = (role: Role): Staff => ({ account: account('1'), role });

describe('roles', () => {
  const order: Role[] = ['User', 'Moderator', 'Admin', 'Owner'];

  test.each(order.flatMap((role) => order.map((target) => [role, target] as const)))('%s acts on %s only from above', (role, target) => {
    const allowed = order.indexOf(role) > order.indexOf(target);
    expect(mayActOn(staff(role), { account: account('2'), user: { role: target } })).toBe(allowed);
  });

  test('remote people have no role: a moderator may act on them, a plain user may not', () => {
    expect(mayActOn(staff('Moderator'), { account: account('2'), user: null })).toBe(true);
    expect(mayActOn(staff('User'), { account: account('2'), user: null })).toBe(false);
  });

  test('nobody acts on themselves, whatever the rows say', () => {
    expect(mayActOn(staff('Owner'), { account: account('1'), user: { role: 'User' } })).toBe(false);
  });

  test('no route of the admin API is open to people without a role', () => {
    const admin = ROUTES.filter((route) => route.path.includes('/admin/'));
    expect(admin.length).toBeGreaterThan(20);
    for (const { path, scope } of admin) {
      expect(isAtLeast('User', roleNeededFor(path))).toBe(false);
      expect(scope).toMatch(/^admin:/);
    }
  });

  test('rules about whole servers are for admins', () => {
    const needed = ROUTES.filter((route) => route.path.includes('/admin/domain_')).map((route) => roleNeededFor(route.path));
    expect(new Set(needed)).toEqual(new Set(['Admin']));
    expect(isAtLeast('Moderator', 'Admin')).toBe(false);
  });
});
