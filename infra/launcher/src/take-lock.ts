import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readJson } from './json-file.ts';
import { identify, isRunning } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

/**
 * Makes a lock file for this process. That of a process that was killed is taken over.
 * @returns undefined when it is ours now, else the living process that holds it
 */
export function takeLock(path: string): ProcessIdentity | undefined {
  mkdirSync(dirname(path), { recursive: true });
  for (let attempt = 0; attempt < 5; attempt += 1) {
    try {
      writeFileSync(path, JSON.stringify(identify(process.pid)), { flag: 'wx' });
      return undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = readJson<ProcessIdentity>(path);
    if (owner && isRunning(owner)) return owner;
    rmSync(path, { force: true });
  }
  throw new Error(`${path} comes back each time it is removed.`);
}
