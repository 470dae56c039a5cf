import { join } from 'node:path';
import { spawn } from 'node:child_process';
import type { SupervisedProcess } from './supervised-process.ts';
import { repositoryRoot } from './repository-root.ts';

/** A server of this machine: one process or many. */
export interface RunningServer {
  /** Where it answers, e.g. http://localhost:3000. */
  readonly url: string;
  /** Its processes; tests kill them by `pid`, which changes when they are started again. */
  readonly processes: readonly SupervisedProcess[];
  /** Drains and stops every process; nothing accepted is lost. */
  stop(): Promise<void>;
}

/** How a server is started. */
export interface ServerOptions {
  readonly port: number;
  /** All settings of the server: see serverEnvironment. */
  readonly env: NodeJS.ProcessEnv;
  /** Whether its messages are shown on the terminal. */
  readonly isShown?: boolean;
}

/** Brings the schema up to date with the operators' own command; idempotent. */
export async function migrate(env: NodeJS.ProcessEnv): Promise<void> {
  const { code, output } = await runTrunkline(['db', 'migrate'], env);
  if (code !== 0) throw new Error(`The migrations failed:\n${output}`);
}

/** Runs `trunkline …` as an operator would, and returns what it printed. */
export function runTrunkline(args: readonly string[], env: NodeJS.ProcessEnv): Promise<{ code: number; output: string; errors: string }> {
  const child = spawn(process.execPath, [join(repositoryRoot, 'apps', 'cli', 'dist', 'main.js'), ...args], {
    env,
    cwd: repositoryRoot,
    // A Ctrl-C must not cut a migration in two.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString('utf8')));
  child.stderr.on('data', (data: Buffer) => (errors += data.toString('utf8')));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output: code === 0 ? output : `${output}${errors}`, errors }));
  });
}
