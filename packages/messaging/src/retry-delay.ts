const FIRST_MS = 1_000;
const CAP_MS = 60_000;

/** How long a message rests after its `tries`-th failure: doubling, capped at a minute, spread over its upper half. */
export function retryDelayMs(tries: number, random: () => number = Math.random): number {
  const fullMs = Math.min(CAP_MS, FIRST_MS * 2 ** Math.min(tries - 1, 16));
  return Math.round(fullMs * (0.5 + random() / 2));
}
