import { expect, test } from '@jest/globals';
import { badAnswers, shareAcknowledged } from './answers.js';
import type { HistoryEntry, Outcome, Try } from './history.js';

const tried = (status: number | null, retryAfter: string | null = null): Try => ({ type: 'try', op: 1, atMs: 1, status, retryAfter });

test.each([[tried(null)], [tried(429)], [tried(503, '5')], [tried(502)]])('%j is what a fault may be told as', (entry) => {
  expect(badAnswers([entry], { endsNoProcess: false })).toEqual([]);
});

test.each([
  [tried(500), 'answered 500, 1 times'],
  [tried(404), 'answered 404, 1 times'],
  [tried(503), 'answered 503 without Retry-After, 1 times'],
])('%j is not', (entry, said) => {
  expect(badAnswers([entry], { endsNoProcess: false })).toEqual([said]);
});

test('where no process ends nobody is told that one is gone', () => {
  expect(badAnswers([tried(502), tried(502)], { endsNoProcess: true })).toEqual(['answered 502, 2 times']);
});

test('the share that was confirmed: a second answer of one operation is none of two', () => {
  const operation = (op: number, ...outcomes: Outcome[]): HistoryEntry[] => [
    { type: 'ask', op, atMs: 1, who: 'ann', action: 'does', claims: [], effects: [] },
    ...outcomes.map((outcome): HistoryEntry => ({ type: 'answer', op, atMs: 2, outcome, status: null })),
  ];
  expect(shareAcknowledged([...operation(1, 'unknown', 'acknowledged'), ...operation(2, 'refused'), ...operation(3), ...operation(4, 'acknowledged', 'acknowledged')])).toBe(0.5);
  expect(shareAcknowledged([])).toBe(1);
});
