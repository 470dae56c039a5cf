import { expect, test } from '@jest/globals';
import { snowflake } from '@trunkline/kernel';
import type { PersonalAnswer, PersonalReading } from '@trunkline/persistence';
import { PersonalReader } from './personal-reader.js';

const readingOf = (domain: string, attempts = 1): PersonalReading => ({ uri: `https://${domain}/1`, authorId: snowflake('1'), named: [], domain, begunAt: new Date(0), attempts });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Rows by domain; one of each is handed out at a time, as the store does. */
function world(rows: PersonalReading[]) {
  const answers: PersonalAnswer[] = [];
  const ends: (() => void)[] = [];
  const begun: string[] = [];
  const reader = new PersonalReader({
    readings: {
      claim: async ({ limit, exceptDomains }) => {
        const domains = [...new Set(rows.map(({ domain }) => domain))].filter((domain) => !exceptDomains.includes(domain)).slice(0, limit);
        return domains.map((domain) => rows.splice(rows.findIndex((row) => row.domain === domain), 1)[0] as PersonalReading);
      },
      answer: async (_, answer) => void answers.push(answer),
    },
    read: ({ domain }) => {
      begun.push(domain);
      return new Promise((resolve) => ends.push(() => resolve({ state: 'read', document: '{}' })));
    },
    onError: (_, error) => {
      throw error;
    },
  });
  return { reader, answers, ends, begun };
}

test('a slow domain holds up its own, not others', async () => {
  const { reader, ends, begun } = world([...Array.from({ length: 5 }, () => readingOf('slow.test')), readingOf('quick.test')]);
  reader.wake();
  for (let n = 0; n < 5; n += 1) await turn();
  expect(begun.toSorted()).toEqual(['quick.test', 'slow.test', 'slow.test']);
  while (ends.length > 0) {
    ends.splice(0).forEach((end) => end());
    await turn();
  }
  expect(begun).toHaveLength(6);
});

test('what ends the process again and again is read no more, and after the end nothing is begun', async () => {
  const { reader, begun, answers } = world([readingOf('a.test', 4)]);
  reader.wake();
  await turn();
  await reader.stop();
  await reader.finished();
  expect([begun, answers]).toEqual([[], [{ state: 'refused', reason: 'too_often' }]]);
  reader.wake();
  await turn();
  expect(begun).toEqual([]);
});
