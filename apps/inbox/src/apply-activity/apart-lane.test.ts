import { expect, test } from '@jest/globals';
import { ApartLane } from './apart-lane.js';

const LIMITS = { quick: 2, slow: 3, slowPerDomain: 2, slowAfterMs: 10, waitingMax: 20 };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A work that ends when it is told to. */
function hanging(): { work: () => Promise<string>; end(): void; begun(): boolean } {
  let end = (): void => undefined;
  let isBegun = false;
  const ended = new Promise<string>((resolve) => (end = () => resolve('done')));
  return { work: () => ((isBegun = true), ended), end, begun: () => isBegun };
}

test('works that hang move aside, and quick ones go on', async () => {
  const lane = new ApartLane(LIMITS);
  const stuck = ['a', 'b', 'c'].map((host) => ({ ...hanging(), host }));
  const taken = stuck.map(({ work, host }) => lane.add(host, host, work));
  expect(await Promise.all(taken.map((one) => one?.noLongerQuick))).toEqual(['slow', 'slow', 'slow']);
  for (let n = 0; n < 10; n += 1) {
    const quick = lane.add(`quick ${n}`, 'q', async () => n);
    expect([await quick?.noLongerQuick, await quick?.done]).toEqual(['done', n]);
  }
  stuck.forEach(({ end }) => end());
  await lane.ended();
});

test('one host holds so many slow places, and then is told that there is no room; others are not', async () => {
  const lane = new ApartLane(LIMITS);
  const stuck = ['a1', 'a2'].map((actor) => ({ ...hanging(), actor }));
  await Promise.all(stuck.map(({ actor, work }) => lane.add(actor, 'a', work)?.noLongerQuick));
  expect(lane.add('a3', 'a', async () => 'no')).toBeNull();
  expect(await lane.add('b1', 'b', async () => 'yes')?.done).toBe('yes');
  stuck.forEach(({ end }) => end());
  await lane.ended();
  expect(await lane.add('a3', 'a', async () => 'yes')?.done).toBe('yes');
});

test('S081 hosts below one registrable domain hold no more than one host', async () => {
  const lane = new ApartLane(LIMITS);
  const stuck = ['a1', 'a2'].map((actor) => ({ ...hanging(), actor }));
  await Promise.all(stuck.map(({ actor, work }) => lane.add(actor, `${actor}.evil.example`, work)?.noLongerQuick));
  expect(lane.add('a3', 'a3.evil.example', async () => 'no')).toBeNull();
  expect(await lane.add('b1', 'honest.example', async () => 'yes')?.done).toBe('yes');
  stuck.forEach(({ end }) => end());
  await lane.ended();
});

test('works of one actor follow each other, and whoever stands behind a slow one is not waited for', async () => {
  const lane = new ApartLane(LIMITS);
  const first = hanging();
  await lane.add('amy', 'a', first.work)?.noLongerQuick;
  const second = hanging();
  const taken = lane.add('amy', 'a', second.work);
  expect(await taken?.noLongerQuick).toBe('slow');
  expect([lane.has('amy'), second.begun()]).toEqual([true, false]);
  first.end();
  while (!second.begun()) await turn();
  second.end();
  await taken?.done;
  await lane.ended();
  expect(lane.has('amy')).toBe(false);
});

test('a work that fails gives its place back', async () => {
  const lane = new ApartLane({ ...LIMITS, quick: 1 });
  await expect(lane.add('amy', 'a', () => Promise.reject(new Error('no')))?.done).rejects.toThrow('no');
  expect(await lane.add('bob', 'b', async () => 'yes')?.done).toBe('yes');
});
