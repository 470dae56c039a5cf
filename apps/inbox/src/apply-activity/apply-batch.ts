import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, compareIds, unavailable, type Snowflake } from '@trunkline/kernel';
import { isTieType } from '../tie-types.js';
import { ActorTurns } from './actor-turns.js';
import { ApartLane } from './apart-lane.js';
import { lineOf, type StoredActivity } from './apply-activity.js';
import { APPLY_DEFAULTS, retryDelayMs, type ApplyBatchSettings } from './apply-settings.js';
import { GivenUp } from './given-up.js';
import { chunksOf } from './in-turns.js';
import { PartlyApplied } from './partly-applied.js';
import { DIED_OF_IT, Suspects, type SuspectNotes, type SuspectRow } from './suspects.js';
import { retry, type Verdict } from './verdict.js';

export interface WaitingRow extends StoredActivity, SuspectRow {
  readonly activityType: string;
  readonly trace: string | null;
  /** Tries that failed so far. */
  readonly attempts: number;
}

/** `failed`: it is tried again only later. */
type EarlierTie = 'none' | 'underway' | 'failed';

/** federation.inbound, as the applying half sees it. */
export interface InboundRows extends SuspectNotes {
  /** The first of them, in the order of their ids, as far as their texts may be held at once. */
  loadWaiting(ids: readonly Snowflake[]): Promise<readonly WaitingRow[]>;
  /** Whether an activity about ties of the same line came before this one and still waits, the handled ones excepted. */
  earlierTie(row: Pick<WaitingRow, 'id' | 'actorUri' | 'signerHost'>, handled: readonly Snowflake[]): Promise<EarlierTie>;
  markApplied(ids: readonly Snowflake[]): Promise<unknown>;
  markIgnored(id: Snowflake, reason: string): Promise<void>;
  /** Unless its tries are others by now: it was replayed. */
  markDead(id: Snowflake, reason: string, attempts: number): Promise<void>;
  retryLater(id: Snowflake, reason: string, delayMs: number): Promise<unknown>;
  /** Later, and not counted as a try. */
  putOff(ids: readonly Snowflake[], delayMs: number): Promise<unknown>;
}

export interface ApplyBatchPorts {
  readonly inbound: InboundRows;
  readonly apply: (row: WaitingRow) => Promise<Verdict>;
  /**
   * Applies and marks in one transaction what can go together, of each actor a number of its first rows; what is not
   * answered has to be applied one by one. When it throws, nothing of it is applied. Once `signal` fires it begins no further statement.
   */
  readonly applyTogether: (rows: readonly WaitingRow[], signal: AbortSignal) => Promise<ReadonlyMap<Snowflake, Verdict>>;
  /** Once a row, with what became of it. */
  readonly observe: (row: WaitingRow, outcome: Verdict['kind'] | 'dead', durationMs: number) => void;
  readonly onTrouble: (row: WaitingRow, outcome: 'retry' | 'dead', reason: string, error: unknown) => void;
  /** So many rows could not go together: both halves are tried. */
  readonly onSplit: (rows: number, error: unknown) => void;
  /** A store was away for rows that no batch waits for any more: they come again. */
  readonly onLeft: (ids: readonly Snowflake[], error: unknown) => void;
}

const LOOK_FOR_TURN_EVERY_MS = 50;
/** Of the rows of one transaction: what is written of them is made in one turn of the event loop. */
const TOGETHER_CHARS_MAX = 1_048_576;
/** Rows that took too long and still go on: more than the lane apart gives up in a minute. */
const GIVEN_UP_ROWS_MAX = 256;

/**
 * Applies stored rows: together what can go together, the rest one by one. Those of one line follow each other in the
 * order in which they came, also across the batches of this process; what changes ties also across copies, or a Follow
 * and its Undo that came within milliseconds could swap. Lines do not wait for each other. A row that fails is tried
 * again later and never takes others with it, but for later ones about ties.
 */
export class ActivityApplier {
  private readonly busyRows = new Set<Snowflake>();
  /** Under way, and no batch waits for them. */
  private readonly slowRows = new Set<Snowflake>();
  private readonly apart: ApartLane;
  private readonly suspects: Suspects;
  private isEnding = false;
  private readonly turns = new ActorTurns();
  private readonly givenUp = new GivenUp();
  private readonly givenUpRows = new GivenUp({ max: GIVEN_UP_ROWS_MAX });
  private readonly settings: ApplyBatchSettings;

  constructor(
    private readonly ports: ApplyBatchPorts,
    settings: Partial<ApplyBatchSettings> = {},
  ) {
    this.settings = { ...APPLY_DEFAULTS, ...settings };
    this.apart = new ApartLane(this.settings.apart);
    this.suspects = new Suspects(ports.inbound);
  }

  /**
   * Once `signal` fires no further row is begun: what is left waits in the ledger for the next bell.
   * @throws AppError 503 when a store is away: the bell has to ring again.
   */
  async apply(ids: readonly Snowflake[], signal: AbortSignal): Promise<void> {
    const mine = [...new Set(ids)].filter((id) => !this.busyRows.has(id) && !this.slowRows.has(id));
    for (const id of mine) this.busyRows.add(id);
    try {
      for (let left = mine; left.length > 0 && !signal.aborted; ) {
        const loaded = [...(await this.ports.inbound.loadWaiting(left))].sort((a, b) => compareIds(a.id, b.id));
        const last = loaded.at(-1)?.id;
        // Those behind it were too much to be held at once, or wait no longer.
        left = last === undefined ? [] : left.filter((id) => compareIds(id, last) > 0);
        await this.applyLoaded(loaded, signal);
      }
    } finally {
      for (const id of mine) this.busyRows.delete(id);
    }
  }

  private async applyLoaded(loaded: readonly WaitingRow[], signal: AbortSignal): Promise<void> {
    let waiting = await this.applyRows(await this.suspects.note(loaded), signal, false);
    const endMs = performance.now() + this.settings.turnPatienceMs;
    while (waiting.length > 0 && !signal.aborted) {
      await sleep(LOOK_FOR_TURN_EVERY_MS);
      waiting = await this.applyRows(waiting, signal, performance.now() > endMs);
    }
  }

  /** Resolves when nothing is under way that no batch waits for. */
  ended(): Promise<void> {
    return this.apart.ended();
  }

  /** Begins no further row of these; call it when no more batches come. */
  async stop(): Promise<void> {
    this.isEnding = true;
    await this.ended();
  }

  /** @returns what has to wait for a row of another copy: nothing, when this is the last look */
  private async applyRows(rows: readonly WaitingRow[], signal: AbortSignal, isLast: boolean): Promise<WaitingRow[]> {
    const turns = this.turns.take([...new Set(rows.map(lineOf))]);
    const apart: Promise<readonly WaitingRow[]>[] = [];
    try {
      for (let lines = await turns.next(); lines !== null; lines = await turns.next()) {
        const come = new Set(lines);
        const ofCome = rows.filter((row) => come.has(lineOf(row)));
        const suspected = new Set(ofCome.filter((row) => this.suspects.isSuspect(row)).map(lineOf));
        const mustGoAlone = (row: WaitingRow): boolean => this.apart.has(lineOf(row)) || suspected.has(lineOf(row));
        const behind = ofCome.filter(mustGoAlone);
        const left = await this.applyTogether(ofCome.filter((row) => !mustGoAlone(row)), signal);
        for (const [line, alone] of Map.groupBy([...behind, ...left], lineOf)) {
          apart.push(this.applyApart(line, alone, { signal, isLast }));
        }
        // From here on the line's chain keeps the order.
        for (const line of lines) turns.end(line);
      }
      return (await Promise.all(apart)).flat();
    } finally {
      await Promise.allSettled(apart).finally(() => turns.endAll());
    }
  }

  /**
   * One by one, beside the batch. What asks a server that does not answer is not waited for: it holds its rows in the
   * ledger and goes on; what there is no room for comes again later.
   * @returns the rows whose turn may come in a moment
   */
  private async applyApart(line: string, rows: readonly WaitingRow[], { signal, isLast }: { readonly signal: AbortSignal; readonly isLast: boolean }): Promise<readonly WaitingRow[]> {
    const ids = rows.map((row) => row.id);
    const mayBegin = (): boolean => !signal.aborted && !this.isEnding;
    let isWaitedFor = true;
    const taken = this.apart.add(line, rows[0]?.signerHost ?? '', () => this.applyInOrder(rows, mayBegin, isLast || !isWaitedFor));
    if (taken !== null && (await taken.noLongerQuick) === 'done') return taken.done;
    isWaitedFor = false;
    await this.ports.inbound.putOff(ids, this.settings.putOffMs);
    if (taken === null) return [];
    // A second bell for them meets them as rows under way.
    for (const id of ids) this.slowRows.add(id);
    void taken.done.catch((error: unknown) => this.ports.onLeft(ids, error)).finally(() => ids.forEach((id) => this.slowRows.delete(id)));
    return [];
  }

  /** @returns what has to be applied one by one */
  private async applyTogether(rows: readonly WaitingRow[], signal: AbortSignal): Promise<WaitingRow[]> {
    const alone = new Set<string>();
    const left: WaitingRow[] = [];
    for (const chunk of chunksOf(rows, this.settings.togetherMax, TOGETHER_CHARS_MAX)) {
      if (signal.aborted) break;
      const answered = await this.applyChunk(chunk.filter((row) => !alone.has(lineOf(row))));
      for (const row of chunk) {
        if (answered.has(row.id)) continue;
        alone.add(lineOf(row));
        left.push(row);
      }
    }
    return left;
  }

  /** In halves when it fails, so that what one row brings about ends with it. @returns the rows that are done */
  private async applyChunk(rows: readonly WaitingRow[]): Promise<ReadonlySet<Snowflake>> {
    if (rows.length === 0) return new Set();
    const startedMs = performance.now();
    try {
      const begin = (signal: AbortSignal) => this.ports.applyTogether(rows, signal);
      const verdicts = await this.givenUp.within(this.settings.togetherTimeoutMs, begin, () => {
        throw unavailable('took_too_long');
      });
      return this.observeAll(rows, verdicts, startedMs);
    } catch (thrown) {
      const [done, error] = thrown instanceof PartlyApplied ? [this.observeAll(rows, thrown.verdicts, startedMs), thrown.cause] : [new Set<Snowflake>(), thrown];
      if (isStoreAway(error)) throw error;
      const rest = rows.filter((row) => !done.has(row.id));
      this.ports.onSplit(rest.length, error);
      if (rest.length <= 1) return done;
      const middle = rest.length >> 1;
      const first = await this.applyChunk(rest.slice(0, middle));
      const alone = new Set(rest.slice(0, middle).filter((row) => !first.has(row.id)).map(lineOf));
      const second = await this.applyChunk(rest.slice(middle).filter((row) => !alone.has(lineOf(row))));
      return new Set([...done, ...first, ...second]);
    }
  }

  /** @returns the rows that are done */
  private observeAll(rows: readonly WaitingRow[], verdicts: ReadonlyMap<Snowflake, Verdict>, startedMs: number): ReadonlySet<Snowflake> {
    const durationMs = performance.now() - startedMs;
    for (const row of rows) {
      const verdict = verdicts.get(row.id);
      if (verdict !== undefined) this.ports.observe(row, verdict.kind, durationMs);
    }
    return new Set(verdicts.keys());
  }

  /** @returns the rows from the first one on whose turn may come in a moment; others that have to wait are put off. */
  private async applyInOrder(rows: readonly WaitingRow[], mayBegin: () => boolean, isLast: boolean): Promise<WaitingRow[]> {
    const applied: Snowflake[] = [];
    let isHeld = false;
    try {
      for (const [at, row] of rows.entries()) {
        if (!mayBegin()) break;
        const isTie = isTieType(row.activityType);
        const earlier: EarlierTie = isTie && !isHeld ? await this.ports.inbound.earlierTie(row, applied) : 'none';
        if (earlier === 'underway' && !isLast) return rows.slice(at);
        isHeld ||= earlier !== 'none';
        const isItsTurn: boolean = !(isTie && isHeld);
        const isAlone: boolean = isItsTurn && this.suspects.isSuspect(row);
        const outcome: Verdict['kind'] = isAlone ? await this.applySuspect(row) : await this.applyOne(row, isItsTurn);
        if (outcome === 'applied' && !isAlone) applied.push(row.id);
        isHeld ||= isTie && outcome === 'retry';
      }
      return [];
    } finally {
      if (applied.length > 0) await this.ports.inbound.markApplied(applied);
    }
  }

  /** Marked at once: the next row may be what ends the process. */
  private applySuspect(row: WaitingRow): Promise<Verdict['kind']> {
    const work = async (begun: 'again' | 'too often'): Promise<Verdict['kind']> => {
      if (begun === 'too often') {
        await this.ports.inbound.markDead(row.id, DIED_OF_IT, row.attempts);
        this.ports.observe(row, 'dead', 0);
        this.ports.onTrouble(row, 'dead', DIED_OF_IT, null);
        return 'ignored';
      }
      const outcome = await this.applyOne(row, true);
      if (outcome === 'applied') await this.ports.inbound.markApplied([row.id]);
      return outcome;
    };
    return this.suspects.alone(row, work, 'ignored');
  }

  /** An applied one has to be marked so by the caller. */
  private async applyOne(row: WaitingRow, isItsTurn: boolean): Promise<Verdict['kind']> {
    const startedMs = performance.now();
    const { verdict, error } = isItsTurn ? await this.verdictOn(row) : { verdict: retry('waits_for_earlier'), error: null };
    const isLast = verdict.kind === 'retry' && row.attempts + 1 >= this.settings.triesMax;
    this.ports.observe(row, isLast ? 'dead' : verdict.kind, performance.now() - startedMs);
    if (verdict.kind === 'applied') return 'applied';
    if (verdict.kind === 'ignored') await this.ports.inbound.markIgnored(row.id, verdict.reason);
    else if (isLast) await this.ports.inbound.markDead(row.id, verdict.reason, row.attempts);
    else await this.ports.inbound.retryLater(row.id, verdict.reason, retryDelayMs(row.attempts));
    if (verdict.kind === 'retry') this.ports.onTrouble(row, isLast ? 'dead' : 'retry', verdict.reason, error);
    return isLast ? 'ignored' : verdict.kind;
  }

  private async verdictOn(row: WaitingRow): Promise<{ verdict: Verdict; error: unknown }> {
    try {
      return { verdict: await this.givenUpRows.within(this.settings.rowTimeoutMs, () => this.ports.apply(row), () => retry('took_too_long')), error: null };
    } catch (error) {
      if (isStoreAway(error)) throw error;
      const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      return { verdict: retry(text), error };
    }
  }
}

const isStoreAway = (error: unknown): boolean => error instanceof AppError && error.status === 503;
