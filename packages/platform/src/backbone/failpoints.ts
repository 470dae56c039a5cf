import { readFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
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

function turnsIn(file: string): number | null {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
