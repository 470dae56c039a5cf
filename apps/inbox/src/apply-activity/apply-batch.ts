import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, compareIds, type Snowflake } from '@trunkline/kernel';
import { isTieType } from '../activity-types.js';
import type { StoredActivity } from './apply-activity.js';
import { retry, type Verdict } from './verdict.js';

export interface WaitingRow extends StoredActivity {
  readonly activityType: string;
  readonly trace: string | null;
  /** Tries that failed so far. */
  readonly attempts: number;
}

/** `failed`: it is tried again only later. */
type EarlierTie = 'none' | 'underway' | 'failed';

/** federation.inbound, as the applying half sees it. */
export interface InboundRows {
  loadWaiting(ids: readonly Snowflake[]): Promise<readonly WaitingRow[]>;
  /** Whether an activity about ties of the same actor came before this one and still waits, the handled ones excepted. */
  earlierTie(row: Pick<WaitingRow, 'id' | 'actorUri'>, handled: readonly Snowflake[]): Promise<EarlierTie>;
  markApplied(ids: readonly Snowflake[]): Promise<unknown>;
  markIgnored(id: Snowflake, reason: string): Promise<void>;
  markDead(id: Snowflake, reason: string): Promise<void>;
  retryLater(id: Snowflake, reason: string, delayMs: number): Promise<unknown>;
}

export interface ApplyBatchPorts {
  readonly inbound: InboundRows;
  readonly apply: (row: WaitingRow) => Promise<Verdict>;
  /** Once a row, with what became of it. */
  readonly observe: (row: WaitingRow, outcome: Verdict['kind'] | 'dead', durationMs: number) => void;
  readonly onTrouble: (row: WaitingRow, outcome: 'retry' | 'dead', reason: string, error: unknown) => void;
}

type Group = [actorUri: string, rows: WaitingRow[]];

export interface ApplyBatchSettings {
  /** Actors whose activities are applied side by side, in one batch. */
  readonly actorsAtOnce: number;
  readonly triesMax: number;
  /** After this a row is tried again later; what it waited for goes on alone. */
  readonly rowTimeoutMs: number;
  /** How long a row waits for an earlier one that another copy has in hand; after it, it is tried again later. */
  readonly turnPatienceMs: number;
}

const DEFAULTS: ApplyBatchSettings = { actorsAtOnce: 8, triesMax: 8, rowTimeoutMs: 20_000, turnPatienceMs: 2_000 };
const LOOK_FOR_TURN_EVERY_MS = 50;
const RETRY_FIRST_MS = 15_000;
const RETRY_MAX_MS = 6 * 60 * 60 * 1_000;

/** 15 s, 1 min, 4 min, … at most 6 h; with eight tries the last comes nine hours after the first. */
export const retryDelayMs = (attempts: number): number => Math.min(RETRY_FIRST_MS * 4 ** attempts, RETRY_MAX_MS);

/**
 * Applies stored rows. Those of one actor follow each other in the order in which they came, also across the batches of
 * this process; what changes ties also across copies, or a Follow and its Undo that came within milliseconds could
 * swap. Actors do not wait for each other. A row that fails is tried again later and never takes others with it, but
 * for later ones about ties.
 */
export class ActivityApplier {
  private readonly busyRows = new Set<Snowflake>();
  /** The end of what is under way for an actor. */
  private readonly tails = new Map<string, Promise<void>>();
  private readonly settings: ApplyBatchSettings;

  constructor(
    private readonly ports: ApplyBatchPorts,
    settings: Partial<ApplyBatchSettings> = {},
  ) {
    this.settings = { ...DEFAULTS, ...settings };
  }

  /**
   * Once `signal` fires no further row is begun: what is left waits in the ledger for the next bell.
   * @throws AppError 503 when a store is away: the bell has to ring again.
   */
  async apply(ids: readonly Snowflake[], signal: AbortSignal): Promise<void> {
    const mine = [...new Set(ids)].filter((id) => !this.busyRows.has(id));
    for (const id of mine) this.busyRows.add(id);
    try {
      const rows = await this.ports.inbound.loadWaiting(mine);
      const byActor = Map.groupBy(
        [...rows].sort((a, b) => compareIds(a.id, b.id)),
        (row) => row.actorUri,
      );
      let waiting = await this.eachActor([...byActor], signal, false);
      const endMs = performance.now() + this.settings.turnPatienceMs;
      while (waiting.length > 0 && !signal.aborted) {
        await sleep(LOOK_FOR_TURN_EVERY_MS);
        waiting = await this.eachActor(waiting, signal, performance.now() > endMs);
      }
    } finally {
      for (const id of mine) this.busyRows.delete(id);
    }
  }

  /** @returns what has to wait for a row of another copy: nothing, when this is the last look */
  private async eachActor(groups: Group[], signal: AbortSignal, isLast: boolean): Promise<Group[]> {
    const queue = groups.values();
    const waiting: Group[] = [];
    const work = async (): Promise<void> => {
      for (const [actorUri, rows] of queue) {
        const left = await this.afterEarlier(actorUri, () => this.applyInOrder(rows, signal, isLast));
        if (left.length > 0) waiting.push([actorUri, left]);
      }
    };
    const lanes = Array.from({ length: Math.min(this.settings.actorsAtOnce, groups.length) }, work);
    const failed = (await Promise.allSettled(lanes)).find((lane) => lane.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return waiting;
  }

  private async afterEarlier<T>(actorUri: string, work: () => Promise<T>): Promise<T> {
    const earlier = this.tails.get(actorUri) ?? Promise.resolve();
    const run = earlier.then(work);
    const ended = (): void => {
      if (this.tails.get(actorUri) === tail) this.tails.delete(actorUri);
    };
    const tail = run.then(ended, ended);
    this.tails.set(actorUri, tail);
    return run;
  }

  /** @returns the rows from the first one on whose turn may come in a moment; others that have to wait are put off. */
  private async applyInOrder(rows: readonly WaitingRow[], signal: AbortSignal, isLast: boolean): Promise<WaitingRow[]> {
    const applied: Snowflake[] = [];
    let isHeld = false;
    try {
      for (const [at, row] of rows.entries()) {
        if (signal.aborted) break;
        const isTie = isTieType(row.activityType);
        const earlier: EarlierTie = isTie && !isHeld ? await this.ports.inbound.earlierTie(row, applied) : 'none';
        if (earlier === 'underway' && !isLast) return rows.slice(at);
        isHeld ||= earlier !== 'none';
        const outcome = await this.applyOne(row, !(isTie && isHeld));
        if (outcome === 'applied') applied.push(row.id);
        isHeld ||= isTie && outcome === 'retry';
      }
      return [];
    } finally {
      if (applied.length > 0) await this.ports.inbound.markApplied(applied);
    }
  }

  /** An applied one has to be marked so by the caller. */
  private async applyOne(row: WaitingRow, isItsTurn: boolean): Promise<Verdict['kind']> {
    const startedMs = performance.now();
    const { verdict, error } = isItsTurn ? await this.verdictOn(row) : { verdict: retry('waits_for_earlier'), error: null };
    const isLast = verdict.kind === 'retry' && row.attempts + 1 >= this.settings.triesMax;
    this.ports.observe(row, isLast ? 'dead' : verdict.kind, performance.now() - startedMs);
    if (verdict.kind === 'applied') return 'applied';
    if (verdict.kind === 'ignored') await this.ports.inbound.markIgnored(row.id, verdict.reason);
    else if (isLast) await this.ports.inbound.markDead(row.id, verdict.reason);
    else await this.ports.inbound.retryLater(row.id, verdict.reason, retryDelayMs(row.attempts));
    if (verdict.kind === 'retry') this.ports.onTrouble(row, isLast ? 'dead' : 'retry', verdict.reason, error);
    return isLast ? 'ignored' : verdict.kind;
  }

  private async verdictOn(row: WaitingRow): Promise<{ verdict: Verdict; error: unknown }> {
    try {
      return { verdict: await within(this.settings.rowTimeoutMs, this.ports.apply(row)), error: null };
    } catch (error) {
      if (error instanceof AppError && error.status === 503) throw error;
      const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      return { verdict: retry(text), error };
    }
  }
}

async function within(timeoutMs: number, work: Promise<Verdict>): Promise<Verdict> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Verdict>((resolve) => {
    timer = setTimeout(() => resolve(retry('took_too_long')), timeoutMs);
  });
  // When it loses the race its end is nobody's any more.
  work.catch(() => undefined);
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
