import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from './child.ts';
import type { Child } from './child.ts';
import type { DataFolder } from './data-folder.ts';
import { freePort } from './free-port.ts';
import { canEnter, findPostgres, makeOpenFolder, postgresUser } from './postgres-binaries.ts';
import type { PostgresBinaries, SystemUser } from './postgres-binaries.ts';
import { waitUntilReady } from './wait-until.ts';

const owner = 'trunkline';
/** Replaying the log after a crash may take its time. */
const readyMs = 120_000;

/** A running service of this machine. */
export interface LocalService {
  readonly url: string;
  readonly child: Child;
}

/** Whether Postgres binaries are there, the system's or npm's. */
export function hasPostgres(): boolean {
  return findPostgres(postgresUser(), undefined) !== undefined;
}

/**
 * Starts a Postgres of this folder's own on 127.0.0.1, and makes its cluster and database first when there is none.
 * @param isDurable false for tests: no fsync, which only a crash of the whole machine would tell
 * @param more settings by their names in postgresql.conf
 */
export async function startPostgres(folder: DataFolder, isDurable: boolean, more: Readonly<Record<string, string>> = {}): Promise<LocalService> {
  const user = postgresUser();
  const data = clusterFolder(folder, user);
  const madeWith = readMajor(data);
  const binaries = findPostgres(user, madeWith);
  if (!binaries) throw new Error(`${data} was made by Postgres ${madeWith ?? 15}, which is not installed here: install it, or set DATABASE_URL.`);
  const password = (folder.remembered.passwords.postgres ??= randomBytes(18).toString('base64url'));
  folder.save();
  if (madeWith === undefined) makeCluster(binaries, data, user, password);
  // The folder is held by this process and its leftovers are ended: whoever has this number now is a stranger.
  rmSync(join(data, 'postmaster.pid'), { force: true });
  const port = (folder.remembered.ports.postgres = await freePort(folder.remembered.ports.postgres));
  const child = startChild(folder, {
    name: 'postgres',
    file: join(binaries.bin, 'postgres'),
    args: serverArguments(data, port, isDurable, more),
    cwd: data,
    user,
  });
  await waitUntilReady('Postgres', child, async () => statusLine(data) === 'ready', readyMs);
  return { url: `postgres://${owner}:${password}@127.0.0.1:${port}/trunkline`, child };
}

function serverArguments(data: string, port: number, isDurable: boolean, more: Readonly<Record<string, string>>): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port,
    max_connections: 300,
    log_min_messages: 'warning',
    ...(isDurable ? { fsync: 'on' } : { fsync: 'off', full_page_writes: 'off' }),
    ...more,
  };
  return ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/** DATA_DIR/postgres, or a folder that the other user can enter when this one lies in a closed home. */
function clusterFolder(folder: DataFolder, user: SystemUser | undefined): string {
  const usual = join(folder.path, 'postgres');
  const known = folder.remembered.postgresFolder;
  if (known && existsSync(known)) return known;
  mkdirSync(usual, { recursive: true, mode: 0o700 });
  if (user) chownSync(usual, user.uid, user.gid);
  if (canEnter(user, usual)) return (folder.remembered.postgresFolder = usual);
  const open = makeOpenFolder(`postgres-data-${randomBytes(6).toString('hex')}`);
  if (user) chownSync(open, user.uid, user.gid);
  return (folder.remembered.postgresFolder = open);
}

/** initdb, then the database, in single-user mode: npm's binaries bring no psql. */
function makeCluster(binaries: PostgresBinaries, data: string, user: SystemUser | undefined, password: string): void {
  const passwordFile = join(tmpdir(), `trunkline-${randomBytes(8).toString('hex')}`);
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600, flag: 'wx' });
  if (user) chownSync(passwordFile, user.uid, user.gid);
  const run = (name: string, args: string[], input = ''): string | undefined => {
    const env = { PATH: process.env.PATH ?? '', TZ: 'UTC' };
    const done = spawnSync(join(binaries.bin, name), args, { ...user, cwd: data, input, encoding: 'utf8', env });
    return done.status === 0 ? undefined : `${name} failed: ${done.error?.message ?? done.stderr}`;
  };
  try {
    const args = ['-D', data, '-U', owner, '-A', 'scram-sha-256', '--pwfile', passwordFile, '-E', 'UTF8'];
    // C.UTF-8 folds every script's letters; where it is missing (macOS, old libc) plain C still compares them.
    const fault = run('initdb', [...args, '--locale=C.UTF-8']) && run('initdb', [...args, '--locale=C']);
    const second = fault ?? run('postgres', ['--single', '-D', data, 'postgres'], 'CREATE DATABASE trunkline;\n');
    if (second) throw new Error(second);
  } catch (error) {
    // Half a cluster would be taken for a whole one by the next start.
    rmSync(join(data, 'PG_VERSION'), { force: true });
    throw error;
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function readMajor(data: string): number | undefined {
  const path = join(data, 'PG_VERSION');
  return existsSync(path) ? Number(readFileSync(path, 'utf8').split('.')[0]) : undefined;
}

/** Line 8 of postmaster.pid: "starting", "ready", "stopping". */
function statusLine(data: string): string {
  const path = join(data, 'postmaster.pid');
  return existsSync(path) ? (readFileSync(path, 'utf8').split('\n')[7] ?? '').trim() : '';
}
