import { globSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { COVERAGE_PATH, namedTests, securityCoverage, securityRows } from '@trunkline/launcher/security-coverage';

const ROOT = new URL('../../../', import.meta.url).pathname;
const read = (path: string): string => readFileSync(ROOT + path, 'utf8');

test('the committed page is what `npm run security-coverage` prints', () => {
  expect(read(COVERAGE_PATH)).toBe(securityCoverage(ROOT));
});

test('every row has a test whose name begins with its id, or a reason', () => {
  const tests = namedTests(ROOT);
  const rows = securityRows(ROOT);
  expect(rows.length).toBeGreaterThan(90);
  expect(rows.filter(({ id, open }) => !tests.has(id) && open === '').map(({ id }) => id)).toEqual([]);
});

// The one way out is federation-client; the import rules see libraries, this sees the function that needs no import.
test('S066 no service asks other servers past the guard', () => {
  const sources = globSync(['apps/*/src/**/*.ts', 'packages/*/src/**/*.ts'], { cwd: ROOT }).filter((path) => !/\.test\.ts$|^packages\/(?:testing|bench|promises|corpus|interop|federation-client)\//.test(path));
  expect(sources.length).toBeGreaterThan(300);
  expect(sources.filter((path) => /(?:await|return|[=(,:])\s*(?:globalThis\.)?fetch\(/.test(read(path)))).toEqual([]);
});
