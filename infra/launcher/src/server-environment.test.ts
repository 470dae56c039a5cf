import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataFolder, FolderHeldError } from './data-folder.ts';
import { readLocalEnvironment, serverEnvironment } from './server-environment.ts';

const urls = { postgres: 'postgres://p', redis: 'redis://r', nats: 'nats://n' };
let folder: DataFolder;
beforeEach(() => {
  folder = DataFolder.hold(mkdtempSync(join(tmpdir(), 'trunkline-folder-')));
});
afterEach(() => rmSync(folder.path, { recursive: true, force: true }));

test('names of this machine are spoken to over http, and listed ones with them', () => {
  expect(serverEnvironment(folder, urls, { PORT: '3001' })).toMatchObject({ LOCAL_DOMAIN: 'localhost:3001', FEDERATION_HTTP_HOSTS: 'localhost:3001' });
  const listed = serverEnvironment(folder, urls, { LOCAL_DOMAIN: 'localhost:3001', FEDERATION_HTTP_HOSTS: 'localhost:3002' });
  expect(listed.FEDERATION_HTTP_HOSTS).toBe('localhost:3002,localhost:3001');
});

test('a real domain is https', () => {
  expect(serverEnvironment(folder, urls, { LOCAL_DOMAIN: 'social.example' }).FEDERATION_HTTP_HOSTS).toBe('');
});

// Keys made by the launcher would be lost with its folder: in production they must be somebody's decision.
test('production gets no keys and no plain http from here', () => {
  const env = serverEnvironment(folder, urls, { NODE_ENV: 'production', LOCAL_DOMAIN: 'social.example' });
  expect([env.TRUNKLINE_SECRET_KEYS, env.VAPID_PRIVATE_KEY, env.FEDERATION_HTTP_HOSTS]).toEqual([undefined, undefined, undefined]);
});

test('keys are made once, kept, readable by their owner alone, and of the right size', () => {
  const first = serverEnvironment(folder, urls, {});
  expect(serverEnvironment(folder, urls, {})).toEqual(first);
  expect(statSync(join(folder.path, 'secrets.json')).mode & 0o777).toBe(0o600);
  expect(Buffer.from(first.TRUNKLINE_SECRET_KEYS?.split(':')[1] ?? '', 'base64')).toHaveLength(32);
  expect(Buffer.from(first.VAPID_PUBLIC_KEY ?? '', 'base64url')).toHaveLength(65);
  expect(Buffer.from(first.VAPID_PRIVATE_KEY ?? '', 'base64url')).toHaveLength(32);
});

test("an operator's own keys win, and a pair stays a pair", () => {
  const env = serverEnvironment(folder, urls, { TRUNKLINE_SECRET_KEYS: '7:own', VAPID_PUBLIC_KEY: 'own' });
  expect([env.TRUNKLINE_SECRET_KEYS, env.VAPID_PUBLIC_KEY, env.VAPID_PRIVATE_KEY]).toEqual(['7:own', 'own', undefined]);
});

test('the command beside a running server finds it, and what is set by hand wins', () => {
  serverEnvironment(folder, urls, { PORT: '3009' });
  const found = readLocalEnvironment({ DATA_DIR: folder.path, REDIS_URL: 'redis://mine' });
  expect(found).toMatchObject({ DATABASE_URL: 'postgres://p', NATS_URL: 'nats://n', LOCAL_DOMAIN: 'localhost:3009' });
  expect(found).not.toHaveProperty('REDIS_URL');
  expect(readLocalEnvironment({ DATA_DIR: join(folder.path, 'nowhere') })).toEqual({});
});

test('a folder is held by one start at a time; the lock of one that was killed is taken over', () => {
  expect(() => DataFolder.hold(folder.path)).toThrow(FolderHeldError);
  folder.release();
  // A number that runs, but not that process: it started at another time.
  const stale = DataFolder.hold(folder.path);
  stale.release();
  expect(DataFolder.hold(folder.path).path).toBe(folder.path);
});
