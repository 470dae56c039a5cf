import { AsyncLocalStorage } from 'node:async_hooks';
import { unavailable } from '@trunkline/kernel';

/** Kinds of work that may come in crowds: what other servers send, and what the broker's messages and deliveries ask for. */
export type CrowdedWork = 'inbox' | 'jobs';

/** Connections of the pool that each kind may hold at once. What people ask for belongs to none and may have them all. */
export type PoolShares = Readonly<Record<CrowdedWork, number>>;

/** As long as the pool itself lets anybody wait. */
const WAIT_MS = 5_000;
const RETRY_SECONDS = 5;

const current = new AsyncLocalStorage<CrowdedWork | null>();

/** Whatever `work` asks of the database, also later, comes out of that share of the pool. */
export const inShare = <T>(kind: CrowdedWork, work: () => T): T => current.run(kind, work);

interface Gate {
  free: number;
  readonly waiting: (() => void)[];
}

/**
 * Stands before the pool, so that a crowd of one kind does not fill the pool's queue for everybody else: who waits for
 * a share waits here. First come, first served within a kind.
 */
export class ShareGates {
  private readonly gates: Readonly<Record<CrowdedWork, Gate>> | null;

  constructor(shares: PoolShares | undefined) {
    this.gates = shares === undefined ? null : { inbox: { free: shares.inbox, waiting: [] }, jobs: { free: shares.jobs, waiting: [] } };
  }

  /**
   * Runs `work` once its kind has room. What it asks of the database besides its own connection is let through: it
   * would otherwise wait for itself. @throws AppError 503 when there is no room for too long
   */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    const kind = current.getStore() ?? null;
    if (kind === null || this.gates === null) return work();
    const gate = this.gates[kind];
    if (gate.free > 0) gate.free -= 1;
    else await wait(gate);
    try {
      return await current.run(null, work);
    } finally {
      const next = gate.waiting.shift();
      if (next === undefined) gate.free += 1;
      else next();
    }
  }
}

function wait(gate: Gate): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      gate.waiting.splice(gate.waiting.indexOf(grant), 1);
      reject(unavailable('pool_share_full', RETRY_SECONDS));
    }, WAIT_MS);
    const grant = (): void => {
      clearTimeout(timer);
      resolve();
    };
    gate.waiting.push(grant);
  });
}
