import { readFileSync } from 'node:fs';
import type { Outcome, Standing } from './contest.js';
import { RATIO_GOALS } from './goals.js';
import { isContest } from './options.js';
import { textTable } from './text-table.js';
import type { Study, Verdict } from './verdict.js';

/** One line of `--json`: what a run found, for scripts and for `--compare`. Rates are per CPU-second of everything involved. */
export interface ResultLine {
  readonly name: string;
  readonly perCpuSec: number;
  readonly limitPerCpuSec: number;
  /** perCpuSec / limitPerCpuSec */
  readonly ratio: number;
  readonly peer: string;
  readonly peerPerCpuSec: number;
}

export function resultLine({ name, standings }: Outcome): ResultLine {
  const of = (role: Standing['role']): Standing | undefined => standings.find((standing) => standing.role === role);
  const [ours, limit, peer] = [of('ours'), of('limit'), of('peer')];
  const [perCpuSec, limitPerCpuSec, peerPerCpuSec] = [ours, limit, peer].map((standing) => rounded(standing?.perCpuSec ?? 0)) as [number, number, number];
  return { name, perCpuSec, limitPerCpuSec, ratio: rounded(over(perCpuSec, limitPerCpuSec), 3), peer: peer?.label ?? '', peerPerCpuSec };
}

/** A study's line of `--json`. */
export const studyLine = ({ name, figures, verdicts }: Study): object => ({
  name,
  figures,
  goals: verdicts.map(({ goal, found, isReached }) => ({ goal, found, reached: isReached })),
});

/** The table for people: each figure beside its goal; `earlier` stands beside each line as ratios, this run over that one. */
export function table(outcomes: readonly Outcome[], earlier: ReadonlyMap<string, ResultLine> | null): string {
  const head = ['path', 'per CPU-s', 'limit', 'of limit', 'goal', 'peer', '× peer', 'goal', ...(earlier === null ? [] : ['earlier', '× earlier', '× its share'])];
  const rows = outcomes.map((outcome) => {
    const line = resultLine(outcome);
    return [...cellsOf(line), ...(earlier === null ? [] : earlierCells(line, earlier.get(line.name)))];
  });
  return [textTable(head, rows), '', ...outcomes.flatMap(explained)].join('\n');
}

function cellsOf(line: ResultLine): string[] {
  const goals = isContest(line.name) ? RATIO_GOALS[line.name] : null;
  const times = over(line.perCpuSec, line.peerPerCpuSec);
  return [
    line.name,
    String(line.perCpuSec),
    String(line.limitPerCpuSec),
    `${Math.round(line.ratio * 100)} %`,
    goals === null ? '–' : `${Math.round(goals.ofLimit * 100)} % ${mark(line.ratio >= goals.ofLimit)}`,
    ...(line.peerPerCpuSec === 0 ? ['–', '–'] : [String(line.peerPerCpuSec), times.toFixed(1)]),
    goals?.timesPeer === null || goals === null ? '–' : `${goals.timesPeer} ${mark(times >= goals.timesPeer)}`,
  ];
}

const earlierCells = (line: ResultLine, before: ResultLine | undefined): string[] =>
  before === undefined ? ['–', '–', '–'] : [String(before.perCpuSec), over(line.perCpuSec, before.perCpuSec).toFixed(2), over(line.ratio, before.ratio).toFixed(2)];

const mark = (isReached: boolean): string => (isReached ? 'reached' : 'missed');

const explained = ({ name, unit, standings, notes, verdicts }: Outcome): string[] => [
  `${name}: ${unit} per CPU-second; ${standings.map(({ role, label }) => `${role}: ${label}`).join('; ')}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`,
  ...verdictLines(verdicts ?? []),
];

/** A study's table, its notes and its goals. */
export const studyText = ({ name, head, rows, notes, verdicts }: Study): string =>
  [`${name}`, textTable(head, rows), ...notes.map((note) => `- ${note}`), ...verdictLines(verdicts)].join('\n');

const verdictLines = (verdicts: readonly Verdict[]): string[] => verdicts.map(({ goal, found, isReached }) => `  ${mark(isReached)}: ${goal} (found: ${found})`);

/** @throws Error when the file holds no lines of `--json`. */
export function readEarlier(path: string): Map<string, ResultLine> {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Partial<ResultLine> & { name: string })
    .filter((line): line is ResultLine => line.perCpuSec !== undefined);
  if (lines.length === 0) throw new Error(`${path} holds no lines of npm run bench -- --json`);
  return new Map(lines.map((line) => [line.name, line]));
}

const over = (value: number, other: number): number => (other === 0 ? 0 : value / other);
const rounded = (value: number, digits = 1): number => Number(value.toFixed(value > 100 ? 0 : digits));
