import { describe, expect, test } from '@jest/globals';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readJson } from './json-file.ts';
import { repositoryRoot } from './repository-root.ts';

const PAGES = globSync(['*.md', 'docs/**/*.md'], { cwd: repositoryRoot });
const read = (page: string): string => readFileSync(join(repositoryRoot, page), 'utf8');
const isThere = (pattern: string): boolean =>
  existsSync(join(repositoryRoot, pattern)) || globSync(pattern, { cwd: repositoryRoot, exclude: (name) => name === 'node_modules' || name === 'dist' }).length > 0;

/** `packages/x/{a,b}.test.ts` names two files, each of which has to be there. */
function spelledOut(pattern: string): string[] {
  const [, before = '', choices = '', after = ''] = /^(.*?)\{([^}]+)\}(.*)$/.exec(pattern) ?? [];
  return choices === '' ? [pattern] : choices.split(',').flatMap((choice) => spelledOut(`${before}${choice}${after}`));
}

test('the pages are found', () => {
  expect(PAGES).toEqual(expect.arrayContaining(['README.md', 'FEDERATION.md', 'docs/status.md', 'docs/operating/running.md']));
});

describe.each(PAGES)('%s', (page) => {
  test('names no file that is not there', () => {
    const named = [...read(page).matchAll(/`((?:apps|packages|infra|k8s|docs|\.ci)\/[\w.*{},/-]+)`/g)].flatMap(([, path = '']) => spelledOut(path));
    // Settings of the operator's own lie there.
    expect([...new Set(named)].filter((path) => path !== 'infra/.env' && !isThere(path))).toEqual([]);
  });

  test('links to nothing that is not there', () => {
    const links = [...read(page).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].map(([, path = '', anchor]) => ({ target: path === '' ? page : join(dirname(page), path), anchor }));
    const headings = (target: string): string[] => [...read(target).matchAll(/^#+ (.+)$/gm)].map(([, text = '']) => text.toLowerCase().replaceAll(/[^\w\- ]/g, '').replaceAll(' ', '-'));
    expect(links.filter(({ target, anchor }) => !existsSync(join(repositoryRoot, target)) || (anchor !== undefined && !headings(target).includes(anchor)))).toEqual([]);
  });

  test('shows no npm script that is not there', () => {
    const scripts = readJson<{ scripts: Record<string, string> }>(join(repositoryRoot, 'package.json'))?.scripts ?? {};
    const shown = [...read(page).matchAll(/\bnpm (?:run ([a-z][a-z:-]*[a-z])|(start|test)\b)/g)].map(([, named, plain]) => named ?? plain ?? '');
    expect(shown.filter((name) => !(name in scripts))).toEqual([]);
  });
});

test('every decision stands in the list of decisions', () => {
  const records = globSync('docs/adr/0*.md', { cwd: repositoryRoot }).map((path) => path.slice('docs/adr/'.length)).sort();
  const listed = [...read('docs/adr/README.md').matchAll(/^\| \[(\d+)\]\((\S+)\) \| (.+) \|$/gm)];
  expect(listed.map(([, , path]) => path)).toEqual(records);
  expect(listed.map(([, number, path = '', title]) => `# ${number}. ${title}` === read(`docs/adr/${path}`).split('\n', 1)[0])).toEqual(records.map(() => true));
});
