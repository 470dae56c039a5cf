import { expect, test } from '@jest/globals';
import type { ChangeLog, ToldChanges } from '../ports/change-log.js';
import { Changes } from './changes.js';
import { Kept } from './kept.js';

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
