import type { Result } from '@trunkline/kernel';
import { HeapRest } from './heap-rest.js';
import { createLogger, type Logger } from './logging/logger.js';
import { readSettings } from './settings/read-settings.js';
import type { Settings, SettingsFailure } from './settings/settings.js';
import { startService, type RunningService, type ServiceDefinition } from './start-service.js';

const NODE_MAJOR = 24;
/** What an operator's mistake in the settings ends with (sysexits EX_CONFIG). */
const EXIT_CONFIG = 78;
/** Beyond the deadline of the sequence itself, for its last log line. */
const FORCE_AFTER_MS = 1_000;

/** The parts of `process` that a service uses; tests give their own. */
export interface ProcessPort {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly versions: { readonly node: string };
  on(event: 'SIGTERM' | 'SIGINT', listener: (signal: string) => void): unknown;
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown;
  exit(code: number): void;
}

export interface RunOptions extends ServiceDefinition {
  /** Reads the settings; `readSettings` unless a service demands more. */
  readonly config?: (env: ProcessPort['env']) => Result<Settings, SettingsFailure>;
  readonly processPort?: ProcessPort;
  readonly writeError?: (text: string) => void;
}

/**
 * The whole main.ts of a service: settings, start, SIGTERM and SIGINT, exit code. A first signal drains and exits 0; a
 * second one, or a drain beyond the deadline, exits 1. Faulty settings exit 78 with a sentence each on standard error.
 */
export async function runService(options: RunOptions): Promise<void> {
  const port = options.processPort ?? (process as ProcessPort);
  const writeError = options.writeError ?? ((text: string) => process.stderr.write(text));
  const settings = (options.config ?? readSettings)(port.env);
  const faults = [...wrongNode(port), ...(settings.ok ? [] : settings.error.faults)];
  if (!settings.ok || faults.length > 0) {
    writeError(`${options.name} cannot start:\n${faults.map((fault) => `  ${fault}\n`).join('')}`);
    return port.exit(EXIT_CONFIG);
  }
  const logger = createLogger({ service: options.name, level: settings.value.logLevel });
  exitOnBugs(port, logger);
  try {
    // Signals are taken from the start on: one that comes while starting stops as soon as there is something to stop.
    const started = startService({ ...options, settings: settings.value, logger });
    stopOnSignals(port, started, settings.value, logger);
    await started;
    HeapRest.start();
  } catch (err) {
    logger.fatal({ event: 'start_failed', err }, `${options.name} could not start`);
    port.exit(1);
  }
}

function wrongNode(port: ProcessPort): string[] {
  const major = Number(port.versions.node.split('.')[0]);
  return major === NODE_MAJOR ? [] : [`Node ${NODE_MAJOR} is needed, this is ${port.versions.node}: run it through npm, which brings it along.`];
}

/** A bug that nobody caught leaves unknown state behind: the process ends, and what it had not committed is done again. */
function exitOnBugs(port: ProcessPort, logger: Logger): void {
  const exit = (err: unknown): void => {
    logger.fatal({ event: 'uncaught', err }, 'a bug nobody caught: exiting');
    port.exit(1);
  };
  port.on('uncaughtException', exit);
  port.on('unhandledRejection', exit);
}

function stopOnSignals(port: ProcessPort, started: Promise<RunningService>, settings: Settings, logger: Logger): void {
  let stopping = false;
  const onSignal = (signal: string): void => {
    if (stopping) {
      logger.error({ event: 'stop_forced', signal }, 'second signal: exiting at once');
      return port.exit(1);
    }
    stopping = true;
    logger.info({ event: 'service_stopping', signal }, 'draining');
    void stopInTime(port, started, settings, logger);
  };
  port.on('SIGTERM', onSignal);
  port.on('SIGINT', onSignal);
}

async function stopInTime(port: ProcessPort, started: Promise<RunningService>, settings: Settings, logger: Logger): Promise<void> {
  const { probeMs, deadlineMs } = settings.shutdown;
  const force = setTimeout(() => {
    logger.error({ event: 'stop_timed_out', deadline_ms: deadlineMs }, 'the drain took too long: exiting');
    port.exit(1);
  }, probeMs + deadlineMs + FORCE_AFTER_MS);
  const report = await started.then((service) => service.stop()).catch(() => null);
  clearTimeout(force);
  // A start that failed exits by itself.
  if (report === null) return;
  for (const { phase, name, error } of report.failures) logger.error({ event: 'stop_hook_failed', phase, hook: name, err: error }, 'a stop hook failed');
  if (report.drained) logger.info({ event: 'service_stopped' }, 'drained');
  else logger.error({ event: 'stop_timed_out', unfinished: report.unfinished, deadline_ms: deadlineMs }, 'the drain took too long: exiting');
  port.exit(report.drained ? 0 : 1);
}
