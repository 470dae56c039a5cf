import { isBad, type Outcome } from '../plays/outcome.js';
import { RULES } from '../plays/rules.js';

const COLUMNS = ['understood', 'ignored on purpose', 'not understood'] as const;

const COMPLAINTS_MAX = 50;

const columnOf = (outcome: Outcome): number => (isBad(outcome) ? 2 : outcome.verdict === 'understood' ? 0 : 1);

/** The table by server software, the rules that were used, and every file of the last column. */
export function report(outcomes: readonly Outcome[], complaints: readonly string[] = []): string {
  const servers = [...new Set(outcomes.map(({ entry }) => entry.server))].sort();
  const width = Math.max(8, ...servers.map((server) => server.length));
  const line = (name: string, cells: readonly string[]): string => [name.padEnd(width), ...cells.map((cell, index) => cell.padStart((COLUMNS[index]?.length ?? 0) + 3))].join('');
  const counts = (of: readonly Outcome[]): string[] => COLUMNS.map((_, column) => String(of.filter((outcome) => columnOf(outcome) === column).length));
  return [
    ...complaints.slice(0, COMPLAINTS_MAX).map((complaint) => `! ${complaint}`),
    ...(complaints.length > COMPLAINTS_MAX ? [`! … and ${complaints.length - COMPLAINTS_MAX} more of this kind`] : []),
    line('server', COLUMNS),
    ...servers.map((server) => line(server, counts(outcomes.filter(({ entry }) => entry.server === server)))),
    line('all', counts(outcomes)),
    ...rulesUsed(outcomes),
    ...badOnes(outcomes),
  ].join('\n');
}

function rulesUsed(outcomes: readonly Outcome[]): string[] {
  const ignored = outcomes.filter((outcome) => columnOf(outcome) === 1);
  const rules = [...new Set(ignored.map(({ rule }) => rule ?? ''))].sort();
  if (rules.length === 0) return [];
  return ['', 'Ignored on purpose:', ...rules.map((rule) => {
    const files = ignored.filter((outcome) => outcome.rule === rule);
    return `  ${rule} (${files.length}): ${RULES[rule] ?? ''}\n${files.map(({ entry }) => `    ${entry.path}`).join('\n')}`;
  })];
}

function badOnes(outcomes: readonly Outcome[]): string[] {
  const bad = outcomes.filter(isBad);
  if (bad.length === 0) return [];
  return ['', 'Not understood:', ...bad.map(({ entry, rule, faults, verdict }) => [`  ${entry.path} (${entry.type})`, ...(verdict === 'not understood' ? [`    ${rule}`] : []), ...faults.map((fault) => `    FAULT ${fault}`)].join('\n'))];
}
