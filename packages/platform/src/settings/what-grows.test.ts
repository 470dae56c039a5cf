import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../../../..');
const page = readFileSync(join(root, 'docs/operating/limits.md'), 'utf8');
const [limits = '', grows = ''] = page.split('\n## What grows in a process\n');

/** A member of a class that begins as an empty map, set or array, or holds one. */
const MEMBER = /^ {2}(?:(?:private|protected|public|static|override) )*(?:readonly )?(#?\w+)\??(?:: [^=]+?(?:=> [^=]+?)?)? = (?:.*\bnew (?:Map|Set|WeakMap|WeakSet)\b|\[\];)/;
/** One of a module that is not filled where it is made. */
const OF_MODULE = /^(?:export )?(?:const|let) (\w+)(?:: (?!Readonly)[^=]+)? = (?:new (?:Map|Set|WeakMap|WeakSet)(?:<.*>)?\(\)|\[\]);/;
/** Tools that a test or an operator starts, and that end. */
const TOOLS = new Set(['bench', 'promises', 'testing', 'interop', 'corpus', 'cli']);

/** What outlives a call in the text of a file, by name. */
function memoriesIn(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    if (/^ {2}(?:const|let|return|if|for)\b/.test(line)) return [];
    const name = MEMBER.exec(line)?.[1] ?? OF_MODULE.exec(line)?.[1];
    return name === undefined ? [] : [name];
  });
}

function sources(): string[] {
  const folders = ['apps', 'packages'].flatMap((kind) => readdirSync(join(root, kind)).filter((name) => !TOOLS.has(name)).map((name) => join(root, kind, name, 'src')));
  return folders.flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))).filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'));
}

const rows = [...grows.matchAll(/^\| `(.+?)` \| `(.+?)` \| (.+) \|$/gm)].map(([, path = '', name = '', bound = '']) => ({ path, name, bound }));

test('every map, set and list that outlives a call stands in limits.md, and nothing else does', () => {
  const found = sources().flatMap((path) => memoriesIn(readFileSync(path, 'utf8')).map((name) => `${relative(root, path)} ${name}`));
  expect(rows.map(({ path, name }) => `${path} ${name}`).sort()).toEqual(found.sort());
  expect(found.length).toBeGreaterThan(80);
});

// A constant, of the same file or of the tables above.
test.each(rows.filter(({ bound }) => bound.includes('`')))('$path $name: what bounds it is there', ({ path, bound }) => {
  const source = readFileSync(join(root, path), 'utf8');
  for (const [, constant = ''] of bound.matchAll(/`([^`]+)`/g)) expect([constant, source.includes(constant) || limits.includes(constant)]).toEqual([constant, true]);
});

test('a planted one is found, however it is written', () => {
  const planted = ['  private readonly seen = new Map<string, number>();', '  private late: string[] = [];', '  window = { since: 0, byHost: new Map<string, number>() };', 'const memo = new Map<string, string>();', 'let waiting: string[] = [];'];
  expect(memoriesIn(planted.join('\n'))).toEqual(['seen', 'late', 'window', 'memo', 'waiting']);
  expect(memoriesIn("const KNOWN = new Set(['a']);\n  const here = new Map();\n  return new Set();")).toEqual([]);
});
