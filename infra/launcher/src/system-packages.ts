import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const retryAfterMs = [3_000, 15_000];

/** The path of a program in PATH or in the folders that an ordinary user's PATH leaves out. */
export function findProgram(...names: string[]): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/bin', '/usr/bin', '/usr/local/sbin', '/usr/sbin', '/opt/homebrew/bin'];
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

/** Whether packages can be installed here: Debian or a child of it, as root. */
export function canInstallPackages(): boolean {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get') && existsSync('/etc/debian_version');
}

/** Installs Debian packages, with retries since mirrors have bad moments; tells whether it worked. */
export async function installPackages(names: readonly string[]): Promise<boolean> {
  console.log(`Installing ${names.join(', ')} (apt-get) …`);
  for (let attempt = 0; ; attempt += 1) {
    const isDone = (await aptGet(['update', '-q'])) && (await aptGet(['install', '-q', '-y', '--no-install-recommends', ...names]));
    if (isDone) return true;
    const waitMs = retryAfterMs[attempt];
    if (waitMs === undefined) return false;
    await sleep(waitMs);
  }
}

function aptGet(args: string[]): Promise<boolean> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const child = spawn('/usr/bin/apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  return new Promise((resolve) => {
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0));
  });
}
