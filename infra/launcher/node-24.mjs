// Finds Node 24: npm's platform package, else the running one. Plain JavaScript for Node 20.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * The path of a node whose major version is 24 or newer; throws one sentence when there is none.
 * @param {string} root the checkout's folder
 */
export function findNode24(root) {
  const packaged = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  for (const candidate of [packaged, process.execPath]) {
    const answer = spawnSync(candidate, ['--version'], { encoding: 'utf8' });
    if (answer.status === 0 && Number(answer.stdout.slice(1).split('.')[0]) >= 24) return candidate;
  }
  throw new Error(
    `Trunkline runs on Node 24; npm has no package of it that works on ${process.platform}-${process.arch}, so install Node 24 and start again with it.`,
  );
}
