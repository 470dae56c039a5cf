import { afterEach, describe, expect, test } from '@jest/globals';
import { HeapRest } from './heap-rest.js';

const QUIET = 0.02;
const BUSY = 0.05;
/** Looks in ten minutes. */
const LONG = 120;

describe('HeapRest', () => {
  const rests: HeapRest[] = [];
  const counting = (): { readonly rest: HeapRest; readonly count: () => number } => {
    let collected = 0;
    const rest = new HeapRest(() => (collected += 1));
    rests.push(rest);
    return { rest, count: () => collected };
  };
  const looks = (rest: HeapRest, share: number, times: number): void => {
    for (let time = 0; time < times; time += 1) rest.look(share);
  };
  afterEach(() => {
    for (const rest of rests.splice(0)) rest.close();
  });

  test('collects once when half a minute went by after the start', () => {
    const { rest, count } = counting();
    looks(rest, BUSY, 2);
    looks(rest, QUIET, 5);
    expect(count()).toBe(0);
    looks(rest, QUIET, 500);
    expect(count()).toBe(1);
  });

  test('never collects between the posts of a server in use', () => {
    const { rest, count } = counting();
    looks(rest, BUSY, 6);
    for (let pause = 0; pause < 20; pause += 1) {
      looks(rest, QUIET, LONG - 1);
      looks(rest, BUSY, 1);
    }
    expect(count()).toBe(0);
  });

  test('collects again when ten minutes went by after work', () => {
    const { rest, count } = counting();
    looks(rest, QUIET, 6);
    looks(rest, BUSY, 1);
    looks(rest, QUIET, LONG - 1);
    expect(count()).toBe(1);
    looks(rest, QUIET, 500);
    expect(count()).toBe(2);
  });

  test('gives memory back', () => {
    const rest = HeapRest.start();
    rests.push(rest);
    const before = heapWhileFull();
    looks(rest, QUIET, 6);
    expect(process.memoryUsage().heapUsed).toBeLessThan(before - 8_000_000);
  });
});

/** In a function of its own: what a frame has held is held until it returns. */
function heapWhileFull(): number {
  const kept = Array.from({ length: 400 }, (_, at) => Array.from({ length: 1_000 }, (__, place) => `${at} ${place}`));
  return process.memoryUsage().heapUsed + kept.length - 400;
}
