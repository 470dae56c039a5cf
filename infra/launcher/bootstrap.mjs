// The first thing that runs on a fresh clone: plain JavaScript for Node 20, nothing installed yet.
// `node infra/launcher/bootstrap.mjs <file in src> [arguments]` installs what the lockfile says and runs the
// file on Node 24, which npm brings as a package.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { hydratePostgresLinks, installDependencies } from './install.mjs';
import { findNode24 } from './node-24.mjs';

const root = join(import.meta.dirname, '..', '..');

async function main() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 11)) {
    throw new Error(`Trunkline needs Node 20.19 or newer to install itself; this is ${process.versions.node}.`);
  }
  const [file, ...args] = process.argv.slice(2);
  if (!file) throw new Error('Say which file of infra/launcher/src to run, e.g. start.ts.');
  await installDependencies(root);
  await hydratePostgresLinks(root);
  const node = findNode24(root);
  return await run(node, [join(import.meta.dirname, 'src', file), ...args]);
}

/** Runs and waits. Signals are passed on; on Ctrl-C the child gets it from the terminal as well, and stops once. */
function run(node, args) {
  const PATH = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  // The ipc channel carries nothing: when this process dies the child notices and stops in order.
  const child = spawn(node, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env: { ...process.env, PATH } });
  // npm killed without a word is the end too: else a server would be left that nobody can stop from a terminal.
  const parent = process.ppid;
  const watch = setInterval(() => process.env.npm_lifecycle_event && process.ppid !== parent && child.kill('SIGTERM'), 500);
  watch.unref();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? 128 + (constants.signals[signal ?? 'SIGKILL'] ?? 9)));
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`trunkline: ${error.message}`);
  process.exitCode = 1;
}
