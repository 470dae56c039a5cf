import { spawn, execFile, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { Database } from '../src/database.js';
import { migrate } from '../src/migrate.js';

const run = promisify(execFile);
const BINARIES = process.env['TEST_POSTGRES_BIN'] ?? '/usr/lib/postgresql/15/bin';

const INITDB = ['-U', 'postgres', '-A', 'scram-sha-256', '-E', 'UTF8', '--no-locale'];

/** A Postgres of its own, or a database of its own on the one that TEST_DATABASE_URL names. */
export interface TestPostgres {
  readonly url: string;
  /** Stops at once, as a crash would, and starts again. Only on a Postgres of its own. */
  readonly restart: (() => Promise<void>) | null;
  stop(): Promise<void>;
}

export async function startPostgres(): Promise<TestPostgres> {
  const shared = process.env['TEST_DATABASE_URL'];
  return shared === undefined ? ownPostgres() : ownDatabase(shared);
}

/** As `startPostgres`, migrated, with a pool: what most tests need. */
export async function startDatabase(poolMax = 8): Promise<{ db: Database; postgres: TestPostgres; stop(): Promise<void> }> {
  const postgres = await startPostgres();
  await migrate(postgres.url);
  const db = await Database.connect({ url: postgres.url, poolMax, applicationName: 'test' });
  return {
    db,
    postgres,
    stop: async () => {
      await db.close();
      await postgres.stop();
    },
  };
}

async function ownDatabase(sharedUrl: string): Promise<TestPostgres> {
  const name = `trunkline_test_${randomBytes(6).toString('hex')}`;
  const statement = async (sql: string) => {
    const client = new pg.Client({ connectionString: sharedUrl });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  await statement(`CREATE DATABASE ${name}`);
  const url = new URL(sharedUrl);
  url.pathname = `/${name}`;
  return { url: url.href, restart: null, stop: () => statement(`DROP DATABASE ${name} WITH (FORCE)`) };
}

async function ownPostgres(): Promise<TestPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'trunkline-postgres-'));
  const data = join(folder, 'data');
  const [password, passwordFile] = [randomBytes(12).toString('hex'), join(folder, 'password')];
  await writeFile(passwordFile, password);
  if (process.getuid?.() === 0) await chown(folder, Number((await run('id', ['-u', 'postgres'])).stdout), -1);
  const [initdb, initArgs] = asPostgres('initdb', ['-D', data, ...INITDB, `--pwfile=${passwordFile}`]);
  await run(initdb, initArgs, { cwd: folder });
  const port = await freePort();
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  let server = await launch(data, port, url);
  const end = async (mode: 'immediate' | 'fast') => {
    const gone = new Promise((resolve) => server.once('exit', resolve));
    const [pgCtl, args] = asPostgres('pg_ctl', ['-D', data, 'stop', '-m', mode, '-w']);
    await run(pgCtl, args, { cwd: folder });
    await gone;
  };
  return {
    url,
    restart: async () => {
      await end('immediate');
      server = await launch(data, port, url);
    },
    stop: async () => {
      await end('fast');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Postgres refuses to run as root: there it runs as the user that its package made. */
function asPostgres(binary: string, args: string[]): [string, string[]] {
  const path = join(BINARIES, binary);
  return process.getuid?.() === 0 ? ['runuser', ['-u', 'postgres', '--', path, ...args]] : [path, args];
}

async function launch(data: string, port: number, url: string): Promise<ChildProcess> {
  const settings = ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='];
  const [command, args] = asPostgres('postgres', [...settings, '-c', 'max_connections=60', '-c', 'shared_buffers=32MB']);
  const server = spawn(command, args, { cwd: '/', stdio: 'ignore' });
  for (let tries = 0; tries < 200; tries += 1) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return server;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  server.kill();
  throw new Error('Postgres did not start within ten seconds');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
