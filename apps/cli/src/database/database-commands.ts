import type { Command } from 'commander';
import { applyRoles, migrate, migrationsAreCurrent } from '@trunkline/persistence';
import { connect, databaseUrl } from '../operator.js';
import { Refusal, type Terminal } from '../terminal.js';
import { passwordsFrom, roleUrls, writeSecret } from './role-passwords.js';

export function addDatabaseCommands(program: Command, terminal: Terminal): void {
  const db = program.command('db').description('the tables and who may touch them (DATABASE_DIRECT_URL, else DATABASE_URL)');
  db.command('migrate')
    .description('bring the tables up to date; safe to run from several machines at once')
    .action(() => migrateTables(terminal));
  db.command('roles')
    .description('make one login role an app with just the rights it needs, and print their DATABASE_URLs')
    .option('--prefix <name>', 'roles are called <name>_api, <name>_inbox …; left out: the name of the database')
    .option('--file <path>', 'write the URLs there instead, readable by you alone; passwords that it holds already stay')
    .action((options: { prefix?: string; file?: string }) => setUpRoles(terminal, options));
}

async function migrateTables(terminal: Terminal): Promise<void> {
  const url = databaseUrl(terminal, 'direct');
  // A wrong address is told in one sentence.
  await (await connect(url)).close();
  const { applied } = await migrate(url);
  terminal.out(applied.length === 0 ? 'The tables are up to date.\n' : `Applied: ${applied.join(', ')}.\n`);
}

async function setUpRoles(terminal: Terminal, options: { prefix?: string; file?: string }): Promise<void> {
  const url = databaseUrl(terminal, 'direct');
  const db = await connect(url);
  try {
    if (!(await migrationsAreCurrent(db))) throw new Refusal('the tables are not up to date: run `npx trunkline db migrate` first.');
    const passwords = passwordsFrom(options.file ?? null);
    const names = await applyRoles(db, { ...(options.prefix === undefined ? {} : { prefix: options.prefix }), passwords }).catch((error: unknown) => {
      throw error instanceof RangeError ? new Refusal(`${error.message}: say another --prefix.`) : error;
    });
    // Apps go where everybody goes, through a pooler when there is one.
    const text = roleUrls(databaseUrl(terminal, 'pooled'), names, passwords);
    if (options.file === undefined) return terminal.out(text);
    writeSecret(options.file, text);
    terminal.out(`The roles stand; their DATABASE_URLs are in ${options.file}.\n`);
  } finally {
    await db.close();
  }
}
