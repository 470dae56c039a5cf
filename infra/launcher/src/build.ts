import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { repositoryRoot } from './repository-root.ts';
import { takeLock } from './take-lock.ts';

const stamp = join(repositoryRoot, 'node_modules', '.trunkline-build');
const lock = join(repositoryRoot, '.data', 'build.lock');

/**
 * Builds every package and app. Turbo knows what is unchanged, but takes a second to say so: when no source file
 * has changed since the last build, it is not asked.
 */
export async function buildAll(): Promise<void> {
  while (takeLock(lock)) await sleep(200);
  try {
    const sources = fingerprint();
    if (isBuilt() && existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
    console.log('Building …');
    const { code, output } = await runTurbo();
    if (code !== 0) throw new Error(`The build failed:\n${output}`);
    // The state before the build: a file that changed meanwhile is built again next time.
    writeFileSync(stamp, sources);
  } finally {
    rmSync(lock, { force: true });
  }
}

function runTurbo(): Promise<{ code: number; output: string }> {
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
  const args = ['run', 'build', '--output-logs=errors-only', '--no-update-notifier'];
  const turbo = spawn(join(repositoryRoot, 'node_modules', '.bin', 'turbo'), args, { cwd: repositoryRoot, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [turbo.stdout, turbo.stderr]) stream.on('data', (data: Buffer) => (output += data.toString('utf8')));
  return new Promise((resolve, reject) => {
    turbo.once('error', reject);
    turbo.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** The folders of all packages and apps. */
function workspaces(): string[] {
  return ['packages', 'apps']
    .flatMap((group) => readdirSync(join(repositoryRoot, group)).map((name) => join(repositoryRoot, group, name)))
    .filter((home) => existsSync(join(home, 'package.json')))
    .sort();
}

function isBuilt(): boolean {
  return workspaces().every((home) => existsSync(join(home, 'dist', 'index.js')));
}

/** Names, sizes and times of all that the build reads. */
function fingerprint(): string {
  const hash = createHash('sha256');
  for (const file of ['.swcrc', 'turbo.json', 'tsconfig.base.json', 'package-lock.json']) addFile(hash, join(repositoryRoot, file));
  for (const home of workspaces()) {
    addFile(hash, join(home, 'package.json'));
    const files = existsSync(join(home, 'src')) ? readdirSync(join(home, 'src'), { recursive: true, encoding: 'utf8' }) : [];
    for (const file of files.sort()) addFile(hash, join(home, 'src', file));
  }
  return hash.digest('hex');
}

function addFile(hash: Hash, path: string): void {
  const { size, mtimeMs } = statSync(path);
  hash.update(`${path} ${size} ${mtimeMs}\n`);
}
