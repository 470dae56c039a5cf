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
  /** null: it could not be run here, which says nothing. */
  readonly isKept: boolean | null;
}

const HEAD = ['promise', '', 'seeds', 'operations', 'lost', 'duplicated', 'reordered', 'unknown', 'recovered in', ''];

/** The table at the end of a run, for a terminal. */
export function reportTable(lines: readonly Line[]): string {
  const rows = lines.map((line) => [
    line.id,
    line.promise,
    ...[line.seeds, line.operations, line.lost, line.duplicated, line.reordered, line.unknown].map(String),
    `${(line.recoverMs / 1_000).toFixed(1)} s`,
    line.isKept === null ? 'NOT RUN' : line.isKept ? 'kept' : 'BROKEN',
  ]);
  const widths = HEAD.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)));
  // Names to the left, figures to the right.
  const lay = (row: readonly string[]): string => row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ').trimEnd();
  return [lay(HEAD), lay(widths.map((width) => '─'.repeat(width))), ...rows.map(lay)].join('\n');
}
