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
  expect(lane.add('a', 'd', work('a'))).toBe(true);
  expect(lane.add('a', 'd', work('a again'))).toBe(false);
  expect(lane.add('b', 'd', work('b'))).toBe(true);
  expect(lane.add('c', 'd', work('c'))).toBe(false);
  open();
  await lane.idle();
  expect(ran).toEqual(['a', 'b']);
});

test('work that fails takes nothing with it', async () => {
  const failed: string[] = [];
  const ran: string[] = [];
  const lane = new BackgroundLane((key) => failed.push(key));
  lane.add('bad', 'd', () => Promise.reject(new Error('no')));
  lane.add('good', 'd', async () => ran.push('good'));
  await lane.idle();
  expect([failed, ran]).toEqual([['bad'], ['good']]);
});

test('stopping forgets what waits and waits for what runs', async () => {
  const ran: string[] = [];
  const lane = new BackgroundLane(() => undefined, { atOnce: 1 });
  lane.add('runs', 'd', async () => ran.push('runs'));
  lane.add('waits', 'd', async () => ran.push('waits'));
  await lane.stop();
  expect(ran).toEqual(['runs']);
  expect(lane.add('late', 'd', async () => undefined)).toBe(false);
});

test('S081 a domain whose servers are slow holds up its own work, and has no more waiting than its share', async () => {
  const ran: string[] = [];
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const lane = new BackgroundLane(() => undefined, { atOnce: 3, atOncePerDomain: 1, waitingPerDomain: 2 });
  const added = ['e1', 'e2', 'e3', 'e4'].map((key) => lane.add(key, 'evil.example', () => gate));
  expect(added).toEqual([true, true, true, false]);
  expect(lane.add('v1', 'victim.example', async () => ran.push('v1'))).toBe(true);
  while (ran.length === 0) await new Promise((resolve) => setImmediate(resolve));
  open();
  await lane.idle();
});
