import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChild } from './child.ts';
import type { Child } from './child.ts';
import type { DataFolder } from './data-folder.ts';
import type { AppName } from './routes.ts';
import { nodeFlags } from './node-flags.ts';
import { repositoryRoot } from './repository-root.ts';
import { showLog } from './show-log.ts';
import { endOfLog, writtenBy } from './wait-until.ts';

const pollMs = 250;
const answerMsMax = 2_000;
const firstBackoffMs = 250;
const backoffMaxMs = 10_000;
/** What a service whose settings are wrong ends with (sysexits EX_CONFIG): another try would end the same. */
const exitConfig = 78;
/** Longer than the service's own deadline for draining, which is 25 s. */
const stopGraceMs = 30_000;
/** Not an answer of any kind for so long: it hangs. Longer than the orchestrator's liveness probe waits, since here machines are small. */
const hungAfterMs = 90_000;

/** Which process to keep alive. */
export interface SupervisedOptions {
  readonly app: AppName | 'standalone';
  /** Unique in the folder, e.g. `api-1`. */
  readonly name: string;
  readonly port: number;
  readonly env: NodeJS.ProcessEnv;
  /** False keeps the terminal quiet; the log file has everything. */
  readonly isShown?: boolean;
  /** Without any answer for so long a process that was ready once is killed, default 90 s. */
  readonly hungAfterMs?: number;
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
      args: [...nodeFlags, join(repositoryRoot, 'apps', this.app, 'dist', 'main.js')],
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
    /** For how long a process was asked without an answer, from its first readiness on. */
    let silence: { readonly child: Child; ms: number } | undefined;
    while (this.isWanted()) {
      const { child } = this;
      const askedAt = performance.now();
      const answer = child.hasEnded() ? 'none' : await this.askReadiness();
      // The answer may have come from a process that died meanwhile.
      this.isReady = answer === 'ready' && child === this.child && !child.hasEnded() && !this.isStopping;
      if (this.isReady && silence?.child !== child) silence = { child, ms: 0 };
      // This process may have stood still itself: one question counts no longer than it may take.
      if (silence?.child === child) silence.ms = answer === 'none' ? silence.ms + Math.min(performance.now() - askedAt, answerMsMax) : 0;
      if (silence?.child === child && silence.ms > (this.options.hungAfterMs ?? hungAfterMs) && this.isWanted()) await child.stop('SIGKILL', stopGraceMs);
      await sleep(this.isReady ? pollMs : pollMs / 5);
    }
  }

  private async askReadiness(): Promise<'ready' | 'not ready' | 'none'> {
    try {
      const answer = await fetch(`http://127.0.0.1:${this.port}/readyz`, { signal: AbortSignal.timeout(answerMsMax) });
      await answer.body?.cancel();
      return answer.status === 200 ? 'ready' : 'not ready';
    } catch {
      return 'none';
    }
  }
}
