/**
 * `broken`: something that was promised did not hold. `undecided`: nothing was seen broken, but a deadline passed on a
 * machine that others kept busy, so nothing was seen kept either. `not run`: this machine does not allow the attack.
 */
export type LineVerdict = 'kept' | 'broken' | 'undecided' | 'not run';

/** One line of the table: all seeds of one promise. */
export interface Line {
  readonly id: string;
  readonly promise: string;
  readonly seeds: number;
  readonly operations: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly reordered: number;
  readonly unknown: number;
  /** The slowest. */
  readonly recoverMs: number;
  readonly verdict: LineVerdict;
}

const HEAD = ['promise', '', 'seeds', 'operations', 'lost', 'duplicated', 'reordered', 'unknown', 'recovered in', ''];
const WORDS: Record<LineVerdict, string> = { kept: 'kept', broken: 'BROKEN', undecided: 'NOT DECIDED: too slow', 'not run': 'NOT RUN' };
/** From what outweighs everything to what outweighs nothing. */
const BY_WEIGHT: readonly LineVerdict[] = ['broken', 'undecided', 'not run', 'kept'];

/** Of several seeds, or of several promises. */
export const worst = (verdicts: readonly LineVerdict[]): LineVerdict => BY_WEIGHT.find((verdict) => verdicts.includes(verdict)) ?? 'kept';

/** The table at the end of a run, for a terminal. */
export function reportTable(lines: readonly Line[]): string {
  const rows = lines.map((line) => [
    line.id,
    line.promise,
    ...[line.seeds, line.operations, line.lost, line.duplicated, line.reordered, line.unknown].map(String),
    `${(line.recoverMs / 1_000).toFixed(1)} s`,
    WORDS[line.verdict],
  ]);
  const widths = HEAD.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)));
  // Names to the left, figures to the right.
  const lay = (row: readonly string[]): string => row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ').trimEnd();
  return [lay(HEAD), lay(widths.map((width) => '─'.repeat(width))), ...rows.map(lay)].join('\n');
}

/** One sentence below the table, which says what the run does not say; '' when it says all. */
export function whatIsOpen(lines: readonly Line[]): string {
  const of = (verdict: LineVerdict): string => lines.filter((line) => line.verdict === verdict).map(({ id }) => id).join(', ');
  const [undecided, notRun] = [of('undecided'), of('not run')];
  const open = [...(undecided === '' ? [] : [`${undecided} not decided (run again on a machine with nothing else to do)`]), ...(notRun === '' ? [] : [`${notRun} not run here`])];
  return open.length === 0 ? '' : `This is no full pass: ${open.join('; ')}.`;
}

/**
 * 0: all that could be run was kept. 1: a promise broke. 2: none broke, and of one it is not known, which includes one that was asked for by name and
 * could not be run.
 */
export function exitStatus(lines: readonly Line[], wasAskedByName: boolean): 0 | 1 | 2 {
  const verdict = worst(lines.map((line) => line.verdict));
  if (verdict === 'broken') return 1;
  return verdict === 'undecided' || (verdict === 'not run' && wasAskedByName) ? 2 : 0;
}
