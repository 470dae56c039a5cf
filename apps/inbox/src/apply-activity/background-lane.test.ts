import { expect, test } from '@jest/globals';
import { BackgroundLane } from './background-lane.js';

test('a key that waits or runs is not taken twice, and a full lane takes nothing', async () => {
  const ran: string[] = [];
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const lane = new BackgroundLane(() => undefined, { atOnce: 1, waitingMax: 1 });
  const work = (name: string) => async () => {
    ran.push(name);
    await gate;
  };
  expect(lane.add('a', work('a'))).toBe(true);
  expect(lane.add('a', work('a again'))).toBe(false);
  expect(lane.add('b', work('b'))).toBe(true);
  expect(lane.add('c', work('c'))).toBe(false);
  open();
  await lane.idle();
  expect(ran).toEqual(['a', 'b']);
});

test('work that fails takes nothing with it', async () => {
  const failed: string[] = [];
  const ran: string[] = [];
  const lane = new BackgroundLane((key) => failed.push(key));
  lane.add('bad', () => Promise.reject(new Error('no')));
  lane.add('good', async () => ran.push('good'));
  await lane.idle();
  expect([failed, ran]).toEqual([['bad'], ['good']]);
});

test('stopping forgets what waits and waits for what runs', async () => {
  const ran: string[] = [];
  const lane = new BackgroundLane(() => undefined, { atOnce: 1 });
  lane.add('runs', async () => ran.push('runs'));
  lane.add('waits', async () => ran.push('waits'));
  await lane.stop();
  expect(ran).toEqual(['runs']);
  expect(lane.add('late', async () => undefined)).toBe(false);
});
