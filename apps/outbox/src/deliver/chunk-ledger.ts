import type { Snowflake } from '@trunkline/kernel';
import type { ChunkFailure, ChunkProgress } from '@trunkline/persistence';

export interface ChunkLedgerSettings {
  /** How often somebody looks what there is to write. */
  readonly tickMs: number;
  /** An open chunk tells how it gets on this often: so much is repeated after a crash. */
  readonly progressMs: number;
  /** One that nothing happens to is told about as well, so that its lease runs on. */
  readonly renewMs: number;
  /** After so long without a success its lease is over: somebody else has it. */
  readonly giveUpMs: number;
}

const DEFAULTS: ChunkLedgerSettings = { tickMs: 25, progressMs: 250, renewMs: 10_000, giveUpMs: 30_000 };
/** After a failed write the next one waits a little. */
const BREATH_TICKS = 20;

interface OpenChunk {
  readonly waiting: Set<string>;
  readonly failures: ChunkFailure[];
  readonly closed: PromiseWithResolvers<void>;
  changed: boolean;
  writtenMs: number;
}

/**
 * The chunks that this process delivers and what is still to do of each, written down for all of them together several
 * times a second: a chunk without failures costs a share of one statement, and a crash repeats a quarter of a second.
 */
export class ChunkLedger {
  private readonly open = new Map<Snowflake, OpenChunk>();
  private readonly settings: ChunkLedgerSettings;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly write: (progress: readonly ChunkProgress[]) => Promise<unknown>,
    settings: Partial<ChunkLedgerSettings> = {},
  ) {
    this.settings = { ...DEFAULTS, ...settings };
  }

  /** Resolves when the ledger says that every inbox is settled; rejects when that could not be written for too long. */
  begin(id: Snowflake, inboxes: readonly string[]): Promise<void> {
    const chunk: OpenChunk = {
      waiting: new Set(inboxes), failures: [], closed: Promise.withResolvers(), changed: inboxes.length === 0, writtenMs: performance.now(),
    };
    this.open.set(id, chunk);
    this.arm();
    return chunk.closed.promise;
  }

  /** The inbox was reached, or it failed. */
  settle(id: Snowflake, inbox: string, failure: ChunkFailure | null): void {
    const chunk = this.open.get(id);
    if (chunk === undefined) return;
    chunk.waiting.delete(inbox);
    if (failure !== null) chunk.failures.push(failure);
    chunk.changed = true;
  }

  private arm(ticks = 1): void {
    if (this.timer === null && this.open.size > 0) this.timer = setTimeout(() => void this.tick(), this.settings.tickMs * ticks);
  }

  private async tick(): Promise<void> {
    const nowMs = performance.now();
    const due = [...this.open].filter(([, chunk]) => this.isDue(chunk, nowMs));
    const told = due.map(([id, chunk]) => {
      chunk.changed = false;
      return { id, chunk, waiting: [...chunk.waiting], failures: [...chunk.failures] };
    });
    let ticks = 1;
    try {
      if (told.length > 0) await this.write(told.map(({ id, waiting, failures }) => ({ id, waiting, failures })));
      for (const { id, chunk, waiting, failures } of told) {
        chunk.failures.splice(0, failures.length);
        chunk.writtenMs = nowMs;
        if (waiting.length > 0) continue;
        this.open.delete(id);
        chunk.closed.resolve();
      }
    } catch (error) {
      ticks = BREATH_TICKS;
      for (const { id, chunk } of told) {
        chunk.changed = true;
        if (nowMs - chunk.writtenMs < this.settings.giveUpMs) continue;
        this.open.delete(id);
        chunk.closed.reject(error);
      }
    }
    this.timer = null;
    this.arm(ticks);
  }

  private isDue(chunk: OpenChunk, nowMs: number): boolean {
    const sinceMs = nowMs - chunk.writtenMs;
    return chunk.waiting.size === 0 || (chunk.changed && sinceMs >= this.settings.progressMs) || sinceMs >= this.settings.renewMs;
  }
}
