import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Snowflake, StatusId } from '@trunkline/kernel';
import type { Visibility } from '@trunkline/domain';
import { addAccount, followTie, ids, newStatus, startWorld, wrongCounters, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld(10);
}, 60_000);
afterAll(() => world.stop());

/** A small generator, so that a failing seed fails again (mulberry32). */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const VISIBILITIES: readonly Visibility[] = ['public', 'unlisted', 'private', 'direct'];

test.each([1, 20_261, 77_777])('seed %i: whatever people do at once, counters equal rows', async (seed) => {
  const { store, db } = world;
  const draw = seeded(seed);
  const people: Snowflake[] = [];
  for (let n = 0; n < 8; n += 1) people.push(await addAccount(store, `p${seed}x${n}`, n % 3 === 0 ? 'far.example' : null));
  const statuses: StatusId[] = [];
  const someone = () => people[draw(people.length)] as Snowflake;
  const something = () => statuses[draw(Math.max(1, statuses.length))];

  const step = async (): Promise<void> => {
    const [who, whom, what, kind] = [someone(), someone(), something(), draw(10)];
    const visibility = VISIBILITIES[draw(4)] as Visibility;
    const made = await store.transaction(async (tx) => {
      if (kind < 2 || what === undefined) return tx.insertStatus(newStatus(who, { visibility }));
      if (kind === 2) return tx.insertStatus(newStatus(who, { visibility, inReplyToId: what, inReplyToAccountId: whom }));
      if (kind === 3) return tx.insertStatus(newStatus(who, { boostOfId: what }));
      if (kind === 4) await tx.deleteStatus(what);
      else if (kind === 5) await tx.insertFavourite({ id: ids.next(), accountId: who, statusId: what, uri: null });
      else if (kind === 6) await tx.deleteFavourite(who, what);
      else if (kind === 7) await tx.deleteFollow(who, whom);
      else await tx.insertFollow(followTie(who, whom));
      return null;
    });
    if (made !== null && kind < 3) statuses.push(made);
  };
  for (let round = 0; round < 40; round += 1) await Promise.all(Array.from({ length: 8 }, step));
  expect(await wrongCounters(db)).toEqual([]);

  // Accounts vanish while others go on.
  const leaver = people.shift() as Snowflake;
  await Promise.all([store.transaction((tx) => tx.deleteAccount(leaver)), ...Array.from({ length: 6 }, step)]);
  expect(await wrongCounters(db)).toEqual([]);
}, 60_000);
