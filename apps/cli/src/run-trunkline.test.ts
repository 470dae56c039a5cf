import { describe, expect, test } from '@jest/globals';
import { runTrunkline } from './run-trunkline.js';

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await runTrunkline(args, { env: {}, out: (text) => (out += text), err: (text) => (err += text) });
  return { code, out, err };
}

describe('what the operator types', () => {
  test('--help names every command and shows examples', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    for (const command of ['accounts', 'apps', 'domains', 'registrations', 'rules', 'db', 'queue', 'config']) expect(out).toMatch(new RegExp(`^  ${command} `, 'm'));
    expect(out).toContain('npx trunkline accounts create alice --email alice@example.com --role Owner --confirmed');
  });

  test.each([
    [['accounts', '--help'], ['create', 'list', 'approve', 'reject', 'role', 'reset-password']],
    [['accounts', 'create', '--help'], ['--email', '--password', '"Owner"', '--confirmed', '--approve']],
    [['apps', 'token', '--help'], ['--account', '--scopes']],
    [['domains', '--help'], ['list', 'suspend', 'silence', 'allow', 'remove']],
    [['db', '--help'], ['migrate', 'roles']],
    [['queue', '--help'], ['status', 'dead', 'replay']],
  ])('%j says what there is', async (args, words) => {
    const { code, out } = await run(...args);
    expect(code).toBe(0);
    for (const word of words) expect(out).toContain(word);
  });

  test.each([
    [['acounts'], /unknown command 'acounts'/],
    [['accounts', 'create', 'alice'], /required option '--email <address>' not specified/],
    [['accounts', 'create', 'alice', '--email', 'a@b.example', '--role', 'King'], /Allowed choices are Owner, Admin, Moderator/],
    [['accounts', 'role', 'alice', 'King'], /Allowed choices are User, Moderator, Admin, Owner/],
    [['apps', 'token'], /required option '--account <name>' not specified/],
    [['registrations', 'ajar'], /Allowed choices are open, approved, closed/],
    [['domains', 'suspend'], /missing required argument 'domain'/],
    [['domains', 'suspend', 'a.example', 'b.example'], /too many arguments/],
  ])('%j is not understood: code 2, and where help is', async (args, sentence) => {
    const { code, out, err } = await run(...args);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(sentence);
    expect(err).toContain('--help');
  });

  test('a command group alone shows its help', async () => {
    const { code, err } = await run('accounts');
    expect(code).toBe(2);
    expect(err).toContain('reset-password');
  });

  test.each([['queue', 'status'], ['db', 'migrate']])('%s %s without a database says what to set', async (...args) => {
    expect(await run(...args)).toMatchObject({ code: 1, out: '', err: expect.stringContaining('DATABASE_URL is not set') });
  });

  test('missing settings are listed, all at once', async () => {
    const { code, err } = await run('accounts', 'list');
    expect(code).toBe(1);
    for (const name of ['LOCAL_DOMAIN', 'DATABASE_URL', 'TRUNKLINE_SECRET_KEYS']) expect(err).toContain(`${name} is not set`);
    expect(err).not.toContain('    at ');
  });
});
