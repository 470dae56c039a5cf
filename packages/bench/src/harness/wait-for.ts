import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until the answer is true. @throws Error after `patienceMs`, with what was waited for. */
export async function waitFor(what: string, isSo: () => Promise<boolean>, options: { readonly everyMs?: number; readonly patienceMs?: number } = {}): Promise<void> {
  const giveUpAt = performance.now() + (options.patienceMs ?? 180_000);
  while (!(await isSo())) {
    if (performance.now() > giveUpAt) throw new Error(`waited in vain for ${what}`);
    await sleep(options.everyMs ?? 20);
  }
}
