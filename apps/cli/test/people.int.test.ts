import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { AccessTokens, Database, SqlSocialStore, Users } from '@trunkline/persistence';
import { snowflake } from '@trunkline/kernel';
import { OperatorsDesk } from './trunkline.js';

jest.setTimeout(60_000);

let desk: OperatorsDesk;
let db: Database;
let users: Users;
let tokens: AccessTokens;

beforeAll(async () => {
  desk = await OperatorsDesk.open();
  db = await Database.connect({ url: desk.database.url, poolMax: 2, applicationName: 'test' });
  const noId = { next: () => snowflake('7'), at: () => snowflake('7') };
  users = new Users(db, new SqlSocialStore(db, { ids: noId, currentTrace: () => null, onEventsCommitted: () => undefined }));
  tokens = new AccessTokens(db);
});
afterAll(async () => {
  await db.close();
  await desk.close();
});

const passwordIn = (out: string): string => /^Password: (\S+)$/m.exec(out)?.[1] ?? '';

describe('accounts', () => {
  test('the first owner is in at once, with a password that was made and printed', async () => {
    const out = await desk.fine('accounts', 'create', 'alice', '--email', 'alice@example.com', '--role', 'Owner', '--confirmed');
    expect(out).toContain('Created @alice@home.example (Owner).');
    expect(await users.authenticate('alice@example.com', passwordIn(out))).toMatchObject({ role: 'Owner', approved: true, confirmedAt: expect.any(Date) });
    const [account] = await db.query<Record<string, string>>("SELECT uri, url, inbox_url FROM social.accounts WHERE username = 'alice' LIMIT 1");
    expect(account?.['uri']).toMatch(/^https:\/\/home\.example\/ap\/users\/\d+$/);
    expect(account).toMatchObject({ url: 'https://home.example/@alice', inbox_url: expect.stringMatching(/^https:\/\/home\.example\/inbox\/\d+$/) });
  });

  test('nobody is made twice, and the reason is one sentence', async () => {
    const again = await desk.run(['accounts', 'create', 'Alice', '--email', 'other@example.com']);
    expect(again).toMatchObject({ code: 1, out: '', err: 'trunkline: the name Alice is taken.\n' });
    const address = await desk.run(['accounts', 'create', 'alicia', '--email', 'ALICE@example.com']);
    expect(address).toMatchObject({ code: 1, err: 'trunkline: the address ALICE@example.com belongs to somebody already.\n' });
    const word = await desk.run(['accounts', 'create', 'alicia', '--email', 'a@example.com', '--password', 'short']);
    expect(word).toMatchObject({ code: 1, err: expect.stringContaining('too short') });
  });

  test('the link of an unconfirmed address works, and the password that was given is not repeated', async () => {
    const out = await desk.fine('accounts', 'create', 'uma', '--email', 'uma@example.com', '--password', 'correct horse', '--approve');
    expect(out).not.toContain('correct horse');
    const link = new URL(/https:\S+confirmation_token=\S+/.exec(out)?.[0] ?? '');
    expect(link.pathname).toBe('/auth/confirmation');
    expect(await users.confirm(link.searchParams.get('confirmation_token') ?? '')).toMatchObject({ email: 'uma@example.com', approved: true });
  });

  test('who waits is listed, approved or rejected', async () => {
    for (const name of ['willa', 'wendel']) expect(await desk.fine('accounts', 'create', name, '--email', `${name}@example.com`, '--confirmed')).toContain('They wait for approval');
    const events = await db.query("SELECT 1 FROM events.outbox WHERE subject = 'account.registered.v1' LIMIT 5");
    expect(events).toHaveLength(2);
    const waiting = await desk.fine('accounts', 'list', '--pending');
    expect(waiting).toMatch(/^willa +User +waits for approval/m);
    expect(waiting).not.toContain('alice');
    expect(await desk.fine('accounts', 'approve', '@willa')).toContain('Approved');
    expect(await desk.fine('accounts', 'reject', 'wendel')).toBe('Rejected wendel.\n');
    expect(await desk.fine('accounts', 'list', '--pending')).toBe('Nobody.\n');
    expect(await desk.run(['accounts', 'approve', 'willa'])).toMatchObject({ code: 1, err: 'trunkline: willa does not wait for approval.\n' });
    expect(await desk.run(['accounts', 'reject', 'nobody_here'])).toMatchObject({ code: 1, err: 'trunkline: nobody here is called nobody_here.\n' });
    const audit = await db.query<{ action: string }>("SELECT DISTINCT action FROM moderation.audit WHERE account_id IS NULL ORDER BY 1 LIMIT 10");
    expect(audit.map((line) => line.action)).toEqual(['account.approve', 'account.create', 'account.reject']);
  });

  test('roles come and go', async () => {
    expect(await desk.fine('accounts', 'role', 'willa', 'Moderator')).toBe('willa is Moderator now (was User).\n');
    expect(await desk.fine('accounts', 'list')).toMatch(/^willa +Moderator +active/m);
    expect(await desk.fine('accounts', 'role', '@willa@home.example', 'User')).toBe('willa is User now (was Moderator).\n');
    expect(await desk.run(['accounts', 'role', '@willa@elsewhere.example', 'User'])).toMatchObject({ code: 1, err: 'trunkline: nobody here is called willa@elsewhere.example.\n' });
  });

  test('a new password ends the old one, every token and every session', async () => {
    const token = (await desk.fine('apps', 'token', '--account', 'willa', '--scopes', 'read')).trim();
    expect(await tokens.lookup(token)).not.toBeNull();
    const out = await desk.fine('accounts', 'reset-password', 'willa');
    expect(await tokens.lookup(token)).toBeNull();
    expect(await users.authenticate('willa@example.com', passwordIn(out))).not.toBeNull();
    expect(await desk.fine('accounts', 'reset-password', 'willa', '--password', 'correct horse')).not.toContain('correct horse');
    expect(await users.authenticate('willa@example.com', 'correct horse')).not.toBeNull();
  });
});

describe('apps token', () => {
  test('the token is the last word, carries the scopes, and the application is made once', async () => {
    const issue = async () => (await desk.fine('apps', 'token', '--account', 'alice', '--scopes', 'read write follow push')).trim().split(/\s+/).at(-1) ?? '';
    const [first, second] = await Promise.all([issue(), issue()]);
    expect(first).not.toBe(second);
    expect(await tokens.lookup(first)).toMatchObject({ appName: 'trunkline cli', scopes: ['read', 'write', 'follow', 'push'], user: { role: 'Owner' } });
    expect(await db.query("SELECT 1 FROM identity.apps WHERE name = 'trunkline cli' LIMIT 5")).toHaveLength(1);
  });

  test('scopes that do not exist are refused', async () => {
    expect(await desk.run(['apps', 'token', '--account', 'alice', '--scopes', 'read everything'])).toMatchObject({ code: 1, err: expect.stringContaining('names a scope that does not exist') });
  });
});
