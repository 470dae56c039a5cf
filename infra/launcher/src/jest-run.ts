import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readJson } from './json-file.ts';
import { repositoryRoot } from './repository-root.ts';

/** How many tests ended how. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What is read of Jest's --json output. */
export interface JestResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  /** Files that could not even be loaded. */
  readonly numRuntimeErrorTestSuites: number;
}

/** One of Jest's projects, and how it is run. */
export interface JestProject {
  readonly name: 'unit' | 'integration' | 'federation' | 'browser';
  readonly workers: number;
  readonly timeoutMs: number;
}

/** Runs one project; its report goes to the terminal. A run that leaves no result counts as one failure. */
export async function runJest(project: JestProject, patterns: readonly string[], env: NodeJS.ProcessEnv): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-tests-'));
  const resultPath = join(folder, 'results.json');
  const args = [
    ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', join(repositoryRoot, 'node_modules', 'jest', 'bin', 'jest.js')],
    ...['--selectProjects', project.name, `--maxWorkers=${project.workers}`, '--passWithNoTests'],
    ...['--json', `--outputFile=${resultPath}`, '--', ...patterns],
  ];
  const child = spawn(process.execPath, args, { cwd: repositoryRoot, env, stdio: ['ignore', 'ignore', 'inherit'], timeout: project.timeoutMs, killSignal: 'SIGKILL' });
  const code = await new Promise<number>((resolve) => {
    child.once('error', () => resolve(1));
    child.once('exit', (exitCode) => resolve(exitCode ?? 1));
  });
  const results = readJson<JestResults>(resultPath);
  rmSync(folder, { recursive: true, force: true });
  const tally = results ? tallyOf(results) : { passed: 0, failed: 0, skipped: 0 };
  return code !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

/** Counts as the last line of `npm test` counts: a file that cannot be loaded is a failure. */
export function tallyOf(results: JestResults): Tally {
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}

export function addTallies(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (sum, { passed, failed, skipped }) => ({ passed: sum.passed + passed, failed: sum.failed + failed, skipped: sum.skipped + skipped }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}

/** The last line of a test run. */
export function tallyLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** Nothing passed is no success: a broken pattern must not look like a green run. */
export function exitCodeOf(tally: Tally): number {
  return tally.failed > 0 || tally.passed === 0 ? 1 : 0;
}
