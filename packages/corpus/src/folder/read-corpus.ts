import { readdirSync, readFileSync, statSync, type Dirent } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Corpus, Entry } from './entry.js';
import { readIndex, type IndexRow } from './read-index.js';

const INDEX = 'INDEX.tsv';
/** What one file may have: far more than any inbox takes. */
const MIB = 1024 * 1024;
const FILE_BYTES_MAX = 16 * MIB;
const FILES_MAX = 20_000;
/** Where looking for more ends: the first `FILES_MAX` are played, and how many more there are is said as far as that. */
const FILES_SEEN_MAX = 200_000;
/** What the files of a folder may have together: they are held while they are played. */
const FOLDER_BYTES_MAX = 256 * MIB;
const DOCUMENT = /\.(?:json|jsonld|jrd|xml|xrd|txt|activity|as2)(?:\.gz)?$/i;

/**
 * Reads a folder of documents with its INDEX.tsv. What the index leaves out, or all of it where there is none, is asked of
 * the file and its folder; files that it does not name are taken too. Links are followed to files, never to folders.
 * @throws Error with a sentence for the person who typed the folder, when there is nothing to play
 */
export function readCorpus(folder: string): Corpus {
  if (isWhat(folder) !== 'folder') throw new Error(isWhat(folder) === null ? `${folder} is not there.` : `${folder} is no folder.`);
  const complaints: string[] = [];
  const files = filesIn(folder, complaints);
  const rows = indexOf(folder, complaints);
  const named = new Set(rows.map(({ path }) => path));
  const unnamed = files.filter((path) => !named.has(path));
  if (unnamed.length > 0 && rows.length > 0) complaints.push(`${INDEX} does not name ${unnamed.length} files, which are played all the same: ${fewOf(unnamed)}.`);
  const present = new Set(files);
  const missing = rows.filter(({ path }) => !present.has(path) && isWhat(join(folder, path)) === null);
  if (missing.length > 0) complaints.push(`${INDEX} names ${missing.length} files that are not there: ${fewOf(missing.map(({ path }) => path))}.`);
  const all = [...rows, ...unnamed.map((path) => ({ path, server: '', type: '', note: '', flag: '' }))];
  if (all.length > FILES_MAX) complaints.push(`There are ${all.length} files: the first ${FILES_MAX} are played.`);
  let left = FOLDER_BYTES_MAX;
  const entries = all.slice(0, FILES_MAX).map((row) => {
    const entry = entryOf(folder, row, left);
    left -= entry.text?.length ?? 0;
    return entry;
  });
  if (entries.length === 0) throw new Error([...complaints, `${folder} holds no document: none that an ${INDEX} names, and none that ends like one (.json, .jsonld, .jrd, .xml, .xrd, .txt, .activity, .as2).`].join('\n'));
  return { entries, complaints };
}

/** Null: nothing is there, or nobody may look. */
function isWhat(path: string): 'file' | 'folder' | 'else' | null {
  try {
    const stats = statSync(path);
    return stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'else';
  } catch {
    return null;
  }
}

function indexOf(folder: string, complaints: string[]): readonly IndexRow[] {
  const name = readdirSync(folder).find((file) => file.toUpperCase() === INDEX.toUpperCase());
  if (name === undefined) {
    complaints.push(`${folder} has no ${INDEX} (a table with tabs whose first line names its columns: path, server, type, note): every file is played, its server is the name of its folder, and attacks are those below a folder "attack".`);
    return [];
  }
  const index = textOf(join(folder, name), FILE_BYTES_MAX);
  if (index.text === null) {
    complaints.push(`${name}: ${index.trouble}. Every file is played, and its server is the name of its folder.`);
    return [];
  }
  const read = readIndex(index.text);
  complaints.push(...read.complaints);
  return read.rows;
}

const fewOf = (paths: readonly string[]): string => `${paths.slice(0, 5).join(', ')}${paths.length > 5 ? ', …' : ''}`;

function entryOf(folder: string, row: IndexRow, bytesMax: number): Entry {
  const place = row.path.includes('/') ? (row.path.split('/')[0] ?? '') : '';
  const server = row.server || place || 'unknown';
  const isAttack = /(?:^|\/)(?:attacks?|hostile|malicious)\//i.test(row.path) || /^attacks?$/i.test(server) || /\bATTACK\b/.test(`${row.type} ${row.note}`) || isSaid(row.flag);
  return { path: row.path, server, type: row.type, note: row.note, isAttack, ...textOf(join(folder, row.path), Math.min(bytesMax, FILE_BYTES_MAX)) };
}

const isSaid = (flag: string): boolean => /^(?:1|y|yes|true|x|attack|hostile)$/i.test(flag.trim());

function textOf(path: string, bytesMax: number): Pick<Entry, 'text' | 'trouble'> {
  const what = isWhat(path);
  if (what !== 'file') return { text: null, trouble: what === null ? 'it is not there, or nobody may look at it' : 'it is no file' };
  try {
    if (statSync(path).size > bytesMax) return { text: null, trouble: `it is larger than ${FILE_BYTES_MAX / MIB} MiB, or lies behind others that have ${FOLDER_BYTES_MAX / MIB} MiB together` };
    return { text: unpacked(readFileSync(path), bytesMax), trouble: null };
  } catch (error) {
    return { text: null, trouble: `it cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function unpacked(bytes: Buffer, bytesMax: number): string {
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

/** Folder by folder, since one that nobody may open must not keep the others from being read. */
function filesIn(folder: string, complaints: string[]): string[] {
  const files: string[] = [];
  const links: string[] = [];
  const waiting = [folder];
  for (let at = waiting.pop(); at !== undefined && files.length <= FILES_SEEN_MAX; at = waiting.pop()) {
    for (const file of listed(at, complaints)) {
      const path = join(at, file.name);
      if (file.name.startsWith('.')) continue;
      if (file.isDirectory()) waiting.push(path);
      const what = file.isSymbolicLink() ? isWhat(path) : file.isFile() ? 'file' : null;
      if (file.isSymbolicLink() && what !== 'file') links.push(relative(folder, path));
      if (what === 'file' && file.name.toUpperCase() !== INDEX.toUpperCase() && DOCUMENT.test(file.name)) files.push(relative(folder, path).split(sep).join('/'));
    }
  }
  if (links.length > 0) complaints.push(`${links.length} links lead to no file, and are not followed: ${fewOf(links)}.`);
  return files.sort();
}

function listed(folder: string, complaints: string[]): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    complaints.push(`${folder} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
    return [];
  }
}
