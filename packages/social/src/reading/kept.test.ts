import { expect, test } from '@jest/globals';
import type { ChangeLog, ToldChanges } from '../ports/change-log.js';
import { Changes } from './changes.js';
import { Kept, Trail } from './kept.js';

/** A log that says what it is given next. */
class ScriptedLog implements ChangeLog {
  asked = 0;
  private told: string[] | null | 'away' = [];

  says(told: string[] | null | 'away'): void {
    this.told = told;
  }

  async since(): Promise<ToldChanges | null> {
    this.asked += 1;
    const told = this.told;
    this.told = [];
    return told === 'away' ? null : { position: { epoch: 'e', count: 0 }, names: told };
  }
}

function given(bytesMax = 10_000) {
  const log = new ScriptedLog();
  const changes = new Changes(log);
  const clock = { ms: 0 };
  const kept = new Kept<string>(bytesMax, changes, () => clock.ms);
  const keep = (key: string, names: string[] = [key], since = changes.moment): void => kept.keep(key, `value of ${key}`, { names, since, bytes: 100 });
  return { log, changes, kept, keep, clock };
}

test('stands until one of its names is told, and what does not name it leaves it', async () => {
  const { log, changes, kept, keep } = given();
  keep('a', ['a', 'b']);
  log.says(['c']);
  expect([await changes.sync(), kept.get('a')]).toEqual([true, 'value of a']);
  log.says(['b']);
  await changes.sync();
  expect(kept.get('a')).toBeUndefined();
});

test('what was loaded before a change that was told meanwhile is not believed', async () => {
  const { log, changes, kept, keep } = given();
  const before = changes.moment;
  log.says(['a']);
  await changes.sync();
  keep('a', ['a'], before);
  expect(kept.get('a')).toBeUndefined();
  keep('a');
  expect(kept.get('a')).toBe('value of a');
});

test('a lost log makes everything doubtful; one that is away says so', async () => {
  const { log, changes, kept, keep } = given();
  keep('a');
  log.says(null);
  expect(await changes.sync()).toBe(true);
  expect(kept.get('a')).toBeUndefined();
  log.says('away');
  expect(await changes.sync()).toBe(false);
});

test('nothing is believed for longer than a minute, whatever is told', () => {
  const { kept, keep, clock } = given();
  keep('a');
  clock.ms = 60_000;
  expect(kept.get('a')).toBe('value of a');
  clock.ms = 60_001;
  expect(kept.get('a')).toBeUndefined();
});

test('what has little time left is for those who can do with it, and may be loaded anew meanwhile', () => {
  const { kept, keep, clock } = given();
  keep('a');
  clock.ms = 50_000;
  expect([kept.get('a', undefined, 10_000), kept.get('a', undefined, 10_001), kept.get('a'), kept.leftMs('a')]).toEqual(['value of a', undefined, 'value of a', 10_000]);
  keep('a');
  expect(kept.get('a', undefined, 60_000)).toBe('value of a');
});

test('a trail leads to all that was used, and ends with what ends first', async () => {
  const { log, changes, kept, keep, clock } = given();
  keep('a', ['a', 'x']);
  clock.ms = 1_000;
  const trail = new Trail();
  kept.get('a', trail);
  kept.keep('b', 'value of b', { names: ['b'], since: changes.moment, bytes: 100 }, trail);
  kept.get('c', trail);
  expect([[...trail.names], trail.untilMs]).toEqual([['a', 'x', 'b'], 60_000]);
  kept.keep('page', 'a page', { names: [...trail.names], since: changes.moment, bytes: 100, untilMs: trail.untilMs });
  expect(kept.get('page')).toBe('a page');
  log.says(['x']);
  await changes.sync();
  expect([kept.get('page'), kept.get('b')]).toEqual([undefined, 'value of b']);
});

test('the least lately used goes first, and the bytes are counted', () => {
  const { kept, keep, clock } = given(1_100);
  keep('a');
  keep('b');
  clock.ms = 1_000;
  kept.get('a');
  keep('c');
  expect([kept.get('a'), kept.get('b'), kept.get('c'), kept.bytes]).toEqual(['value of a', undefined, 'value of c', 1_000]);
});

test('so many changes that not all are remembered make what is older doubtful, never wrong', async () => {
  const { log, changes, kept, keep } = given();
  keep('a');
  for (let round = 0; round < 3; round += 1) {
    log.says(['a', ...Array.from({ length: 50_000 }, (_, at) => `${round}.${at}`)]);
    await changes.sync();
  }
  expect(kept.get('a')).toBeUndefined();
  keep('a');
  expect(kept.get('a')).toBe('value of a');
});

test('those who ask at the same time share one look, and never one that began before they asked', async () => {
  const { log, changes } = given();
  const first = changes.sync();
  await Promise.resolve();
  const [second, third] = [changes.sync(), changes.sync()];
  await Promise.all([first, second, third]);
  expect(log.asked).toBe(2);
});
