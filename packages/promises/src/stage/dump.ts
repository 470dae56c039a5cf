import { spawnSync } from 'node:child_process';

const TOOL_MS_MAX = 120_000;

/** Why a database cannot be dumped and restored here; null: it can. */
export function dumpFault(): string | null {
  const missing = ['pg_dump', 'pg_restore', 'psql'].filter((tool) => spawnSync(tool, ['--version'], { stdio: 'ignore' }).status !== 0);
  return missing.length === 0 ? null : `${missing.join(', ')} cannot be found`;
}

/** The whole database into a file, as an operator's nightly job does. @throws Error with what the tool says */
export function dumpDatabase(url: string, file: string): void {
  run('pg_dump', ['--format=custom', `--file=${file}`, url]);
}

/**
 * Into a database that is made for it, under another name until it is whole: services that start meanwhile must not meet
 * half of it. Owners and grants are left out: roles are the operator's to make (`trunkline db roles`).
 * @param url of the database as services know it; its cluster is empty
 * @param adminUrl of another database of that cluster
 */
export function restoreDatabase(url: string, adminUrl: string, file: string): void {
  const name = new URL(url).pathname.slice(1);
  const draft = `${name}_restoring`;
  const draftUrl = new URL(url);
  draftUrl.pathname = `/${draft}`;
  sql(adminUrl, `CREATE DATABASE "${draft}"`);
  run('pg_restore', ['--no-owner', '--no-acl', '--exit-on-error', `--dbname=${draftUrl.href}`, file]);
  sql(adminUrl, `ALTER DATABASE "${draft}" SET jit = off`);
  sql(adminUrl, `ALTER DATABASE "${draft}" RENAME TO "${name}"`);
}

const sql = (url: string, statement: string): void => run('psql', ['--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1', `--command=${statement}`, url]);

function run(tool: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(tool, args, { encoding: 'utf8', timeout: TOOL_MS_MAX });
  if (status !== 0) throw new Error(`${tool} failed: ${error?.message ?? stderr.slice(0, 1_000)}`);
}
