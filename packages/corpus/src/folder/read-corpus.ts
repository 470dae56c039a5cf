import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Corpus, Entry } from './entry.js';
import { readIndex, type IndexRow } from './read-index.js';

const INDEX = 'INDEX.tsv';
/** What one file may have: far more than any inbox takes. */
const FILE_BYTES_MAX = 16 * 1024 * 1024;
const FILES_MAX = 20_000;
const DOCUMENT = /\.(?:json|jsonld|xml|xrd|txt|activity|as2)$/i;

/**
 * Reads a folder of documents with its INDEX.tsv. What the index leaves out is asked of the file and its folder; files
 * that it does not name are taken too.
 * @throws Error with a sentence for the person who typed the folder, when there is nothing to play
 */
export function readCorpus(folder: string): Corpus {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) throw new Error(`${folder} is no folder.`);
  const complaints: string[] = [];
  const indexPath = join(folder, INDEX);
  if (!existsSync(indexPath)) throw new Error(`${folder} has no ${INDEX}: a table with tabs whose first line names its columns: path, server, type, note.`);
  const { rows, complaints: ofIndex } = readIndex(readFileSync(indexPath, 'utf8'));
  complaints.push(...ofIndex);
  const named = new Set(rows.map(({ path }) => path));
  const files = filesIn(folder);
  const unnamed = files.filter((path) => !named.has(path));
  if (unnamed.length > 0) complaints.push(`${INDEX} does not name ${unnamed.length} files, which are played all the same: ${unnamed.slice(0, 5).join(', ')}${unnamed.length > 5 ? ', …' : ''}.`);
  const present = new Set(files);
  const missing = rows.filter(({ path }) => !present.has(path) && !existsSync(join(folder, path)));
  if (missing.length > 0) complaints.push(`${INDEX} names ${missing.length} files that are not there: ${missing.slice(0, 5).map(({ path }) => path).join(', ')}${missing.length > 5 ? ', …' : ''}.`);
  const entries = [...rows, ...unnamed.map((path) => ({ path, server: '', type: '', note: '', flag: '' }))].slice(0, FILES_MAX).map((row) => entryOf(folder, row));
  if (entries.length === 0) throw new Error(`${folder} holds no document: ${INDEX} names none, and there is no .json file.`);
  return { entries, complaints };
}

function entryOf(folder: string, row: IndexRow): Entry {
  const place = row.path.includes('/') ? (row.path.split('/')[0] ?? '') : '';
  const server = row.server || place || 'unknown';
  const isAttack = /(?:^|\/)attacks?\//i.test(row.path) || /^attacks?$/i.test(server) || /\bATTACK\b/.test(`${row.type} ${row.note}`) || isSaid(row.flag);
  return { path: row.path, server, type: row.type, note: row.note, isAttack, text: textOf(join(folder, row.path)) };
}

const isSaid = (flag: string): boolean => /^(?:1|y|yes|true|x|attack|hostile)$/i.test(flag.trim());

function textOf(path: string): string | null {
  if (!existsSync(path) || !statSync(path).isFile() || statSync(path).size > FILE_BYTES_MAX) return null;
  return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && file.name !== INDEX && DOCUMENT.test(file.name))
    .map((file) => relative(folder, join(file.parentPath, file.name)).split(sep).join('/'))
    .sort();
}
