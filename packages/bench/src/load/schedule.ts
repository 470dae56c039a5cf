/** A stretch of time with a constant mean rate. */
export interface Phase {
  /** Arrivals a second. */
  readonly rate: number;
  readonly seconds: number;
}

/**
 * Times of arrival in milliseconds from the start: Poisson, since people do not wait for one another.
 * @param random numbers from 0 to 1, so that a test can choose them
 */
export function arrivals(phases: readonly Phase[], random: () => number = Math.random): number[] {
  const times: number[] = [];
  let startMs = 0;
  for (const { rate, seconds } of phases) {
    const endMs = startMs + seconds * 1_000;
    let atMs = startMs;
    while (rate > 0) {
      atMs += (-Math.log(1 - random()) / rate) * 1_000;
      if (atMs >= endMs) break;
      times.push(atMs);
    }
    startMs = endMs;
  }
  return times;
}
