import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds } from './cpu-meter.js';

const LOOK_MS = 500;
const QUIET_SHARE = 0.1;
const LOOKS_MAX = 240;

/** Resolves when these processes have little to do: what they found to do when they started is then done. */
export async function untilQuiet(pids: readonly number[]): Promise<void> {
  let quietLooks = 0;
  for (let looks = 0; looks < LOOKS_MAX && quietLooks < 2; looks += 1) {
    const before = cpuSeconds(pids);
    await sleep(LOOK_MS);
    quietLooks = cpuSeconds(pids) - before < (QUIET_SHARE * pids.length * LOOK_MS) / 1_000 ? quietLooks + 1 : 0;
  }
}
