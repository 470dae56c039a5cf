import { readFileSync } from 'node:fs';
import type { Outcome, Standing } from './contest.js';

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
  return { name, perCpuSec, limitPerCpuSec, ratio: rounded(perCpuSec / limitPerCpuSec, 3), peer: peer?.label ?? '', peerPerCpuSec };
}

/** The table for people; `earlier` stands beside each line as a ratio. */
export function table(outcomes: readonly Outcome[], earlier: ReadonlyMap<string, ResultLine> | null): string {
  const head = ['path', 'per CPU-s', 'limit', 'of limit', 'peer', '× peer', ...(earlier === null ? [] : ['× earlier'])];
  const lines = outcomes.map((outcome) => {
    const line = resultLine(outcome);
    const before = earlier?.get(line.name);
    return [
      line.name,
      String(line.perCpuSec),
      String(line.limitPerCpuSec),
      `${Math.round(line.ratio * 100)} %`,
      String(line.peerPerCpuSec),
      (line.perCpuSec / line.peerPerCpuSec).toFixed(1),
      ...(earlier === null ? [] : [before === undefined ? '–' : (line.perCpuSec / before.perCpuSec).toFixed(2)]),
    ];
  });
  const widths = head.map((title, column) => Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)));
  const row = (cells: readonly string[]): string => `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [row(head), rule, ...lines.map(row), '', ...outcomes.flatMap(explained)].join('\n');
}

const explained = ({ name, unit, standings, notes }: Outcome): string[] => [
  `${name}: ${unit} per CPU-second; ${standings.map(({ role, label }) => `${role}: ${label}`).join('; ')}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`,
];

/** @throws Error when the file holds no lines of `--json`. */
export function readEarlier(path: string): Map<string, ResultLine> {
  const lines = readFileSync(path, 'utf8').split('\n').filter((line) => line.startsWith('{'));
  if (lines.length === 0) throw new Error(`${path} holds no lines of npm run bench -- --json`);
  return new Map(lines.map((line) => JSON.parse(line) as ResultLine).map((line) => [line.name, line]));
}

const rounded = (value: number, digits = 1): number => Number(value.toFixed(value > 100 ? 0 : digits));
