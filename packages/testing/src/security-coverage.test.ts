import { existsSync, globSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const ROOT = new URL('../../../', import.meta.url).pathname;
const read = (path: string): string => readFileSync(ROOT + path, 'utf8');
/** `| S001 | what | state | where and why |` */
const ROWS = read('docs/security-coverage.md')
  .split('\n')
  .flatMap((line) => {
    const [, id, , state, where = ''] = line.split('|').map((cell) => cell.trim());
    return /^S\d{3}$/.test(id ?? '') ? [{ id: id ?? '', state, where }] : [];
  });

test('every row is judged once, and says where or why', () => {
  expect(ROWS.length).toBeGreaterThan(90);
  expect(new Set(ROWS.map((row) => row.id)).size).toBe(ROWS.length);
  for (const { id, state, where } of ROWS) expect([id, ['defended', 'partly', 'not yet'].includes(state ?? ''), where.length > 0]).toEqual([id, true, true]);
});

test('files that are named exist, and a hostile one names the row', () => {
  for (const { id, where } of ROWS) {
    for (const [, path = ''] of where.matchAll(/`((?:apps|packages|docs)\/[^`]+)`/g)) {
      expect([id, path, existsSync(ROOT + path)]).toEqual([id, path, true]);
      if (path.includes('/hostile-')) expect([id, path, read(path).includes(id)]).toEqual([id, path, true]);
    }
  }
});

// S066: the one way out is federation-client; the import rules see libraries, this sees the function that needs no import.
test('S066 no service asks other servers past the guard', () => {
  const sources = globSync(['apps/*/src/**/*.ts', 'packages/*/src/**/*.ts'], { cwd: ROOT }).filter((path) => !/\.test\.ts$|^packages\/(?:testing|bench|promises|federation-client)\//.test(path));
  expect(sources.length).toBeGreaterThan(300);
  expect(sources.filter((path) => /(?:await|return|[=(,:])\s*(?:globalThis\.)?fetch\(/.test(read(path)))).toEqual([]);
});
