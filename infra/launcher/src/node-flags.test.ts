import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { nodeFlags } from './node-flags.ts';

/** One generated line that comes from line 41 of another file. */
const map = (source: string): string => JSON.stringify({ version: 3, sources: [source], names: [], mappings: 'AAwCA' });
const failing = (source: string): string =>
  `export const fail = () => new Error('failed').stack;\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map(source)).toString('base64')}\n`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trunkline-flags-'));
  await mkdir(join(folder, 'node_modules', 'theirs'), { recursive: true });
  await writeFile(join(folder, 'ours.mjs'), failing('ours.ts'));
  await writeFile(join(folder, 'node_modules', 'theirs', 'theirs.mjs'), failing('theirs.ts'));
  await writeFile(
    join(folder, 'main.mjs'),
    `import { fail as ours } from './ours.mjs';\nimport { fail as theirs } from './node_modules/theirs/theirs.mjs';\nconsole.log(JSON.stringify({ ours: ours(), theirs: theirs() }));\n`,
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** With a service's flags, in a process that has nothing of the test runner's. */
async function run(args: readonly string[]): Promise<string> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return (await promisify(execFile)(process.execPath, [...nodeFlags, ...args], { env })).stdout;
}

test('errors name lines of our sources, and the maps of others are not read', async () => {
  const stacks = JSON.parse(await run([join(folder, 'main.mjs')])) as { ours: string; theirs: string };
  expect(stacks.ours).toContain('ours.ts:41');
  // Node before 22.14 has all maps or none.
  const hasChoice = (await run(['-p', 'typeof require("node:module").setSourceMapsSupport'])).trim() === 'function';
  expect(stacks.theirs.includes('theirs.ts')).toBe(!hasChoice);
});
