import type { StatusId } from '@trunkline/kernel';

export interface OpenQuotesPorts {
  /** Quoting statuses whose turn it is; nobody else gets them before their next turn. */
  claim(limit: number): Promise<readonly StatusId[]>;
  /** Reads what is quoted, and the stamp, as far as that can be had now. */
  settle(statusId: StatusId): Promise<unknown>;
  /** Told of those that failed: they come up again by their schedule. */
  onError(statusId: StatusId, error: unknown): void;
}

/** Of one look. */
const QUOTES_MAX = 16;
const AT_ONCE = 4;

/** Looks at open quotes, a few at a time. @returns how many were looked at */
export async function lookAfterQuotes(ports: OpenQuotesPorts): Promise<number> {
  const waiting = [...(await ports.claim(QUOTES_MAX))];
  const count = waiting.length;
  const work = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const statusId = id;
      await ports.settle(statusId).catch((error: unknown) => ports.onError(statusId, error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, work));
  return count;
}
