import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readJson, writeJson } from './json-file.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { takeLock } from './take-lock.ts';

/** What DATA_DIR/services.json remembers between starts. */
export interface Remembered {
  /** Ports by service name: a restart keeps its addresses while they are free. */
  ports: Record<string, number>;
  /** Processes that the last start ran; any still there were left behind by a kill. */
  processes: Record<string, ProcessIdentity>;
  /** Where Postgres keeps its data; outside of DATA_DIR when its user cannot enter that. */
  postgresFolder?: string;
  /** Random passwords of the services that this folder's starts made. */
  passwords: Record<string, string>;
}

/** One copy's folder: held by one start at a time, and the memory of what it started. */
export class DataFolder {
  readonly path: string;
  readonly remembered: Remembered;
  /** Set once everything is being stopped: nothing may be started any more. */
  isClosing = false;

  private constructor(path: string) {
    this.path = path;
    const read = readJson<Partial<Remembered>>(join(path, 'services.json')) ?? {};
    this.remembered = { ...read, ports: read.ports ?? {}, processes: read.processes ?? {}, passwords: read.passwords ?? {} };
  }

  /**
   * Takes the folder for this process. The lock of a start that was killed is taken over.
   * @throws FolderHeldError when another start of the same folder is alive
   */
  static hold(dataDir: string): DataFolder {
    const path = resolve(dataDir);
    mkdirSync(path, { recursive: true });
    const owner = takeLock(join(path, 'launcher.lock'));
    if (owner) throw new FolderHeldError(path, owner.pid);
    return new DataFolder(path);
  }

  /** Writes services.json. */
  save(): void {
    writeJson(join(this.path, 'services.json'), this.remembered);
  }

  release(): void {
    rmSync(join(this.path, 'launcher.lock'), { force: true });
  }
}

/** Another start uses the same folder. */
export class FolderHeldError extends Error {
  constructor(path: string, pid: number) {
    super(`${path} is in use by a running start (process ${pid}); stop that one, or set DATA_DIR, PORT and LOCAL_DOMAIN for a second copy.`);
  }
}
