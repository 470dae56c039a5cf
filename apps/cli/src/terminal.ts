/** Where a command reads its settings and writes its answer. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** Cannot be done, and why: one sentence for the operator, no stack. The command ends with code 1. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** Left-aligned columns, two spaces apart; nothing for no rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd();
  return [head, ...rows].map((row) => `${line(row)}\n`).join('');
}

/** `90` → `1 min`; `-` for nothing. */
export function age(seconds: number): string {
  if (seconds <= 0) return '-';
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** Without control characters: what others wrote must not drive the operator's terminal. */
export const printable = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
