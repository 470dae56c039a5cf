import { setImmediate } from 'node:timers/promises';

/** A turn of the event loop may take ten: something else stands in it as well. */
const TURN_MS = 4;

/**
 * The same as `map`, with breaks between the items in which everybody else gets the event loop: each may be as large as a body may be, and a
 * hundred of them are read together.
 */
export async function inTurns<T, R>(items: readonly T[], work: (item: T) => R): Promise<R[]> {
  const results: R[] = [];
  let begunMs = performance.now();
  for (const item of items) {
    if (performance.now() - begunMs >= TURN_MS) {
      await setImmediate();
      begunMs = performance.now();
    }
    results.push(work(item));
  }
  return results;
}

/** Consecutive rows, at least one, at most so many and with so many characters together: what is written at once is made at once. */
export function* chunksOf<T extends { readonly body: string }>(rows: readonly T[], rowsMax: number, charsMax: number): Generator<T[]> {
  let chunk: T[] = [];
  let chars = 0;
  for (const row of rows) {
    if (chunk.length > 0 && (chunk.length >= rowsMax || chars + row.body.length > charsMax)) {
      yield chunk;
      [chunk, chars] = [[], 0];
    }
    chunk.push(row);
    chars += row.body.length;
  }
  if (chunk.length > 0) yield chunk;
}
