import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { sanitizeHtml } from './html/sanitize-html.js';
import { parseActivity } from './read/parse-activity.js';
import { parseActor } from './read/parse-actor.js';
import { parseCollectionPage } from './read/parse-collection.js';
import { parsePublicKeys } from './read/parse-keys.js';
import { parseNodeInfo, parseNodeInfoLinks } from './read/parse-nodeinfo.js';
import { parseNote } from './read/parse-note.js';
import { parseStamp, parseTombstone } from './read/parse-stamp.js';
import { parseWebfinger } from './read/parse-webfinger.js';
import { readDocument, type AnyDocument, type RefusedDocument } from './read/read-document.js';
import type { RemoteActor, RemoteNote } from './read/types.js';
import { ATTACKS, CARRIES, expectedKind, IGNORED } from '../test/corpus-expectations.js';

// Documents captured from other servers are not ours to copy: TRUNKLINE_REFERENCE names a folder that holds
// them as fixtures/<server>/*.json, with an INDEX.tsv that says what is special about each.
const folder = join(process.env['TRUNKLINE_REFERENCE'] ?? '/nonexistent', 'fixtures');
const present = existsSync(folder);

const PARSERS = [parseActivity, parseActor, parseNote, parseCollectionPage, parsePublicKeys, parseWebfinger, parseNodeInfo, parseNodeInfoLinks, parseStamp, parseTombstone, readDocument] as const;

/** Test suites blank out what changes, and some captures are source text with a program's expressions in it. */
const restored = (text: string): string =>
  text
    .replaceAll(/"SCRUBBED_(?:ID|URL)"/g, '"https://kbin.test/scrubbed"')
    .replaceAll('"SCRUBBED_DATE"', '"2025-01-01T00:00:00Z"')
    .replaceAll(/` \+ (\w+)(?:\.(\w+))? \+ `/g, 'http://fossbros-anonymous.io/$1/$2');

interface Entry {
  readonly path: string;
  readonly server: string;
  readonly type: string;
  readonly note: string;
  readonly json: unknown;
  readonly read: ReturnType<typeof readDocument>;
}

function entries(): Entry[] {
  const rows = readFileSync(join(folder, 'INDEX.tsv'), 'utf8').split('\n').slice(1).map((line) => line.split('\t'));
  return rows
    .filter(([path = '']) => path.endsWith('.json') && !path.startsWith('signatures/'))
    .map(([path = '', server = '', type = '', note = '']) => {
      const json = JSON.parse(restored(readFileSync(join(folder, path), 'utf8'))) as unknown;
      return { path, server, type, note, json, read: readDocument(json) };
    });
}

const outcomeOf = (read: Entry['read']): 'understood' | 'ignored' | 'not understood' => {
  if (read.ok) return 'understood';
  return read.error.code === 'unknown_type' ? 'not understood' : 'ignored';
};

/** The post or actor in a document, or in the activity that carries it. */
function contentOf({ json, read }: Entry): RemoteNote | RemoteActor | null {
  if (read.ok && read.value.kind === 'post') return read.value.post;
  if (read.ok && read.value.kind === 'actor') return read.value.actor;
  const inner = innermost(json);
  const post = parseNote(inner, { actorUri: 'https://kbin.test/u/user' });
  if (post.ok) return post.value;
  const actor = parseActor(inner);
  return actor.ok ? actor.value : null;
}

function innermost(json: unknown): unknown {
  const { object } = (json ?? {}) as { object?: unknown };
  return typeof object === 'object' && object !== null && !Array.isArray(object) ? innermost(object) : json;
}

function table(all: readonly Entry[]): string {
  const servers = [...new Set(all.map(({ server }) => server))].sort();
  const count = (server: string | null, outcome: string): number => all.filter((entry) => (server === null || entry.server === server) && outcomeOf(entry.read) === outcome).length;
  const line = (name: string, server: string | null): string =>
    [name.padEnd(28), ...['understood', 'ignored', 'not understood'].map((outcome) => String(count(server, outcome)).padStart(14))].join('');
  const head = ['server'.padEnd(28), ...['understood', 'ignored', 'not understood'].map((title) => title.padStart(14))].join('');
  return [head, ...servers.map((server) => line(server, server)), line('all', null)].join('\n');
}

const say = (read: Entry['read']): string => (read.ok ? kindOf(read.value) : refusalOf(read.error));
const kindOf = (document: AnyDocument): string => (document.kind === 'activity' ? document.facts.kind : document.kind);
const refusalOf = (refused: RefusedDocument): string => `ignored: ${refused.code}`;

if (!present) {
  test('the reference corpus is absent: set TRUNKLINE_REFERENCE to read documents of other servers', () => {
    console.warn('NOT CHECKED: captured documents of 60 kinds of server. Set TRUNKLINE_REFERENCE to the folder that holds fixtures.');
    expect(present).toBe(false);
  });
} else {
  const all = entries();

  test('every reader answers every document with a Result', () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
    expect(files.length).toBeGreaterThan(300);
    for (const file of files) {
      const json = JSON.parse(readFileSync(join(folder, file), 'utf8')) as unknown;
      for (const parse of PARSERS) expect(typeof parse(json).ok).toBe('boolean');
      for (const parse of PARSERS) expect(typeof parse(innermost(json)).ok).toBe('boolean');
    }
  });

  test('understood, or ignored by a rule with a name; nothing is left over', () => {
    process.stdout.write(`${table(all)}\n`);
    expect(all.filter(({ read }) => outcomeOf(read) === 'not understood').map(({ path }) => path)).toEqual([]);
    const ignored = all.filter(({ read, path }) => !read.ok && !path.startsWith('_contexts/')).map(({ path, read }) => [path.replace(/\.json$/, ''), say(read).replace('ignored: ', '')]);
    expect(Object.fromEntries(ignored)).toEqual(IGNORED);
  });

  describe('each file is what its index says', () => {
    test.each(all.map((entry) => [entry.path, entry] as const))('%s', (_path, entry) => {
      if (entry.read.ok) expect(say(entry.read)).toMatch(expectedKind(entry.type));
      const content = contentOf(entry);
      if (content !== null && 'contentHtml' in content) {
        expect(sanitizeHtml(content.contentHtml)).not.toMatch(/<(?:script|style|img|iframe)/i);
        expect(content.isPollVote || content.contentHtml !== '' || content.attachments.length > 0).toBe(true);
      }
      const promised = content === null ? [] : CARRIES.filter(([said, holds]) => said.test(entry.note) && holds(content) !== null);
      expect(promised.filter(([, holds]) => content !== null && holds(content) !== true).map(([said]) => said)).toEqual([]);
    });
  });

  describe('attacks', () => {
    const attacks = all.filter(({ path }) => path.startsWith('attack/'));
    test('each file has its answer', () => expect(attacks.map(({ path }) => path).sort()).toEqual(Object.keys(ATTACKS).map((name) => `attack/${name}.json`).sort()));
    test.each(Object.entries(ATTACKS))('%s', (name, check) => {
      const entry = attacks.find(({ path }) => path === `attack/${name}.json`);
      if (entry === undefined) throw new Error(name);
      check(entry.read);
    });
  });
}
