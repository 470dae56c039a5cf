import { describe, expect, test } from '@jest/globals';
import { checkHistory, type Found, type Observed } from './checker.js';
import type { Claim, Effect, HistoryEntry, Outcome } from './history.js';

/** One operation of a planted history. */
function operation(op: number, outcome: Outcome | null, claims: readonly Claim[], effects: readonly Effect[] = []): HistoryEntry[] {
  const ask: HistoryEntry = { type: 'ask', op, atMs: op * 10, who: 'ann', action: 'does', claims, effects };
  return outcome === null ? [ask] : [ask, { type: 'answer', op, atMs: op * 10 + 5, outcome, status: outcome === 'acknowledged' ? 200 : null }];
}
const claim = (key: string, wanted: string | null, order: number): Claim => ({ key, wanted, order });
const found = (facts: Readonly<Record<string, string | Found | undefined>>): Observed =>
  new Map(Object.entries(facts).flatMap(([key, fact]) => (fact === undefined ? [] : [[key, typeof fact === 'string' ? { count: 1, state: fact } : fact]])));

const post = operation(1, 'acknowledged', [claim('status:a', 'v0', 1)], [
  { key: 'feed:bob:a', atLeast: 1, atMost: 1 },
  { key: 'copy:rem:a', atLeast: 1, atMost: null },
]);
const quiet = { 'status:a': 'v0', 'feed:bob:a': '', 'copy:rem:a': { count: 3, state: '' } };

test('all is well: at least once may be three times where that is allowed', () => {
  expect(checkHistory(post, found(quiet))).toMatchObject({ operations: 1, counts: { ok: 1, lost: 0, duplicate: 0, reordered: 0, unknown: 0 }, findings: [] });
});

describe('planted losses', () => {
  test.each(['status:a', 'feed:bob:a', 'copy:rem:a'])('%s is not there', (key) => {
    const report = checkHistory(post, new Map([...found(quiet)].filter(([name]) => name !== key)));
    expect(report.counts.lost).toBe(1);
    expect(report.findings.join()).toContain(key);
  });

  test('an undone deletion: what was deleted stands', () => {
    const history = [...post, ...operation(2, 'acknowledged', [claim('status:a', null, 2)])];
    expect(checkHistory(history, found(quiet)).counts).toMatchObject({ reordered: 1, ok: 1 });
    expect(checkHistory(history, found({})).counts).toMatchObject({ ok: 2 });
  });

  test('an edit that nobody has, although the post stands', () => {
    const history = [...post, ...operation(2, 'acknowledged', [claim('status:a', 'v1', 2)])];
    expect(checkHistory(history, found({ ...quiet, 'status:a': 'something else' })).counts.lost).toBe(1);
  });
});

describe('planted duplicates', () => {
  test('the fact', () => {
    expect(checkHistory(post, found({ ...quiet, 'status:a': { count: 2, state: 'v0' } })).counts.duplicate).toBe(1);
  });

  test('an entry in a feed', () => {
    const report = checkHistory(post, found({ ...quiet, 'feed:bob:a': { count: 2, state: '' } }));
    expect(report.counts.duplicate).toBe(1);
    expect(report.findings).toEqual(['duplicate: operation 1 (ann: does): feed:bob:a was found 2 times, not 1']);
  });

  test('even of what was never acknowledged', () => {
    const history = operation(1, null, [claim('status:a', 'v0', 1)]);
    expect(checkHistory(history, found({ 'status:a': { count: 2, state: 'v0' } })).counts.duplicate).toBe(1);
  });
});

describe('planted reorders', () => {
  const edits = [...post, ...operation(2, 'acknowledged', [claim('status:a', 'v1', 2)]), ...operation(3, 'acknowledged', [claim('status:a', 'v2', 3)])];

  test.each(['v0', 'v1'])('%s stands after v2', (state) => {
    const report = checkHistory(edits, found({ ...quiet, 'status:a': state }));
    expect(report.counts).toMatchObject({ reordered: 1, ok: 2 });
  });

  test('the order of the author counts, not that of arrival', () => {
    const arrived = [...operation(3, 'acknowledged', [claim('status:a', 'v2', 3)]), ...operation(2, 'acknowledged', [claim('status:a', 'v1', 2)]), ...post];
    expect(checkHistory(arrived, found({ ...quiet, 'status:a': 'v2' })).counts.ok).toBe(3);
    expect(checkHistory(arrived, found({ ...quiet, 'status:a': 'v1' })).counts.reordered).toBe(1);
  });
});

describe('what is not known', () => {
  test('no answer: there or not, both are right', () => {
    const history = operation(1, null, [claim('status:a', 'v0', 1)], [{ key: 'feed:bob:a', atLeast: 1, atMost: 1 }]);
    for (const facts of [{}, { 'status:a': 'v0' }]) expect(checkHistory(history, found(facts)).counts).toMatchObject({ unknown: 1, lost: 0 });
  });

  test('an edit without an answer may have happened, but nothing older than the last sure one', () => {
    const history = [...post, ...operation(2, 'acknowledged', [claim('status:a', 'v1', 2)]), ...operation(3, 'unknown', [claim('status:a', 'v2', 3)])];
    for (const state of ['v1', 'v2']) expect(checkHistory(history, found({ ...quiet, 'status:a': state })).counts).toMatchObject({ ok: 2, unknown: 1 });
    expect(checkHistory(history, found({ ...quiet, 'status:a': 'v0' })).counts.reordered).toBe(1);
  });

  test('a deletion without an answer excuses missing effects', () => {
    const history = [...post, ...operation(2, 'unknown', [claim('status:a', null, 2)])];
    expect(checkHistory(history, found({ 'status:a': 'v0' })).counts).toMatchObject({ ok: 1, unknown: 1 });
  });

  test('what was refused claims nothing', () => {
    expect(checkHistory(operation(1, 'refused', [claim('status:a', 'v0', 1)]), found({})).counts).toMatchObject({ ok: 1, lost: 0 });
  });
});
