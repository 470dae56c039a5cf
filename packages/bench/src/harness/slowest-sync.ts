import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const BLOCK = Buffer.alloc(8_192, 'x');
const BLOCKS = 256;
const PAUSE_MS = 100;

/**
 * Writes a little to where the stores of a benchmark lie and waits until it is on the storage, again and again: what the machine takes for that, whoever else
 * writes, is no doing of the server. @returns the longest that one took, in ms
 */
export async function slowestSync(forMs: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'trunkline-sync-'));
  const file = await open(join(folder, 'probe'), 'w');
  try {
    await file.write(Buffer.concat(Array<Buffer>(BLOCKS).fill(BLOCK)));
    await file.sync();
    const untilMs = performance.now() + forMs;
    let slowestMs = 0;
    for (let at = 0; performance.now() < untilMs; at = (at + 1) % BLOCKS) {
      await file.write(BLOCK, 0, BLOCK.length, at * BLOCK.length);
      const fromMs = performance.now();
      await file.datasync();
      slowestMs = Math.max(slowestMs, performance.now() - fromMs);
      await sleep(PAUSE_MS);
    }
    return slowestMs;
  } finally {
    await file.close();
    await rm(folder, { recursive: true });
  }
}
