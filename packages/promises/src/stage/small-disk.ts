import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MIB = 1_048_576;
const PAGE = 4_096;
const FILLER = '.filler';

/** A disk of so many MiB in memory, mounted over a folder; for stores that shall run out of space. Needs the right to mount. */
export class SmallDisk {
  private constructor(readonly path: string) {}

  /** @throws Error with what `mount` says */
  static mount(path: string, mib: number): SmallDisk {
    mkdirSync(path, { recursive: true });
    const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mib}m,mode=0755`, 'tmpfs', path], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`a small disk cannot be mounted: ${error?.message ?? stderr.trim()}`);
    return new SmallDisk(path);
  }

  /** Why none can be mounted here; null: it can. */
  static fault(): string | null {
    const path = mkdtempSync(join(tmpdir(), 'trunkline-disk-'));
    try {
      SmallDisk.mount(path, 1).unmount();
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      rmSync(path, { recursive: true, force: true });
    }
  }

  /** Leaves not a page free. @returns bytes that were free */
  fill(): number {
    const file = openSync(join(this.path, FILLER), 'a');
    let bytes = 0;
    for (const size of [MIB, PAGE]) {
      const zeros = Buffer.alloc(size);
      try {
        for (;;) {
          const written = writeSync(file, zeros);
          bytes += written;
          if (written < size) break;
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
    closeSync(file);
    return bytes;
  }

  free(): void {
    rmSync(join(this.path, FILLER), { force: true });
  }

  /** Also while somebody still has files open there. */
  unmount(): void {
    spawnSync('umount', ['-l', this.path]);
  }
}
