import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { nodeFlags } from '@trunkline/launcher/node-flags';

const START = join(import.meta.dirname, '..', '..', 'start.mjs');

/** What a worker can be asked to do. Parameters and answers cross a process border: data only. */
export type Tasks = Readonly<Record<string, (params: never) => unknown>>;

interface Request {
  readonly id: number;
  readonly task: string;
  readonly params: unknown;
}

/** Who sends and who looks on: their helpers would take both cores of a small machine for a tenth of a second, and it would count as the server's delay. */
const BESIDE: ReadonlySet<string> = new Set(['load', 'feed-watch']);
/** Their whole heap is collected when it has grown to eleven times what was left. */
const FEW_COLLECTIONS = '--heap-growing-percent=1000';

type Reply = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly fault: string };

/** A process of a benchmark: a load generator, a bare loop, a rival. Apart, so that its CPU time is its own, and with the flags that our services have, so that its code is as warm. */
export class WorkerProcess {
  private count = 0;
  private readonly waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (reply: Reply) => this.settle(reply));
    child.on('exit', (code) => {
      for (const { reject } of this.waiting.values()) reject(new Error(`a worker ended with ${code}`));
    });
  }

  static start(name: string): WorkerProcess {
    const flags = BESIDE.has(name) ? [...nodeFlags, FEW_COLLECTIONS] : nodeFlags;
    return new WorkerProcess(spawn(process.execPath, [...flags, START, '--worker', name], { stdio: ['ignore', 2, 2, 'ipc'], serialization: 'advanced' }));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  ask<T>(task: string, params: unknown = {}): Promise<T> {
    this.count += 1;
    const id = this.count;
    return new Promise<T>((resolve, reject) => {
      this.waiting.set(id, { resolve: (value) => resolve(value as T), reject });
      this.child.send({ id, task, params } satisfies Request);
    });
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    await new Promise<void>((resolve) => {
      this.child.once('exit', () => resolve());
      this.child.kill('SIGKILL');
    });
  }

  private settle(reply: Reply): void {
    const asked = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if ('fault' in reply) asked?.reject(new Error(reply.fault));
    else asked?.resolve(reply.value);
  }
}

/** The other side: answers until the benchmark is gone. */
export function serveTasks(tasks: Tasks): void {
  process.on('disconnect', () => process.exit());
  process.on('message', (request: Request) => {
    void answer(tasks, request).then((reply) => process.send?.(reply));
  });
}

async function answer(tasks: Tasks, { id, task, params }: Request): Promise<Reply> {
  try {
    const run = tasks[task];
    if (run === undefined) throw new Error(`no task ${task}`);
    return { id, value: await run(params as never) };
  } catch (error) {
    return { id, fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
