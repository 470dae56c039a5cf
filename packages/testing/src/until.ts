/** How long something may take that happens within moments on an idle machine. */
const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 20;

/** What was waited for did not come about in time. The cause is what was last thrown by who looked. */
export class WaitedInVain extends Error {
  override readonly name = 'WaitedInVain';
}

/**
 * Waits for a fact instead of sleeping: looks until `look` gives something other than null, false or undefined.
 * @throws WaitedInVain with what was waited for, and what was last thrown, when patience ends.
 */
export async function until<T>(what: string, look: () => Promise<T | null | false | undefined> | T | null | false | undefined, patienceMs = PATIENCE_MS): Promise<T> {
  const endMs = performance.now() + patienceMs;
  let lastError: unknown;
  for (;;) {
    try {
      const found = await look();
      if (found !== null && found !== false && found !== undefined) return found;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() > endMs) throw new WaitedInVain(`waited ${patienceMs} ms in vain for: ${what}`, { cause: lastError });
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
