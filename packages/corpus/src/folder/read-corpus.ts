import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Corpus, Entry } from './entry.js';
import { readIndex, type IndexRow } from './read-index.js';

const INDEX = 'INDEX.tsv';
/** What one file may have: far more than any inbox takes. */
const FILE_BYTES_MAX = 16 * 1024 * 1024;
const FILES_MAX = 20_000;
/** What the files of a folder may have together: they are held while they are played. */
const FOLDER_BYTES_MAX = 256 * 1024 * 1024;
const DOCUMENT = /\.(?:json|jsonld|jrd|xml|xrd|txt|activity|as2)(?:\.gz)?$/i;

/**
 * Reads a folder of documents with its INDEX.tsv. What the index leaves out, or all of it where there is none, is asked of
 * the file and its folder; files that it does not name are taken too.
 * @throws Error with a sentence for the person who typed the folder, when there is nothing to play
 */
export function readCorpus(folder: string): Corpus {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) throw new Error(`${folder} is no folder.`);
  const { rows, complaints } = indexOf(folder);
  const named = new Set(rows.map(({ path }) => path));
  const files = filesIn(folder);
  const unnamed = files.filter((path) => !named.has(path));
  if (unnamed.length > 0 && rows.length > 0) complaints.push(`${INDEX} does not name ${unnamed.length} files, which are played all the same: ${fewOf(unnamed)}.`);
  const present = new Set(files);
  const missing = rows.filter(({ path }) => !present.has(path) && !existsSync(join(folder, path)));
  if (missing.length > 0) complaints.push(`${INDEX} names ${missing.length} files that are not there: ${fewOf(missing.map(({ path }) => path))}.`);
  const all = [...rows, ...unnamed.map((path) => ({ path, server: '', type: '', note: '', flag: '' }))];
  if (all.length > FILES_MAX) complaints.push(`There are ${all.length} files: the first ${FILES_MAX} are played.`);
  let left = FOLDER_BYTES_MAX;
  const entries = all.slice(0, FILES_MAX).map((row) => {
    const entry = entryOf(folder, row, left);
    left -= entry.text?.length ?? 0;
    return entry;
  });
  if (entries.length === 0) throw new Error(`${folder} holds no document: ${INDEX} names none, and there is no .json file.`);
  return { entries, complaints };
}

function indexOf(folder: string): { rows: readonly IndexRow[]; complaints: string[] } {
  const name = readdirSync(folder).find((file) => file.toUpperCase() === INDEX.toUpperCase());
  if (name !== undefined) {
    const { rows, complaints } = readIndex(decoded(readFileSync(join(folder, name))));
    return { rows, complaints: [...complaints] };
  }
  return { rows: [], complaints: [`${folder} has no ${INDEX} (a table with tabs whose first line names its columns: path, server, type, note): every file is played, its server is the name of its folder, and attacks are those below a folder "attack".`] };
}

const fewOf = (paths: readonly string[]): string => `${paths.slice(0, 5).join(', ')}${paths.length > 5 ? ', …' : ''}`;

function entryOf(folder: string, row: IndexRow, bytesMax: number): Entry {
  const place = row.path.includes('/') ? (row.path.split('/')[0] ?? '') : '';
  const server = row.server || place || 'unknown';
  const isAttack = /(?:^|\/)attacks?\//i.test(row.path) || /^attacks?$/i.test(server) || /\bATTACK\b/.test(`${row.type} ${row.note}`) || isSaid(row.flag);
  return { path: row.path, server, type: row.type, note: row.note, isAttack, text: textOf(join(folder, row.path), Math.min(bytesMax, FILE_BYTES_MAX)) };
}

const isSaid = (flag: string): boolean => /^(?:1|y|yes|true|x|attack|hostile)$/i.test(flag.trim());

function textOf(path: string, bytesMax: number): string | null {
  if (!existsSync(path) || !statSync(path).isFile() || statSync(path).size > bytesMax) return null;
  const bytes = readFileSync(path);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return decoded(bytes);
  try {
    return decoded(gunzipSync(bytes, { maxOutputLength: bytesMax }));
  } catch {
    // Broken, or far larger than it looks: what is played is the file as it lies there.
    return decoded(bytes);
  }
}

/** UTF-8, or UTF-16 where a mark of byte order says so; without that mark. */
function decoded(bytes: Buffer): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && file.name.toUpperCase() !== INDEX.toUpperCase() && DOCUMENT.test(file.name))
    .map((file) => relative(folder, join(file.parentPath, file.name)).split(sep).join('/'))
    .filter((path) => !path.split('/').some((part) => part.startsWith('.')))
    .sort();
}
