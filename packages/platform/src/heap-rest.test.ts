import { afterEach, describe, expect, test } from '@jest/globals';
import { HeapRest } from './heap-rest.js';

const QUIET = 0.01;
const BUSY = 0.5;

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

  test('collects once when half a minute went by without work', () => {
    const { rest, count } = counting();
    looks(rest, QUIET, 5);
    expect(count()).toBe(0);
    looks(rest, QUIET, 50);
    expect(count()).toBe(1);
  });

  test('never collects between the posts of a busy server', () => {
    const { rest, count } = counting();
    for (let minute = 0; minute < 20; minute += 1) {
      looks(rest, QUIET, 5);
      looks(rest, BUSY, 1);
    }
    expect(count()).toBe(0);
  });

  test('collects again after there was work', () => {
    const { rest, count } = counting();
    looks(rest, QUIET, 6);
    looks(rest, BUSY, 1);
    looks(rest, QUIET, 6);
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
