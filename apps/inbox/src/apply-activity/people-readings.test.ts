import { expect, test } from '@jest/globals';
import { fail, ok, snowflake } from '@trunkline/kernel';
import type { PersonalReadingStore } from '@trunkline/persistence';
import { PeopleReadings } from './people-readings.js';

type Finding = Awaited<ReturnType<PersonalReadingStore['take']>>;
const asked = { uri: 'https://away.example/1', authorId: snowflake('1'), named: [], domain: 'away.example' };
const NONE: Finding = { state: 'none' };
const WAITING: Finding = { state: 'waiting' };

/** What is found look by look; the last one again and again. */
function world(findings: Finding[], asks: readonly boolean[] = [true], patienceMs = 60_000) {
  const seen = { asks: 0, rings: 0 };
  const readings = {
    take: async () => (findings.length > 1 ? (findings.shift() ?? NONE) : (findings[0] ?? NONE)),
    ask: async () => asks[seen.asks++] ?? false,
  };
  return { seen, people: new PeopleReadings({ readings, ring: () => void (seen.rings += 1) }, { patienceMs, firstLookMs: 1 }) };
}
const fetch = ({ people }: ReturnType<typeof world>) => people.fetch(asked, new Date());

test('it is asked for once, waited for, and taken', async () => {
  const one = world([NONE, WAITING, WAITING, { state: 'read', document: '{"id":"https://away.example/1"}' }]);
  expect(await fetch(one)).toEqual(ok({ uri: asked.uri, json: { id: asked.uri } }));
  expect(one.seen).toEqual({ asks: 1, rings: 1 });
});

test.each<[string, Finding[], readonly boolean[], string]>([
  ['what is refused is not there', [NONE, { state: 'refused', reason: 'http_4xx' }], [true], 'not_found'],
  ['what is away may come', [{ state: 'away', reason: 'timeout' }], [], 'timeout'],
  ['for whatever reason it says', [{ state: 'away', reason: 'http_4xx' }], [], 'network'],
  ['there is no room', [NONE], [false, false], 'busy'],
  ['what is no object is none', [{ state: 'read', document: '[]' }], [], 'bad_json'],
])('%s', async (_, findings, asks, code) => {
  expect(await fetch(world(findings, asks))).toEqual(fail({ code }));
});

test('nobody waits for ever', async () => {
  expect(await fetch(world([WAITING], [], 100))).toEqual(fail({ code: 'timeout' }));
});

test('another copy that asked a moment earlier does the same', async () => {
  const one = world([NONE, WAITING, { state: 'read', document: '{"id":"https://away.example/1"}' }], [false]);
  expect(await fetch(one)).toMatchObject({ ok: true });
});
