import { existsSync, readFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import type { Database, Queryable } from '@trunkline/persistence';

/** Moments between two steps that must both happen: what a process leaves when it dies there, others have to finish. */
export type Failpoint =
  | 'before_commit'
  | 'after_commit_before_publish'
  | 'after_publish_before_mark'
  | 'after_effects_before_ack'
  | 'between_fanout_chunks'
  | 'after_http_200_before_mark';

/** The file that arms a failpoint of a service: in it stands how often the moment passes before a process dies at it. */
export const failpointFile = (folder: string, service: string, name: Failpoint): string => join(folder, `${service}.${name}`);

/** The file that plants a bug in a service: while it is there, what names a way to go wrong goes wrong that way. */
export const bugFile = (folder: string, service: string): string => join(folder, `${service}.bug`);

/** `throw`: an exception. `stall`: waits for ever. `crash`: the process ends. `hang`: it does nothing else any more. `exhaust`: it takes memory until there is none. */
export const BUGS = ['throw', 'stall', 'crash', 'hang', 'exhaust'] as const;
type Bug = (typeof BUGS)[number];

/** How a text names a way to go wrong. */
export const bugMark = (bug: Bug): string => `planted-bug-${bug}`;

const MARKED = new RegExp(`planted-bug-(${BUGS.join('|')})`);
/** Where a process may take more, exhausting it would hurt the machine. */
const HEAP_BYTES_MAX = 1_073_741_824;

/**
 * Lets one process of a service die at a moment that a test chose, as by kill -9. It exists only where FAILPOINTS_PATH is
 * set, which production refuses; elsewhere nothing is wrapped and nothing asked.
 */
export class Failpoints {
  private readonly passed = new Map<Failpoint, number>();

  constructor(
    private readonly folder: string,
    private readonly service: string,
    private readonly die: () => void = () => process.kill(process.pid, 'SIGKILL'),
  ) {}

  /** Dies here when it is armed and its turn; of several processes that come to it, one. */
  hit(name: Failpoint): void {
    const file = failpointFile(this.folder, this.service, name);
    const turns = turnsIn(file);
    if (turns === null) {
      this.passed.delete(name);
      return;
    }
    const passed = (this.passed.get(name) ?? 0) + 1;
    this.passed.set(name, passed);
    if (passed <= turns) return;
    try {
      unlinkSync(file);
    } catch {
      return; // Another process died of it.
    }
    this.die();
  }

  /** Goes wrong as the text says, while the service's bug is planted. @throws Error when that is how */
  async stumble(text: string): Promise<void> {
    const bug = MARKED.exec(text)?.[1] as Bug | undefined;
    if (bug === undefined || !existsSync(bugFile(this.folder, this.service))) return;
    if (bug === 'throw') throw new Error('a planted bug');
    if (bug === 'stall') await new Promise(() => undefined);
    if (bug === 'hang') for (;;);
    if (bug === 'exhaust' && getHeapStatistics().heap_size_limit < HEAP_BYTES_MAX) exhaustMemory();
    this.die();
  }

  /** The same object, but that some of its methods hit a failpoint before or after they do what they do. */
  around<T extends object>(inner: T, methods: Partial<Record<keyof T, { readonly before?: Failpoint; readonly after?: Failpoint }>>): T {
    return replaced(inner, Object.keys(methods), (key, method) => async (...args) => {
      const { before, after } = methods[key as keyof T] ?? {};
      if (before !== undefined) this.hit(before);
      const result = await method(...args);
      if (after !== undefined) this.hit(after);
      return result;
    });
  }

  /** The same database, but that it hits `before_commit` at the end of each transaction. */
  committing(db: Database): Database {
    return replaced(db, ['transaction'], (_key, transaction) => (work) =>
      transaction(async (tx: Queryable) => {
        const result = await (work as (tx: Queryable) => Promise<unknown>)(tx);
        this.hit('before_commit');
        return result;
      }),
    );
  }
}

type Method = (...args: unknown[]) => Promise<unknown>;

function replaced<T extends object>(inner: T, keys: readonly string[], by: (key: string, method: Method) => Method): T {
  return new Proxy(inner, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key);
      return keys.includes(String(key)) && typeof value === 'function' ? by(String(key), value.bind(target) as Method) : value;
    },
  });
}

function exhaustMemory(): never {
  const hoard: string[][] = [];
  for (;;) hoard.push(Array.from({ length: 100_000 }, (_, index) => `${hoard.length} ${index}`));
}

function turnsIn(file: string): number | null {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
