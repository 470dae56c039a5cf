#!/usr/bin/env node
// `npx trunkline …`: runs the operators' command on Node 24, which npm brings as a package. Plain JavaScript for
// whatever Node npx runs on.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');
const main = join(import.meta.dirname, '..', 'dist', 'main.js');

function fail(sentence) {
  console.error(`trunkline: ${sentence}`);
  process.exit(1);
}

const isNode24 = (node) => {
  const answer = spawnSync(node, ['--version'], { encoding: 'utf8' });
  return answer.status === 0 && Number(answer.stdout.slice(1).split('.')[0]) >= 24;
};

if (!existsSync(main)) fail('nothing is built yet: run `npm start` once, or `npm run build`.');
const packaged = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
const node = [process.execPath, packaged].find(isNode24);
if (node === undefined) fail(`Node 24 is needed; this is ${process.version}.`);

const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => fail(error.message));
child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal ?? 'SIGKILL'] ?? 9)));
