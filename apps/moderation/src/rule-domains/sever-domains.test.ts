import { expect, test } from '@jest/globals';
import { compareIds, firstIdAt, type Snowflake } from '@trunkline/kernel';
import { DomainSweep } from './sever-domains.js';

function world() {
  let [nowMs, version, asked] = [100_000, 1, 0];
  const open = new Map<string, Snowflake>();
  const severed: string[] = [];
  const sweep = new DomainSweep({
    clock: { nowMs: () => nowMs },
    policyVersion: () => version,
    unsevered: async (before, limit) => {
      asked += 1;
      return [...open].filter(([, decided]) => compareIds(decided, before) < 0).map(([domain]) => domain).slice(0, limit);
    },
    sever: async (domain) => {
      severed.push(domain);
      return { following: 1, followers: 2 };
    },
    markSevered: async (domain) => void open.delete(domain),
  });
  return {
    severed,
    decide: (domain: string) => {
      open.set(domain, firstIdAt(nowMs));
      version += 1;
    },
    later: (ms: number) => (nowMs += ms),
    asked: () => asked,
    run: (signal = new AbortController().signal) => sweep.run(signal),
  };
}

test('a decision is finished when every process holds it, and then left alone', async () => {
  const { severed, decide, later, run, asked } = world();
  decide('far.example');
  await run();
  expect(severed).toEqual([]);
  later(2_500);
  await run();
  expect(severed).toEqual(['far.example']);
  await run();
  const before = asked();
  await run();
  expect(asked()).toBe(before);
  decide('far.example');
  later(2_500);
  await run();
  expect(severed).toEqual(['far.example', 'far.example']);
});

test('more than a round holds are all severed in the end, and an aborted round goes on later', async () => {
  const { severed, decide, later, run } = world();
  for (let index = 0; index < 45; index += 1) decide(`s${index}.example`);
  later(2_500);
  await run(AbortSignal.abort());
  expect(severed).toEqual([]);
  for (let round = 0; round < 4; round += 1) await run();
  expect(new Set(severed).size).toBe(45);
});
