import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const BLOCK = Buffer.alloc(8_192, 'x');
const BLOCKS = 256;
const PAUSE_MS = 100;

/**
 * Writes a little to where the stores of a benchmark lie and waits until it is on the storage, again and again: what the machine takes for that, whoever else
 * writes, is no doing of the server. The file is made before the first span, so that all are looked at alike. @returns the longest that one took, in ms, for each span of so many ms
 */
export async function slowestSyncs(spansMs: readonly number[]): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'trunkline-sync-'));
  const file = await open(join(folder, 'probe'), 'w');
  try {
    await file.write(Buffer.concat(Array<Buffer>(BLOCKS).fill(BLOCK)));
    await file.sync();
    const slowest = spansMs.map(() => 0);
    let [at, untilMs] = [0, performance.now()];
    for (const [index, spanMs] of spansMs.entries()) {
      untilMs += spanMs;
      for (; performance.now() < untilMs; at = (at + 1) % BLOCKS) {
        await file.write(BLOCK, 0, BLOCK.length, at * BLOCK.length);
        const fromMs = performance.now();
        await file.datasync();
        slowest[index] = Math.max(slowest[index] ?? 0, performance.now() - fromMs);
        await sleep(PAUSE_MS);
      }
    }
    return slowest;
  } finally {
    await file.close();
    await rm(folder, { recursive: true });
  }
}
