import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
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
  /** One entry a file; times in milliseconds since 1970. */
  readonly testResults: readonly { readonly name: string; readonly startTime: number; readonly endTime: number }[];
}

/** How long a test file took. */
export interface FileTime {
  readonly path: string;
  readonly seconds: number;
}

/** What one project's run left. */
export interface JestRun {
  readonly tally: Tally;
  readonly files: readonly FileTime[];
}

/** One of Jest's projects, and how it is run. */
export interface JestProject {
  readonly name: 'unit' | 'integration' | 'federation' | 'browser';
  readonly workers: number;
  /** For the whole project, and for one test that names no limit of its own. */
  readonly timeoutMs: number;
  readonly testTimeoutMs: number;
}

/** Runs one project; its report goes to the terminal. A run that leaves no result counts as one failure. */
export async function runJest(project: JestProject, patterns: readonly string[], env: NodeJS.ProcessEnv): Promise<JestRun> {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-tests-'));
  const resultPath = join(folder, 'results.json');
  const args = [
    ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', '--trace-deprecation', join(repositoryRoot, 'node_modules', 'jest', 'bin', 'jest.js')],
    ...['--selectProjects', project.name, `--maxWorkers=${project.workers}`, `--testTimeout=${project.testTimeoutMs}`, '--passWithNoTests'],
    ...['--json', `--outputFile=${resultPath}`, '--', ...patterns],
  ];
  const child = spawn(process.execPath, args, { cwd: repositoryRoot, env, stdio: ['ignore', 'ignore', 'inherit'], timeout: project.timeoutMs, killSignal: 'SIGKILL' });
  const code = await new Promise<number>((resolve) => {
    child.once('error', () => resolve(1));
    child.once('exit', (exitCode, signal) => {
      if (signal) console.error(`The ${project.name} tests were ended by ${signal}; they may take ${project.timeoutMs / 60_000} minutes.`);
      resolve(exitCode ?? 1);
    });
  });
  const results = readJson<JestResults>(resultPath);
  rmSync(folder, { recursive: true, force: true });
  const tally = results ? tallyOf(results) : { passed: 0, failed: 0, skipped: 0 };
  return { tally: code !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally, files: results ? fileTimes(results) : [] };
}

function fileTimes(results: JestResults): FileTime[] {
  // A file that could not be loaded has no times.
  return results.testResults.map(({ name, startTime, endTime }) => ({ path: relative(repositoryRoot, name), seconds: Math.max(0, (endTime - startTime) / 1_000 || 0) }));
}

/** The files that took longest, longest first, a line each. */
export function slowestFiles(files: readonly FileTime[], count: number): string[] {
  const slowest = [...files].sort((a, b) => b.seconds - a.seconds).slice(0, count);
  return slowest.map(({ path, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${path}`);
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
