import { expect, test } from '@jest/globals';
import { KeptBytes } from './kept-bytes.js';

const MIB = 1_048_576;

function world(follows: (host: string) => number = () => 0, relays: readonly string[] = []) {
  const counts = new Map<string, number>();
  const clock = { ms: 0 };
  const said: string[] = [];
  let isAway = false;
  const rates = {
    hit: async (key: string, _limit: number, seconds: number, hits = 1) => {
      if (isAway) throw new Error('away');
      const window = Math.floor(clock.ms / seconds / 1_000);
      const count = (counts.get(`${key} ${window}`) ?? 0) + hits;
      counts.set(`${key} ${window}`, count);
      return { count, resetAtMs: (window + 1) * seconds * 1_000 };
    },
  };
  const copy = () =>
    new KeptBytes({
      rates,
      followsTo: async (host) => follows(host),
      isRelay: async (host) => relays.includes(host),
      nowMs: () => clock.ms,
      onFull: (domain) => said.push(domain),
      onFault: () => said.push('fault'),
    });
  return { copy, clock, said, goAway: (away: boolean) => (isAway = away) };
}

/** As many MiB, told of after each. */
async function store(kept: KeptBytes, host: string, mib: number): Promise<void> {
  for (let n = 0; n < mib && !kept.isFullFor(host); n += 1) {
    kept.add(host, MIB);
    await kept.tell();
  }
}

test('S084 a domain that nobody follows has so much kept in a day, under whatever names and by whichever copy', async () => {
  const { copy, clock, said } = world();
  const [first, second] = [copy(), copy()];
  await store(first, 'u1.evil.example', 64);
  await store(second, 'u2.evil.example', 63);
  expect([first.isFullFor('evil.example'), second.isFullFor('evil.example')]).toEqual([false, false]);
  await store(first, 'u3.evil.example', 5);
  expect([first.isFullFor('evil.example'), first.isFullFor('other.example')]).toEqual([true, false]);
  // The other copy hears of it with what it stores next.
  await store(second, 'evil.example', 2);
  expect([second.isFullFor('evil.example'), said]).toEqual([true, ['evil.example', 'evil.example']]);
  clock.ms += 86_400_000;
  expect(first.isFullFor('evil.example')).toBe(false);
});

test('one that is followed has sixteen times as much, a relay all that it brings', async () => {
  const { copy } = world((host) => (host === 'group.example' ? 1 : 0), ['relay.example']);
  const kept = copy();
  await store(kept, 'group.example', 2_000);
  await store(kept, 'relay.example', 3_000);
  expect([kept.isFullFor('group.example'), kept.isFullFor('relay.example')]).toEqual([false, false]);
});

test('while nobody can be told nothing is refused, and it is told later', async () => {
  const { copy, goAway, said } = world();
  const kept = copy();
  goAway(true);
  await store(kept, 'evil.example', 200);
  expect([kept.isFullFor('evil.example'), said.length]).toEqual([false, 200]);
  goAway(false);
  await kept.tell();
  expect(kept.isFullFor('evil.example')).toBe(true);
});

test('what was told is counted once, although nobody could be looked up then', async () => {
  let isAway = true;
  const { copy } = world(() => {
    if (isAway) throw new Error('away');
    return 0;
  });
  const kept = copy();
  kept.add('busy.example', 128 * MIB);
  for (let n = 0; n < 20; n += 1) await kept.tell();
  isAway = false;
  kept.add('busy.example', MIB);
  await kept.tell();
  expect(kept.isFullFor('busy.example')).toBe(true);
  const followed = world(() => {
    if (isAway) throw new Error('away');
    return 1;
  });
  const others = followed.copy();
  isAway = true;
  others.add('busy.example', 128 * MIB);
  for (let n = 0; n < 20; n += 1) await others.tell();
  isAway = false;
  others.add('busy.example', MIB);
  await others.tell();
  // Counted twenty times it would be beyond what a domain may that is followed.
  expect(others.isFullFor('busy.example')).toBe(false);
});
