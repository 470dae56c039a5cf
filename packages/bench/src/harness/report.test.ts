import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Outcome } from './contest.js';
import { readEarlier, resultLine, studyLine, studyText, table } from './report.js';
import { atMost, passes, type Study } from './verdict.js';

const outcome = (perCpuSec: number, change: Partial<Outcome> = {}): Outcome => ({
  name: 'fan-out',
  unit: 'feed insertions',
  standings: [
    { role: 'ours', label: 'timeline', perCpuSec, samples: [] },
    { role: 'limit', label: 'bare loop', perCpuSec: 400_000, samples: [] },
    { role: 'peer', label: 'one job a follower', perCpuSec: 20_000, samples: [] },
  ],
  notes: [],
  ...change,
});

test('a line of --json holds rates, the share of the limit and the peer', () => {
  expect(resultLine(outcome(250_000))).toEqual({ name: 'fan-out', perCpuSec: 250_000, limitPerCpuSec: 400_000, ratio: 0.625, peer: 'one job a follower', peerPerCpuSec: 20_000 });
});

test('the table says of each goal whether it is reached: 60 % of the limit, 8 times the peer', () => {
  expect(table([outcome(250_000)], null)).toMatch(/63 % \| 60 % reached \|\s+20000 \|\s+12\.5 \|\s+8 reached/);
  expect(table([outcome(100_000)], null)).toMatch(/25 % \| 60 % missed \|\s+20000 \|\s+5\.0 \|\s+8 missed/);
});

test('an earlier run stands beside this one as ratios; a path it did not measure has none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-report-'));
  try {
    const file = join(folder, 'before.json');
    const study: Study = { name: 'crowd', head: [], rows: [], figures: { lost: 0 }, verdicts: [], notes: [] };
    writeFileSync(file, ['> npm prints this', JSON.stringify(studyLine(study)), JSON.stringify(resultLine(outcome(125_000))), ''].join('\n'));
    const text = table([outcome(250_000), outcome(1, { name: 'deliver' })], readEarlier(file));
    expect(text).toMatch(/earlier \| × earlier \| × its share/);
    expect(text).toMatch(/\| fan-out .*125000 \|\s+2\.00 \|\s+2\.00 \|/);
    expect(text).toMatch(/\| deliver .*– \|\s+– \|\s+– \|/);
    writeFileSync(file, JSON.stringify(studyLine(study)));
    expect(() => readEarlier(file)).toThrow('holds no lines');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a study tells its table, its goals and what was found', () => {
  const study: Study = { name: 'memory', head: ['service', 'MB'], rows: [['api', '180']], figures: {}, verdicts: [atMost('standalone', 300, 310, ' MB')], notes: ['a note'] };
  expect(studyText(study)).toBe('memory\n| service |  MB |\n|---------|-----|\n| api     | 180 |\n- a note\n  missed: standalone ≤ 300 MB (found: 310 MB)');
  expect(studyLine(study)).toEqual({ name: 'memory', figures: {}, goals: [{ goal: 'standalone ≤ 300 MB', found: '310 MB', reached: false }] });
});

test('a quick run may miss what its size explains, never lose anything', () => {
  const slow = atMost('p99', 2, 3, ' ×');
  expect(passes([slow], false)).toBe(false);
  expect(passes([slow], true)).toBe(true);
  expect(passes([{ ...slow, isFirm: true }], true)).toBe(false);
});
