import { unavailable, type Snowflake } from '@trunkline/kernel';
import type { SocialTransaction } from '@trunkline/social';
import type { Verdict } from './verdict.js';

/** What became of a row; `reason` when it is ignored. */
export interface Settled {
  readonly id: Snowflake;
  readonly reason: string | null;
}

/** One transaction over social state and the ledger's rows. */
export type Settling = <T>(work: (tx: SocialTransaction, settle: (rows: readonly Settled[]) => Promise<void>) => Promise<T>) => Promise<T>;

/** What became of the rows of a batch. What has no effect is told to the ledger with the next that has one. */
export class VerdictBook {
  private readonly done = new Map<Snowflake, Verdict>();
  private untold = new Map<Snowflake, Verdict>();

  /** @param signal once it fires nothing more is written, nor begun again after a deadlock */
  constructor(
    private readonly settling: Settling,
    private readonly signal?: AbortSignal,
  ) {}

  /** Those that the ledger knows of. */
  get settled(): ReadonlyMap<Snowflake, Verdict> {
    return this.done;
  }

  note(id: Snowflake, verdict: Verdict): void {
    this.untold.set(id, verdict);
  }

  /** @param effects begun again after a deadlock: nothing but the transaction's own may happen in it; says what became of its rows */
  async write(effects: (tx: SocialTransaction) => Promise<ReadonlyMap<Snowflake, Verdict>>): Promise<void> {
    this.mustGoOn();
    const told = await this.settling(async (tx, settle) => {
      this.mustGoOn();
      const all = new Map([...this.untold, ...(await effects(tx))]);
      await settle([...all].map(([id, verdict]) => ({ id, reason: verdict.kind === 'ignored' ? verdict.reason : null })));
      return all;
    });
    for (const [id, verdict] of told) this.done.set(id, verdict);
    this.untold = new Map();
  }

  private mustGoOn(): void {
    if (this.signal?.aborted === true) throw unavailable('took_too_long');
  }

  /** What is left to be told. */
  async close(): Promise<void> {
    if (this.untold.size > 0) await this.write(async () => new Map());
  }
}
