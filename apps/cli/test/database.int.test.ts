import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Database } from '@trunkline/persistence';
import { randomBytes } from 'node:crypto';
import { testServices } from '@trunkline/testing';
import { runTrunkline } from '../src/index.js';
import { OperatorsDesk, type Ran } from './trunkline.js';

jest.setTimeout(60_000);

let desk: OperatorsDesk;
let db: Database;
const folder = mkdtempSync(join(tmpdir(), 'trunkline-cli-'));

beforeAll(async () => {
  desk = await OperatorsDesk.open();
  db = await Database.connect({ url: desk.database.url, poolMax: 2, applicationName: 'test' });
});
afterAll(async () => {
  await db.close();
  await desk.close();
  rmSync(folder, { recursive: true });
});

async function onlyDatabase(url: string, ...args: string[]): Promise<Ran> {
  let [out, err] = ['', ''];
  const code = await runTrunkline(args, { env: { DATABASE_URL: url }, out: (text) => (out += text), err: (text) => (err += text) });
  return { code, out, err };
}

describe('db migrate', () => {
  test('an empty database becomes current, by two operators at once; again is nothing', async () => {
    const shared = testServices().databaseUrl;
    const name = `trunkline_cli_${randomBytes(5).toString('hex')}`;
    const admin = await Database.connect({ url: shared, poolMax: 1, applicationName: 'test' });
    try {
      await admin.query(`CREATE DATABASE ${name}`);
      const url = new URL(shared);
      url.pathname = `/${name}`;
      expect(await onlyDatabase(url.href, 'queue', 'status')).toMatchObject({ code: 1, err: expect.stringContaining('db migrate') });
      const both = await Promise.all([onlyDatabase(url.href, 'db', 'migrate'), onlyDatabase(url.href, 'db', 'migrate')]);
      expect(both.map((ran) => ran.code)).toEqual([0, 0]);
      expect(both.map((ran) => ran.out.split(' ')[0]).sort()).toEqual(['Applied:', 'The']);
      expect((await onlyDatabase(url.href, 'queue', 'status')).code).toBe(0);
    } finally {
      await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await admin.close();
    }
  });

  test('a database that is not there is told in one sentence without its password', async () => {
    const ran = await onlyDatabase('postgres://me:topsecret@127.0.0.1:1/none', 'db', 'migrate');
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toMatch(/^trunkline: Postgres cannot be reached at 127\.0\.0\.1:1\/none: .*ECONNREFUSED/);
    expect(ran.err).not.toContain('topsecret');
    expect(ran.err.trim().split('\n')).toHaveLength(1);
  });
});

test('db roles makes roles that can log in and do their part only; again changes no password', async () => {
  const file = join(folder, 'roles.env');
  const prefix = `r${randomBytes(4).toString('hex')}`;
  try {
    await desk.fine('db', 'roles', '--prefix', prefix, '--file', file);
    const text = readFileSync(file, 'utf8');
    await desk.fine('db', 'roles', '--prefix', prefix, '--file', file);
    expect(readFileSync(file, 'utf8')).toBe(text);
    const url = /^DATABASE_URL_INBOX=(.+)$/m.exec(text)?.[1] ?? '';
    const inbox = await Database.connect({ url, poolMax: 1, applicationName: 'test' });
    await inbox.query('SELECT id FROM federation.inbound LIMIT 1');
    await expect(inbox.query('SELECT 1 FROM keys.account_keys LIMIT 1')).rejects.toThrow(/permission denied/);
    await inbox.close();
    const cli = /^DATABASE_URL_CLI=(.+)$/m.exec(text)?.[1] ?? '';
    // The operators' own role suffices for every command that is no business of the owner of the tables.
    for (const args of [['accounts', 'create', 'rolf', '--email', 'rolf@example.com'], ['accounts', 'approve', 'rolf'], ['accounts', 'reset-password', 'rolf'], ['apps', 'token', '--account', 'rolf'], ['domains', 'suspend', 'x.example'], ['registrations', 'open'], ['queue', 'status'], ['queue', 'dead'], ['queue', 'replay', '--inbound', '--events', '--deliveries']]) {
      expect([args, await desk.run(args, { DATABASE_URL: cli })]).toMatchObject([args, { code: 0 }]);
    }
    const moderation = /^DATABASE_URL_MODERATION=(.+)$/m.exec(text)?.[1] ?? '';
    expect(await desk.run(['accounts', 'create', 'rita', '--email', 'rita@example.com'], { DATABASE_URL: moderation })).toMatchObject({ code: 1, out: '', err: expect.stringContaining('the role of cli') });
    expect(await desk.run(['db', 'roles', '--prefix', prefix], { DATABASE_URL: cli })).toMatchObject({ code: 1, out: '', err: expect.stringContaining('the owner of the tables') });
    // The doctor signs with the server's key, which the operators' role cannot read and that of moderation can.
    const asked = ['doctor', '--account', 'rolf', '--peer', 'bob@127.0.0.1:1'];
    expect(await desk.run(asked, { DATABASE_URL: cli })).toMatchObject({ code: 1, err: expect.stringContaining('the role of moderation') });
    expect(await desk.run(asked, { DATABASE_URL: moderation })).toMatchObject({ code: 1, out: expect.stringContaining('peer bob@127.0.0.1:1'), err: expect.stringContaining('faults keep') });
    expect(await desk.run(['db', 'roles', '--prefix', 'Bad Name'])).toMatchObject({ code: 1, err: expect.stringContaining('--prefix') });
  } finally {
    for (const app of ['api', 'inbox', 'outbox', 'timeline', 'moderation', 'streaming', 'media', 'web', 'cli']) {
      await db.query(`DROP OWNED BY "${prefix}_${app}"`).catch(() => undefined);
      await db.query(`DROP ROLE IF EXISTS "${prefix}_${app}"`);
    }
  }
});

describe('queue', () => {
  beforeAll(async () => {
    await db.query(
      `INSERT INTO federation.inbound (id, activity_id, activity_type, actor_uri, signer_host, body, state, reason, attempts, next_attempt_at, received_at)
       SELECT $1::bigint + n, 'https://far.example/' || n, 'Create', E'https://far.example/\\x1b[31meve', 'far.example', '{}',
              CASE WHEN n < 2 THEN 'dead' ELSE 'stored' END, 'no such actor', 8, now(), now() - interval '2 minutes'
         FROM generate_series(0, 2) AS n`,
      [String(BigInt(Date.now()) << 16n)],
    );
  });

  test('status counts what waits and what is dead, and how long', async () => {
    expect(await desk.fine('queue', 'status')).toMatch(/^activities to apply +1 +2 +2 min$/m);
    expect(JSON.parse(await desk.fine('queue', 'status', '--json'))).toMatchObject({ inboundWaiting: 1, inboundDead: 2, deliveriesDead: 0 });
  });

  test('dead ones are shown with their reasons and cannot drive the terminal', async () => {
    const out = await desk.fine('queue', 'dead');
    expect(out).toMatch(/Create +https:\/\/far\.example\/ \[31meve +8 .* no such actor/);
    expect(out).not.toContain('\u001b');
  });

  test('replayed ones wait again', async () => {
    expect(await desk.run(['queue', 'replay'])).toMatchObject({ code: 1, err: expect.stringContaining('--inbound, --events, --deliveries') });
    expect(await desk.fine('queue', 'replay', '--inbound')).toBe('activities: 2 are tried again.\n');
    expect(JSON.parse(await desk.fine('queue', 'status', '--json'))).toMatchObject({ inboundWaiting: 3, inboundDead: 0 });
    expect(await desk.fine('queue', 'dead')).toBe('Nothing was given up.\n');
  });
});

describe('config check', () => {
  test('everything answers', async () => {
    expect(await desk.fine('config', 'check')).toMatch(/The settings are right: home\.example at https:\/\/home\.example\.\nPostgres answers\.\nRedis answers\.\nNATS answers\./);
  });

  test('what does not answer is named, and the rest is still looked at', async () => {
    const ran = await desk.run(['config', 'check'], { NATS_URL: 'nats://127.0.0.1:1', REDIS_URL: 'redis://127.0.0.1:1' });
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('Postgres answers.');
    expect(ran.out).toMatch(/^Redis: /m);
    expect(ran.out).toMatch(/^NATS: /m);
    expect(ran.err).toBe('trunkline: 2 of 3 services did not answer as they should.\n');
  });
});
