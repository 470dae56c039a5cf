import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChild } from './child.ts';
import type { Child } from './child.ts';
import type { DataFolder } from './data-folder.ts';
import type { AppName } from './routes.ts';
import { repositoryRoot } from './repository-root.ts';
import { showLog } from './show-log.ts';
import { endOfLog, writtenBy } from './wait-until.ts';

const pollMs = 250;
const firstBackoffMs = 250;
const backoffMaxMs = 10_000;
/** What a service whose settings are wrong ends with (sysexits EX_CONFIG): another try would end the same. */
const exitConfig = 78;
/** Longer than the service's own deadline for draining, which is 25 s. */
const stopGraceMs = 30_000;

/** Which process to keep alive. */
export interface SupervisedOptions {
  readonly app: AppName | 'standalone';
  /** Unique in the folder, e.g. `api-1`. */
  readonly name: string;
  readonly port: number;
  readonly env: NodeJS.ProcessEnv;
  /** False keeps the terminal quiet; the log file has everything. */
  readonly isShown?: boolean;
}

/** One copy of an app: started, asked by /readyz whether it may get requests, and started again when it dies. */
export class SupervisedProcess {
  readonly app: SupervisedOptions['app'];
  readonly name: string;
  readonly port: number;
  /** Whether requests may be sent to it now. */
  isReady = false;
  /** How often it died and was started again. */
  restarts = 0;
  private child: Child;
  private isStopping = false;
  private hasWrongSettings = false;
  private readonly folder: DataFolder;
  private readonly options: SupervisedOptions;

  constructor(folder: DataFolder, options: SupervisedOptions) {
    this.folder = folder;
    this.options = options;
    this.app = options.app;
    this.name = options.name;
    this.port = options.port;
    this.child = this.run();
    void this.watchReadiness();
  }

  /** Changes with every restart. */
  get pid(): number {
    return this.child.pid;
  }

  /**
   * Waits for the first readiness.
   * @throws what it says about its settings when they are wrong, or a sentence with the end of its log
   */
  async untilReady(timeoutMs = 120_000): Promise<void> {
    const giveUpAt = Date.now() + timeoutMs;
    while (!this.isReady) {
      if (this.hasWrongSettings) throw new Error(writtenBy(this.child));
      if (this.restarts > 2) throw new Error(`${this.name} cannot start.${endOfLog(this.child)}`);
      if (!this.isWanted()) throw new Error(`${this.name} was stopped while it started.`);
      if (Date.now() > giveUpAt) throw new Error(`${this.name} was not ready after ${timeoutMs / 1000} s.${endOfLog(this.child)}`);
      await sleep(25);
    }
  }

  /** Takes it out of routing and lets it drain; it is killed after 30 s. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.isReady = false;
    await this.child.stop('SIGTERM', stopGraceMs);
  }

  private run(backoffMs = firstBackoffMs): Child {
    const startedAt = Date.now();
    const child = startChild(this.folder, {
      name: this.name,
      file: process.execPath,
      args: ['--enable-source-maps', join(repositoryRoot, 'apps', this.app, 'dist', 'main.js')],
      cwd: repositoryRoot,
      env: { ...this.options.env, PORT: String(this.port) },
      ...(this.options.isShown ? { onOutput: (output, logPath) => showLog(output, logPath, this.app === 'standalone' ? '' : this.name) } : {}),
    });
    const restart = async (code?: number | null): Promise<void> => {
      this.isReady = false;
      if (code === exitConfig) this.hasWrongSettings = true;
      if (this.hasWrongSettings) return;
      if (!this.isWanted()) return;
      await sleep(backoffMs);
      if (!this.isWanted()) return;
      this.restarts += 1;
      const wasStable = Date.now() - startedAt > 30_000;
      this.child = this.run(wasStable ? firstBackoffMs : Math.min(backoffMs * 2, backoffMaxMs));
    };
    void child.ended.then(restart, () => restart());
    return child;
  }

  private isWanted(): boolean {
    return !this.isStopping && !this.folder.isClosing;
  }

  private async watchReadiness(): Promise<void> {
    while (this.isWanted()) {
      const { child } = this;
      const isReady = !child.hasEnded() && (await this.askReadiness());
      // The answer may have come from a process that died meanwhile.
      this.isReady = isReady && child === this.child && !child.hasEnded() && !this.isStopping;
      await sleep(this.isReady ? pollMs : pollMs / 5);
    }
  }

  private async askReadiness(): Promise<boolean> {
    try {
      const answer = await fetch(`http://127.0.0.1:${this.port}/readyz`, { signal: AbortSignal.timeout(2_000) });
      await answer.body?.cancel();
      return answer.status === 200;
    } catch {
      return false;
    }
  }
}
