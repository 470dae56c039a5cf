export interface IndexRow {
  readonly path: string;
  readonly server: string;
  readonly type: string;
  readonly note: string;
  /** Of a column `attack`, `flag` or `hostile`. */
  readonly flag: string;
}

/** Other names that people give to a column. */
const NAMES: Readonly<Record<keyof IndexRow, readonly string[]>> = {
  path: ['path', 'file', 'filename', 'name'],
  server: ['server', 'software', 'source', 'origin_server'],
  type: ['type', 'kind'],
  note: ['note', 'notes', 'special', 'comment'],
  flag: ['attack', 'flag', 'hostile'],
};

/** Rows of an INDEX.tsv by the names of its columns, in any order. Without a line of names the first column is the path. */
export function readIndex(text: string): { readonly rows: readonly IndexRow[]; readonly complaints: readonly string[] } {
  const complaints: string[] = [];
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const first = lines[0] ?? '';
  const between = separatorOf(first);
  if (between !== '\t') complaints.push(`INDEX.tsv has no tabs: what lies between "${between}" is taken for a column.`);
  const head = cellsOf(first, between).map((cell) => cell.toLowerCase());
  const columns = columnsOf(head);
  const hasHead = columns.path >= 0;
  if (!hasHead) complaints.push('INDEX.tsv has no column "path" in its first line: the first column is taken for it.');
  for (const name of ['server', 'type', 'note'] as const) {
    if (hasHead && columns[name] < 0) complaints.push(`INDEX.tsv has no column "${name}": ${name === 'note' ? 'nothing is known to be special' : `the ${name} is taken from the ${name === 'server' ? 'folder' : 'document'}`}.`);
  }
  const at = hasHead ? columns : { path: 0, server: 1, type: 2, note: 3, flag: -1 };
  const rows: IndexRow[] = [];
  const seen = new Set<string>();
  for (const [index, line] of (hasHead ? lines.slice(1) : lines).entries()) {
    const cells = cellsOf(line, between);
    const cell = (name: keyof IndexRow): string => (at[name] < 0 ? '' : (cells[at[name]] ?? ''));
    const path = cell('path').replaceAll('\\', '/').replace(/^\.\//, '');
    if (path === '' || path.startsWith('/') || path.split('/').includes('..')) complaints.push(`INDEX.tsv, line ${index + (hasHead ? 2 : 1)}: "${path}" is no path within the folder.`);
    else if (seen.has(path)) complaints.push(`INDEX.tsv names ${path} twice: the first line counts.`);
    else if (seen.add(path)) rows.push({ path, server: cell('server'), type: cell('type'), note: cell('note'), flag: cell('flag') });
  }
  return { rows, complaints };
}

/** Tabs, unless there is none and the first line names a column before something else. */
function separatorOf(line: string): string {
  if (line.includes('\t')) return '\t';
  return [',', ';'].find((sign) => line.split(sign).some((cell) => NAMES.path.includes(plainCell(cell).toLowerCase()))) ?? '\t';
}

/** Between tabs, or between the sign as far as it does not stand in quotes. */
function cellsOf(line: string, between: string): string[] {
  if (between === '\t') return line.split('\t').map(plainCell);
  let isQuoted = false;
  let cell = '';
  const cells: string[] = [];
  for (const character of line) {
    if (character === '"') isQuoted = !isQuoted;
    if (character === between && !isQuoted) {
      cells.push(plainCell(cell));
      cell = '';
    } else cell += character;
  }
  return [...cells, plainCell(cell)];
}

const plainCell = (cell: string): string => cell.trim().replace(/^"(.*)"$/, '$1').replaceAll('""', '"');

function columnsOf(head: readonly string[]): Record<keyof IndexRow, number> {
  const find = (name: keyof IndexRow): number => head.findIndex((cell) => NAMES[name].includes(cell));
  return { path: find('path'), server: find('server'), type: find('type'), note: find('note'), flag: find('flag') };
}
