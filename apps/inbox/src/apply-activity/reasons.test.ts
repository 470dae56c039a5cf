import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const page = readFileSync(join(import.meta.dirname, '../../../../docs/federation-examples.md'), 'utf8');

test('docs/federation-examples.md says of every reason when it is one, and names no other', () => {
  const sources = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const text = sources.map((name) => readFileSync(join(import.meta.dirname, name), 'utf8')).join('\n');
  const given = new Set([...text.matchAll(/\b(?:ignored|refuse)\((?:[^'()]*\? '([a-z_]+)' : )?'([a-z_]+)'/g)].flatMap(([, one, other]) => [one, other]).filter((reason) => reason !== undefined));
  const [, section = ''] = page.split('## Changes nothing');
  const named = [...section.matchAll(/^\| (`[^|]+`) \| [^|\n]+ \|$/gm)].flatMap(([, reasons = '']) => [...reasons.matchAll(/`([a-z_]+)`/g)].map(([, reason]) => reason));
  expect(named.sort()).toEqual([...given].sort());
});
