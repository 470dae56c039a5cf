import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { testServices } from '@trunkline/testing';
import { playFolder } from '../src/play-folder.js';

jest.setTimeout(300_000);

const folder = join(process.env['TRUNKLINE_REFERENCE'] ?? '/nonexistent', 'fixtures');

test('x', async () => {
  expect(existsSync(folder)).toBe(true);
  const { outcomes, text } = await playFolder(folder, testServices());
  const { writeFileSync } = await import('node:fs');
  writeFileSync('/tmp/corpus-out.txt', `${outcomes.map(({ entry, verdict, rule, seen }) => `${entry.path}\t${verdict}\t${rule ?? seen}`).join('\n')}\n\n${text}`);
});
