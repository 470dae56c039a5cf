import { setTimeout as sleep } from 'node:timers/promises';
import type { Failpoint } from '@trunkline/platform';
import { until, WaitedInVain } from '@trunkline/testing';
import { badAnswers, shareAcknowledged } from './check/answers.js';
import { checkHistory, NOTHING_CHECKED, type Report } from './check/checker.js';
import { History } from './check/history.js';
import { brokenState } from './check/invariants.js';
import { judgeLateness } from './check/lateness.js';
import { observe } from './check/observe.js';
import { gather, type People } from './load/cast.js';
import { Performance, type PerformOptions } from './load/perform.js';
import { castOf, planSteps, type Sizes, type Step } from './load/plan.js';
import { Random } from './load/random.js';
import { readProcessorTime, shareOfOthers } from './stage/processor-time.js';
import { SETTLE_MS_MAX, StandsStill, type Stage, type StageOptions } from './stage/stage.js';

/** A promise, and how it is attacked. */
export interface Attack {
  /** P1 … P21, as in the list of promises. */
  readonly id: string;
  readonly promise: string;
  /** Whether the short selection holds it. */
  readonly short: boolean;
  readonly sizes: Sizes;
  /** What is larger in the long run. */
  readonly longSizes?: Partial<Sizes>;
  /** Why it cannot be run on this machine; null: it can. */
  readonly cannotRun?: () => string | null;
  /** A stage of its own, made so. */
  readonly stage?: StageOptions;
  /** The same for the long run alone: what it has costs too much to be started for a short one. */
  readonly longStage?: StageOptions;
  /** No process has a reason to end: one that does, and a 502 of the proxy before it, breaks the promise. */
  readonly endsNoProcess?: boolean;
  /** Instead of the usual mixed load. */
  readonly plan?: (seed: number, name: string, sizes: Sizes) => Step[];
  readonly perform?: (round: Round) => Partial<PerformOptions>;
  /** The script of faults, beside the load; the load goes on until both are over. */
  readonly script: (round: Round) => Promise<void>;
  /** After all is quiet: what else must hold. */
  readonly verify?: (round: Round) => Promise<void>;
  /** Names of invariants that this attack breaks on purpose. */
  readonly except?: readonly string[];
  /** Within which time all must be caught up after healing. */
  readonly recoverMsMax?: number;
}

export interface RoundResult {
  readonly report: Report;
  /** What was broken besides operations, a sentence each. */
  readonly violations: readonly string[];
  /** What came too late on a machine that others kept busy, a sentence each: neither kept nor broken. */
  readonly undecided: readonly string[];
  /** From the end of the last fault until all queues were empty. */
  readonly recoverMs: number;
}

interface RoundOptions {
  /** Prefixes every name and token of the round: unique on its stage. */
  readonly name: string;
  readonly seed: number;
  readonly isShort: boolean;
}

/** Before it is known how busy the machine was. */
interface Judged extends Omit<RoundResult, 'undecided'> {
  readonly missed: readonly string[];
}

interface RoundParts {
  readonly attack: Attack;
  readonly stage: Stage;
  readonly people: People;
  readonly history: History;
  readonly options: RoundOptions;
  readonly sizes: Sizes;
  readonly steps: readonly Step[];
}

const PATIENCE_MS = 120_000;
const PROGRESS_MS_MAX = 600_000;
/** For how much longer than it may take something is waited for, before it is taken for something that never comes. */
const LATENESS_MS_MAX = 240_000;
const FAILPOINT_TURNS = 4;
/** Of the load, to meet a fault; and to be spread over an outage, so that something asks to its end. */
const SHARE_BESIDE_FAULT = 0.08;
const SHARE_IN_OUTAGE = 0.05;
const LEASH_EVERY_MS = 250;
/** A round with fewer confirmed operations says nothing of whether these are kept. */
const ACKNOWLEDGED_MIN = 0.5;
const FED_EVERY_MS = 500;
const FED_OPERATIONS = 2;

/** One run of one attack with one seed. */
export class Round {
  readonly violations: string[] = [];
  /** Deadlines that were missed, a sentence each. */
  private readonly missed: string[] = [];
  readonly random: Random;
  /** Activities of remotes that were answered 2xx so far. */
  accepted = 0;
  private readonly performance: Performance;
  private healedAtMs = 0;
  /** The slowest of those that were waited for between two faults. */
  private caughtUpMs = 0;

  readonly attack: Attack;
  readonly stage: Stage;
  readonly people: People;
  readonly history: History;
  readonly options: RoundOptions;
  readonly sizes: Sizes;
  readonly steps: readonly Step[];

  private constructor({ attack, stage, people, history, options, sizes, steps }: RoundParts) {
    this.attack = attack;
    this.stage = stage;
    this.people = people;
    this.history = history;
    this.options = options;
    this.sizes = sizes;
    this.steps = steps;
    this.random = new Random(options.seed ^ 0x5eed);
    this.performance = new Performance(people, steps, history, {
      host: new URL(stage.split.url).host,
      inboxUrls: [`${stage.split.url}/inbox`],
      patienceMs: PATIENCE_MS,
      onAccepted: () => void (this.accepted += 1),
      ...attack.perform?.(this),
    });
  }

  static async run(attack: Attack, stage: Stage, options: RoundOptions & { readonly historyPath: string | null }): Promise<RoundResult> {
    const before = readProcessorTime();
    const made = Round.make(attack, stage, options);
    const done = made.then((round) => round.go());
    const { report, recoverMs, missed, violations } = await done.catch(async (error: unknown) => unfinished(error, await made.catch(() => null)));
    const judged = judgeLateness(missed, shareOfOthers(before, readProcessorTime()));
    return { report, recoverMs, violations: [...violations, ...judged.violations], undecided: judged.undecided };
  }

  private static async make(attack: Attack, stage: Stage, options: RoundOptions & { readonly historyPath: string | null }): Promise<Round> {
    const { name, seed, isShort, historyPath } = options;
    const sizes = isShort ? attack.sizes : { ...attack.sizes, ...attack.longSizes };
    const cast = castOf(name, sizes);
    const people = await gather(stage, cast);
    const steps = attack.plan?.(seed, name, sizes) ?? planSteps(seed, name, cast, sizes.operations);
    const history = new History(historyPath);
    history.note(`${attack.id}, seed ${seed}, ${isShort ? 'short' : 'long'}: ${JSON.stringify(sizes)}`);
    return new Round({ attack, stage, people, history, options, sizes, steps });
  }

  /** Share of the load that is over. */
  get progress(): number {
    return this.performance.progress;
  }

  /** The services that are hurt in turn: in the short run those that posts pass through. */
  get victims(): readonly string[] {
    return this.options.isShort ? ['api', 'inbox', 'timeline', 'outbox'] : this.stage.split.apps;
  }

  /** Resolves when this share of the load is over; a little more (`beside`) follows until the script comes here again. */
  async at(share: number, beside = SHARE_BESIDE_FAULT): Promise<void> {
    this.performance.holdAt(share >= 1 ? Infinity : share + beside);
    await until(`${Math.round(share * 100)} % of the load`, () => this.performance.progress >= share, PROGRESS_MS_MAX);
  }

  /** Longer in the long run: seconds of an outage. A part of the load is spread over it. */
  async outage(shortSeconds: number, longSeconds: number): Promise<void> {
    const lastsMs = (this.options.isShort ? shortSeconds : longSeconds) * 1_000;
    const [startMs, from] = [performance.now(), this.progress];
    const timer = setInterval(() => this.performance.holdAt(from + (SHARE_IN_OUTAGE * (performance.now() - startMs)) / lastsMs), LEASH_EVERY_MS);
    await sleep(lastsMs).finally(() => clearInterval(timer));
  }

  /**
   * Waits until nothing is left to do, with the load held back, and no longer than the attack may take to recover: what one fault left behind must not
   * hide in what the next one does.
   */
  async caughtUp(): Promise<void> {
    this.healed();
    const startMs = performance.now();
    await this.inTime('all queues to be empty between two faults', this.attack.recoverMsMax ?? SETTLE_MS_MAX, async () => {
      const left = await this.stage.left();
      if (left.length > 0) throw new Error(left.join(', '));
      return true;
    });
    this.caughtUpMs = Math.max(this.caughtUpMs, performance.now() - startMs);
  }

  /** A process of the app dies between two steps that must both happen; which turn it is follows from the seed. */
  async dieAt(app: string, name: Failpoint): Promise<void> {
    const turns = this.random.below(FAILPOINT_TURNS);
    this.fault(`${app} dies at ${name}, turn ${turns}`);
    const died = await this.feeding(() => this.stage.dieAt(app, name, turns));
    await died?.replaced;
    if (died === null) this.late(`no ${app} came to ${name}: the attack did not happen`);
  }

  /** Lets the load go on, slowly, while something is waited for that only the load can bring about. */
  async feeding<T>(wait: () => Promise<T>): Promise<T> {
    const timer = setInterval(() => this.performance.holdAt(this.progress + FED_OPERATIONS / this.steps.length), FED_EVERY_MS);
    return wait().finally(() => clearInterval(timer));
  }

  fault(text: string): void {
    this.history.note(`fault: ${text}`);
    this.healedAtMs = 0;
  }

  healed(): void {
    this.history.note('healed');
    this.healedAtMs = performance.now();
  }

  violate(text: string): void {
    this.violations.push(text);
  }

  /** A deadline was missed: a break where the machine had time to keep it. */
  late(text: string): void {
    this.missed.push(text);
  }

  /** Waits for what has to be true in time. Late is late; what does not come at all is broken, however busy the machine is. */
  async inTime(what: string, deadlineMs: number, look: () => Promise<boolean> | boolean): Promise<boolean> {
    const startMs = performance.now();
    const came = await until(what, look, deadlineMs + LATENESS_MS_MAX).catch((error: unknown) => {
      this.violate(wordsOf(error));
      return false;
    });
    const tookMs = performance.now() - startMs;
    if (came && tookMs > deadlineMs) this.late(`waited ${Math.round(tookMs / 1_000)} s for ${what}, not ${deadlineMs / 1_000} s`);
    return came;
  }

  private async go(): Promise<Judged> {
    const restarts = this.stage.restarts();
    await Promise.all([this.performance.run(), this.attack.script(this).then(() => this.healed()).finally(() => this.performance.holdAt(Infinity))]);
    const loadEndMs = performance.now();
    await this.stage.allReady();
    await this.stage.settled().catch((error: unknown) => {
      if (error instanceof StandsStill || !(error instanceof WaitedInVain)) this.violate(`not settled: ${wordsOf(error)}`);
      else this.late(`not settled: ${wordsOf(error)}`);
    });
    // The load itself is no recovery: what counts is how long after it, and after the faults, work was left.
    const recoverMs = Math.max(this.caughtUpMs, performance.now() - Math.max(this.healedAtMs, loadEndMs));
    this.history.note('settled');
    const { recoverMsMax, endsNoProcess = false } = this.attack;
    if (recoverMsMax !== undefined && recoverMs > recoverMsMax) this.late(`caught up after ${Math.round(recoverMs / 1_000)} s, not ${recoverMsMax / 1_000} s`);
    const report = checkHistory(this.history.entries, await observe(this.stage, this.people, this.options.name));
    await this.attack.verify?.(this);
    this.violations.push(...(await brokenState(this.stage, this.attack.except)), ...badAnswers(this.history.entries, { endsNoProcess }));
    if (endsNoProcess) this.violations.push(...(await this.stage.endedSince(restarts)).map((name) => `${name} ended, and nobody ended it`));
    const acknowledged = shareAcknowledged(this.history.entries);
    if (acknowledged < ACKNOWLEDGED_MIN) this.late(`only ${Math.round(acknowledged * 100)} % of all operations were confirmed`);
    await this.stage.dismissRemotes();
    return { report, recoverMs, missed: this.missed, violations: this.violations };
  }
}

/** A round that could not be finished kept nothing. When it only waited in vain, it may have been for want of time. */
function unfinished(error: unknown, round: { readonly violations: readonly string[] } | null): Judged {
  const text = `the round could not be finished: ${wordsOf(error)}`;
  const [missed, broken] = error instanceof WaitedInVain ? [[text], []] : [[], [text]];
  return { report: NOTHING_CHECKED, recoverMs: 0, missed, violations: [...(round?.violations ?? []), ...broken] };
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} (${String(error.cause)})`;
}
