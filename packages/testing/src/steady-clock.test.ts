import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { SteadyClock } from './steady-clock.js';

test('time goes by as it does while the machine answers at once, and hardly while it does not', async () => {
  let stallMs = 0;
  const clock = new SteadyClock(() => sleep(stallMs));
  const beganMs = performance.now();
  await sleep(300);
  const [quietMs, passedMs] = [clock.nowMs(), performance.now() - beganMs];
  expect(quietMs).toBeLessThanOrEqual(passedMs + 5);
  stallMs = 1_000;
  await sleep(2_000);
  stallMs = 0;
  await clock.stop();
  // Two seconds, nearly all of which the machine took to answer.
  expect(clock.nowMs() - quietMs).toBeLessThan((performance.now() - beganMs - passedMs) / 2);
});

test('of what became so it tells when it was last found otherwise; nothing, if it was so at once', async () => {
  const clock = new SteadyClock(() => Promise.resolve());
  expect(await clock.lastOtherwiseMs('so', () => true)).toBe(0);
  let looks = 0;
  const otherwiseMs = await clock.lastOtherwiseMs('so at the third look', () => {
    looks += 1;
    return looks === 3;
  });
  expect(otherwiseMs).toBeGreaterThan(0);
  expect(otherwiseMs).toBeLessThanOrEqual(clock.nowMs());
  await clock.stop();
});

test('a question that fails is an answer, too: the clock goes on and can be stopped', async () => {
  const clock = new SteadyClock(() => Promise.reject(new Error('away')));
  await sleep(100);
  await clock.stop();
  expect(clock.nowMs()).toBeGreaterThan(0);
});
