import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { runTrunkline } from './run-trunkline.js';

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await runTrunkline(args, { env: {}, out: (text) => (out += text), err: (text) => (err += text) });
  return { code, out, err };
}

const ROOT = join(import.meta.dirname, '../../..');
const GROUPS = ['accounts', 'apps', 'domains', 'relays', 'registrations', 'rules', 'db', 'queue', 'config', 'doctor'];

/** Every command that the documents show: its words up to the first that is none of ours, and its options. */
function shownCommands(): string[] {
  const pages = globSync(['*.md', 'docs/**/*.md', 'k8s/trunkline/templates/NOTES.txt', 'infra/launcher/src/start.ts'], { cwd: ROOT });
  const lines = pages.flatMap((page) => [...readFileSync(join(ROOT, page), 'utf8').matchAll(/\btrunkline ([a-z][a-z-]+(?: [^`\n#|]*)?)/g)].map(([, text = '']) => text.trim()));
  return [...new Set(lines.filter((text) => GROUPS.includes(text.split(' ', 1)[0] ?? '')))].sort();
}

test.each(shownCommands())('the documents show `trunkline %s`: there is such a command, with these options', async (text) => {
  const [group = '', second = ''] = text.split(/\s+/);
  const isGroup = (await run(group, '--help')).out.includes('Commands:');
  const { code, out } = await run(group, ...(isGroup && /^[a-z]/.test(second) ? [second] : []), '--help');
  expect([code, out]).toEqual([0, expect.stringContaining(`Usage: trunkline ${group}${isGroup && /^[a-z]/.test(second) ? ` ${second}` : ''}`)]);
  for (const [option] of text.matchAll(/--[a-z-]+/g)) expect(out).toContain(option);
});

describe('what the operator types', () => {
  test('--help names every command and shows examples', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    for (const command of GROUPS) expect(out).toMatch(new RegExp(`^  ${command} `, 'm'));
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
