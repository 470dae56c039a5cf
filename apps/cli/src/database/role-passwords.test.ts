import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { ROLE_APPS, type RoleApp } from '@trunkline/persistence';
import { passwordsFrom, roleUrls, writeSecret } from './role-passwords.js';

const folder = mkdtempSync(join(tmpdir(), 'trunkline-roles-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('passwords that the file holds stay, others are made; the file is its owner’s alone', () => {
  const file = join(folder, 'roles.env');
  const made = passwordsFrom(file);
  expect(new Set(Object.values(made)).size).toBe(ROLE_APPS.length);
  const names = Object.fromEntries(ROLE_APPS.map((app) => [app, `home_${app}`])) as Record<RoleApp, string>;
  writeSecret(file, roleUrls('postgres://owner:secret@db.example:5433/home?sslmode=require', names, { ...made, api: 'with / and @' }));
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(passwordsFrom(file)).toEqual({ ...made, api: 'with / and @' });
});

test('each line is the whole address for one app', () => {
  const all = <T>(value: T) => Object.fromEntries(ROLE_APPS.map((app) => [app, value])) as Record<RoleApp, T>;
  expect(roleUrls('postgres://owner:secret@db.example:5433/home', all('role'), all('pw')).split('\n')).toContain('DATABASE_URL_INBOX=postgres://role:pw@db.example:5433/home');
});
