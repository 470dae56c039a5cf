import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { startBackingServices } from './backing-services.ts';
import type { BackingServices } from './backing-services.ts';
import { buildAll } from './build.ts';
import { findChromium } from './chromium.ts';
import { DataFolder, FolderHeldError } from './data-folder.ts';
import { endProcesses } from './end-processes.ts';
import { addTallies, exitCodeOf, runJest, slowestFiles, tallyLine } from './jest-run.ts';
import type { JestProject, JestRun } from './jest-run.ts';
import { findPostgres, postgresUser } from './postgres-binaries.ts';
import { repositoryRoot } from './repository-root.ts';
import { StopInOrder } from './stop-in-order.ts';
import { findProgram } from './system-packages.ts';

const minuteMs = 60_000;
const cores = availableParallelism();
const unit: JestProject = { name: 'unit', workers: Math.min(cores, 4), timeoutMs: 5 * minuteMs, testTimeoutMs: 5_000 };
/** A test of these holds one or two whole servers: more than one at a time starves them on a small machine. */
const whole = Math.max(1, Math.floor(cores / 2));
const withServices: readonly JestProject[] = [
  { name: 'integration', workers: Math.min(cores, 4), timeoutMs: 25 * minuteMs, testTimeoutMs: 30_000 },
  { name: 'federation', workers: whole, timeoutMs: 30 * minuteMs, testTimeoutMs: 90_000 },
];
const browser: JestProject = { name: 'browser', workers: 1, timeoutMs: 15 * minuteMs, testTimeoutMs: 90_000 };

/** `npm test [-- pattern …]`: all projects, with services of their own. `--unit`: those that need none. */
async function runTests(stops: StopInOrder, args: readonly string[], runs: JestRun[]): Promise<void> {
  const patterns = args.filter((arg) => arg !== '--unit');
  runs.push(await runJest(unit, patterns, process.env));
  if (args.includes('--unit')) return;
  const folder = await holdCleanFolder(stops);
  const services = await startBackingServices(folder, { given: givenTestUrls(process.env), isDurable: false });
  stops.add(() => services.stop());
  await buildAll();
  const chromium = await findChromium();
  const env = testEnvironment(services, chromium);
  for (const project of withServices) runs.push(await runJest(project, patterns, env));
  if (chromium) runs.push(await runJest(browser, patterns, env));
  else console.log('\nBROWSER TESTS WERE NOT RUN: there is no Chromium here; install it or set CHROMIUM_PATH.\n');
}

/** .data/test, or a folder of this run's own while another run holds that one; what an earlier run left is deleted. */
async function holdCleanFolder(stops: StopInOrder): Promise<DataFolder> {
  const folder = holdEither(join(repositoryRoot, '.data', 'test'), join(repositoryRoot, '.data', `test-${process.pid}`));
  stops.add(() => folder.release());
  if (!folder.path.endsWith('test')) stops.add(() => rmSync(folder.path, { recursive: true, force: true }));
  stops.add(() => endProcesses(folder));
  stops.addFirst(() => void (folder.isClosing = true));
  await endProcesses(folder);
  const old = ['postgres', 'redis', 'nats', 'logs'].map((name) => join(folder.path, name));
  for (const path of [...old, folder.remembered.postgresFolder ?? '']) if (path) rmSync(path, { recursive: true, force: true });
  delete folder.remembered.postgresFolder;
  return folder;
}

function holdEither(usual: string, other: string): DataFolder {
  try {
    return DataFolder.hold(usual);
  } catch (error) {
    if (error instanceof FolderHeldError) return DataFolder.hold(other);
    throw error;
  }
}

/** Only variables meant for tests: DATABASE_URL may be somebody's real server. */
function givenTestUrls(env: NodeJS.ProcessEnv): { postgres?: string | undefined; redis?: string | undefined; nats?: string | undefined } {
  return { postgres: env.TEST_DATABASE_URL || undefined, redis: env.TEST_REDIS_URL || undefined, nats: env.TEST_NATS_URL || undefined };
}

/** What tests find in their environment; the programs are for those that kill and restart a service of their own. */
function testEnvironment(services: BackingServices, chromium: string | undefined): NodeJS.ProcessEnv {
  return {
    ...process.env,
    TEST_DATABASE_URL: services.urls.postgres,
    TEST_REDIS_URL: services.urls.redis,
    TEST_NATS_URL: services.urls.nats,
    TEST_POSTGRES_BIN: process.env.TEST_POSTGRES_BIN ?? findPostgres(postgresUser(), undefined)?.bin,
    REDIS_SERVER: process.env.REDIS_SERVER ?? findProgram('redis-server', 'valkey-server'),
    NATS_SERVER: process.env.NATS_SERVER ?? findProgram('nats-server'),
    CHROMIUM_PATH: chromium,
  };
}

const stops = new StopInOrder();
stops.stopOnSignals(130);
const runs: JestRun[] = [];
const noRun: JestRun = { tally: { passed: 0, failed: 1, skipped: 0 }, files: [] };
try {
  await runTests(stops, process.argv.slice(2), runs);
} catch (error) {
  console.error(`\ntrunkline: ${error instanceof Error ? error.message : String(error)}`);
  // What was not run has failed; what ran before keeps its count.
  runs.push(noRun);
}
await stops.stop();
const tally = addTallies(runs.map((run) => run.tally));
const slowest = slowestFiles(runs.flatMap((run) => run.files), 10);
if (slowest.length > 0) console.log(`\nThe slowest files:\n${slowest.join('\n')}\n`);
console.log(tallyLine(tally));
process.exitCode = exitCodeOf(tally);
