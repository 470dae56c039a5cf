import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SplitServer } from '@trunkline/testing';

const run = promisify(execFile);
const CLI = join(import.meta.dirname, '../../../../apps/cli/dist/main.js');

/** `npx trunkline …` as an operator types it. @returns what it prints. @throws Error with what it says when it fails */
export async function trunkline(split: SplitServer, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [CLI, ...args], { env: { ...process.env, ...split.operator.env } });
  return stdout;
}
