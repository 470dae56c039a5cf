import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { until } from '@trunkline/testing';

const START_MS_MAX = 60_000;
const STOP_MS_MAX = 5_000;

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Answers 2xx to 4xx once the server is there. */
  readonly readyUrl: string;
}

/** Another software's server as a process of ours. Its words go into `server.log` of its folder. */
export class ChildServer {
  private constructor(private readonly child: ChildProcess) {}

  static async start(options: ChildOptions): Promise<ChildServer> {
    const log = createWriteStream(join(options.folder, 'server.log'), { flags: 'a' });
    const child = spawn(options.command, options.args, { cwd: options.folder, env: { ...process.env, ...options.env, NODE_OPTIONS: '' }, stdio: ['ignore', 'pipe', 'pipe'] });
    // Also when its start or the run fails half-way.
    process.once('exit', () => child.kill('SIGKILL'));
    child.stdout?.pipe(log);
    child.stderr?.pipe(log);
    const server = new ChildServer(child);
    await until(`${options.command} to answer at ${options.readyUrl}`, async () => {
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}; see ${join(options.folder, 'server.log')}`);
      return (await fetch(options.readyUrl)).status < 500;
    }, START_MS_MAX);
    return server;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    const killer = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS_MAX);
    await ended;
    clearTimeout(killer);
  }
}
