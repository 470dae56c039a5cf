import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeFlags } from '@trunkline/launcher/node-flags';

const ROOT = join(import.meta.dirname, '..', '..', '..', '..');
const READY_MS_MAX = 60_000;
const GRACE_MS = 20_000;

interface ServerProcessOptions {
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  readonly profileDir: string | null;
  readonly inspectPort: number | null;
}

/** One built app of the server, started as an operator starts it. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
    /** Where its inspector listens, when it was asked for. */
    readonly inspectPort: number | null,
  ) {}

  /** @throws Error when it is not ready in time. */
  static async start(app: string, options: ServerProcessOptions): Promise<ServerProcess> {
    const profiling = options.profileDir === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${join(options.profileDir, app)}`];
    const inspecting = options.inspectPort === null ? [] : [`--inspect=127.0.0.1:${options.inspectPort}`];
    const child = spawn(process.execPath, [...profiling, ...inspecting, ...nodeFlags, join(ROOT, 'apps', app, 'dist', 'main.js')], {
      cwd: ROOT,
      env: { ...process.env, ...options.env, PORT: String(options.port) },
      stdio: ['ignore', 2, 2],
    });
    const server = new ServerProcess(child, options.port, options.inspectPort);
    const giveUpAt = Date.now() + READY_MS_MAX;
    while (!(await server.isReady())) {
      if (child.exitCode !== null) throw new Error(`${app} ended with ${child.exitCode} while it started`);
      if (Date.now() > giveUpAt) throw new Error(`${app} was not ready within ${READY_MS_MAX} ms`);
      await sleep(100);
    }
    return server;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const killer = setTimeout(() => this.child.kill('SIGKILL'), GRACE_MS);
    await ended;
    clearTimeout(killer);
  }

  private async isReady(): Promise<boolean> {
    return fetch(`http://127.0.0.1:${this.port}/readyz`).then((answer) => answer.ok, () => false);
  }
}
