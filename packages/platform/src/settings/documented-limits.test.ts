import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../../../..');
const page = readFileSync(join(root, 'docs/operating/limits.md'), 'utf8');
const rows = [...page.matchAll(/^\| (.+?) \| (.+?) \| `(.+?)` \| .+ \|$/gm)].map(([, what = '', limit = '', path = '']) => ({ what, limit, path }));

test('limits.md has rows', () => {
  expect(rows.length).toBeGreaterThan(30);
});

// What stands in backticks stands so in the code; the rest is words.
test.each(rows)('$what: the limit that is documented is that of the code', ({ limit, path }) => {
  const source = readFileSync(join(root, path), 'utf8');
  const [, code] = /^`([^`]+)`/.exec(limit) ?? [];
  if (code !== undefined) expect(source).toContain(code);
});
