import { expect, test } from '@jest/globals';
import { fail, ok } from '@trunkline/kernel';
import type { FetchedKey } from './fetch-key.js';
import { KeyLane } from './key-lane.js';

const clock = { nowMs: () => 0 };
const keyOf = (keyId: string): FetchedKey => ({ keyId, ownerUri: keyId, publicKeyPem: 'pem', endsAt: null });

/** Fetches that end when told. */
function gatedLane(waitersMax: number) {
  const ends = new Map<string, () => void>();
  const lane = new KeyLane({ fetch: (keyId) => new Promise((resolve) => ends.set(keyId, () => resolve(ok(keyOf(keyId))))), clock }, { waitersMax });
  return { lane, ends };
}

test('one flight a key, whoever waits for it', async () => {
  const { lane, ends } = gatedLane(8);
  const both = [lane.run('https://a.test/k', 'a.test'), lane.run('https://a.test/k', 'a.test')];
  expect(ends.size).toBe(1);
  ends.get('https://a.test/k')?.();
  expect(await Promise.all(both)).toEqual(Array(2).fill(ok(keyOf('https://a.test/k'))));
});

// S045: four domains whose key documents drip would else hold every place at the door.
test('those who wait are counted over all domains and flights, and their places come back', async () => {
  const { lane, ends } = gatedLane(4);
  const slow = ['a', 'a', 'b', 'c'].map((name) => lane.run(`https://${name}.test/k`, `${name}.test`));
  expect(await lane.run('https://a.test/k', 'a.test')).toEqual(fail({ code: 'busy' }));
  expect(await lane.run('https://d.test/k', 'd.test')).toEqual(fail({ code: 'busy' }));
  for (const end of ends.values()) end();
  expect((await Promise.all(slow)).every((answer) => answer.ok)).toBe(true);
  const later = lane.run('https://d.test/k', 'd.test');
  ends.get('https://d.test/k')?.();
  expect((await later).ok).toBe(true);
});

test('a domain has few flights at once, whatever its hosts are called, and few in a minute', async () => {
  let nowMs = 0;
  const ends: (() => void)[] = [];
  const fetch = (keyId: string) => new Promise<ReturnType<typeof ok<FetchedKey>>>((resolve) => ends.push(() => resolve(ok(keyOf(keyId)))));
  const lane = new KeyLane({ fetch, clock: { nowMs: () => nowMs } }, { flightsPerDomainMax: 2, fetchesPerDomainMinuteMax: 5 });
  const ask = (host: string, n: number) => lane.run(`https://${host}/${n}`, host);
  const flying = [ask('x.a.test', 1), ask('y.a.test', 2)];
  expect(await ask('z.a.test', 3)).toEqual(fail({ code: 'throttled' }));
  const other = ask('b.test', 1);
  expect(ends).toHaveLength(3);
  for (const end of ends.splice(0)) end();
  expect((await Promise.all([...flying, other])).every(({ ok: isOk }) => isOk)).toBe(true);
  for (const n of [4, 5, 6]) {
    const one = ask('x.a.test', n);
    ends.pop()?.();
    expect((await one).ok).toBe(true);
  }
  expect(await ask('x.a.test', 7)).toEqual(fail({ code: 'throttled' }));
  nowMs = 60_000;
  const later = ask('x.a.test', 7);
  ends.pop()?.();
  expect((await later).ok).toBe(true);
});

test('a key that could not be had is not asked for again within a minute, unless it is wanted fresh', async () => {
  let nowMs = 0;
  let asked = 0;
  const fetch = async () => {
    asked += 1;
    return fail({ code: 'not_found' as const });
  };
  const lane = new KeyLane({ fetch, clock: { nowMs: () => nowMs } });
  for (const _ of [1, 2]) expect(await lane.run('https://a.test/k', 'a.test')).toEqual(fail({ code: 'not_found' }));
  expect(asked).toBe(1);
  await lane.run('https://a.test/k', 'a.test', { fresh: true });
  nowMs = 61_000;
  await lane.run('https://a.test/k', 'a.test');
  expect(asked).toBe(3);
});

test('S045 what strangers use up in a domain’s name leaves to those who have proven themselves what is theirs', async () => {
  const lane = new KeyLane({ fetch: async (keyId) => (keyId.includes('made-up') ? fail({ code: 'not_found' as const }) : ok(keyOf(keyId))), clock });
  for (let at = 0; at < 120; at += 1) expect((await lane.run(`https://a.test/made-up/${at}`, 'a.test')).ok).toBe(false);
  expect(await lane.run('https://a.test/new', 'sub.a.test')).toEqual(fail({ code: 'throttled' }));
  expect((await lane.run('https://a.test/new', 'sub.a.test', { proven: true })).ok).toBe(true);
});

test('S045 one domain’s slow keys hold only so many who wait', async () => {
  const ends: (() => void)[] = [];
  const lane = new KeyLane({ fetch: (keyId) => new Promise((resolve) => ends.push(() => resolve(ok(keyOf(keyId))))), clock });
  const slow = Array.from({ length: 16 }, () => lane.run('https://evil.test/k', 'evil.test'));
  expect(await lane.run('https://evil.test/k', 'evil.test')).toEqual(fail({ code: 'throttled' }));
  const other = lane.run('https://b.test/k', 'b.test');
  for (const end of ends) end();
  expect((await Promise.all([...slow, other])).every(({ ok: isOk }) => isOk)).toBe(true);
});
