import { setTimeout as sleep } from 'node:timers/promises';
import type { Failpoint } from '@trunkline/platform';
import { until } from '@trunkline/testing';
import { checkHistory, type Report } from './check/checker.js';
import { History, type Try } from './check/history.js';
import { brokenState } from './check/invariants.js';
import { observe } from './check/observe.js';
import { gather, type People } from './load/cast.js';
import { Performance, type PerformOptions } from './load/perform.js';
import { castOf, planSteps, type Sizes, type Step } from './load/plan.js';
import { Random } from './load/random.js';
import type { Stage, StageOptions } from './stage/stage.js';

/** A promise, and how it is attacked. */
export interface Attack {
  /** P1 … P21, as in the list of promises. */
  readonly id: string;
  readonly promise: string;
  /** Whether the short selection holds it. */
  readonly short: boolean;
  readonly sizes: Sizes;
  /** Why it cannot be run on this machine; null: it can. */
  readonly cannotRun?: () => string | null;
  /** A stage of its own, made so. */
  readonly stage?: StageOptions;
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
  /** From the end of the last fault until all queues were empty. */
  readonly recoverMs: number;
}

interface RoundOptions {
  /** Prefixes every name and token of the round: unique on its stage. */
  readonly name: string;
  readonly seed: number;
  readonly isShort: boolean;
}

interface RoundParts {
  readonly attack: Attack;
  readonly stage: Stage;
  readonly people: People;
  readonly history: History;
  readonly options: RoundOptions;
  readonly steps: readonly Step[];
}

const PATIENCE_MS = 120_000;
const PROGRESS_MS_MAX = 300_000;
const FAILPOINT_TURNS = 4;
/** Of the load, to meet a fault. */
const SHARE_BESIDE_FAULT = 0.08;
const FED_EVERY_MS = 500;
const FED_OPERATIONS = 2;

/** One run of one attack with one seed. */
export class Round {
  readonly violations: string[] = [];
  readonly random: Random;
  /** Activities of remotes that were answered 2xx so far. */
  accepted = 0;
  private readonly performance: Performance;
  private healedAtMs = 0;

  readonly attack: Attack;
  readonly stage: Stage;
  readonly people: People;
  readonly history: History;
  readonly options: RoundOptions;
  readonly steps: readonly Step[];

  private constructor({ attack, stage, people, history, options, steps }: RoundParts) {
    this.attack = attack;
    this.stage = stage;
    this.people = people;
    this.history = history;
    this.options = options;
    this.steps = steps;
    this.random = new Random(options.seed ^ 0x5eed);
    this.performance = new Performance(people, steps, history, {
      inboxUrls: [`${stage.split.url}/inbox`],
      patienceMs: PATIENCE_MS,
      onAccepted: () => void (this.accepted += 1),
      ...attack.perform?.(this),
    });
  }

  static async run(attack: Attack, stage: Stage, options: RoundOptions & { readonly historyPath: string | null }): Promise<RoundResult> {
    const { name, seed, historyPath } = options;
    const cast = castOf(name, attack.sizes);
    const people = await gather(stage, cast);
    const steps = attack.plan?.(seed, name, attack.sizes) ?? planSteps(seed, name, cast, attack.sizes.operations);
    const round = new Round({ attack, stage, people, history: new History(historyPath), options, steps });
    return round.go();
  }

  /** Share of the load that is over. */
  get progress(): number {
    return this.performance.progress;
  }

  /** The services that are hurt in turn: in the short run those that posts pass through. */
  get victims(): readonly string[] {
    return this.options.isShort ? ['api', 'inbox', 'timeline', 'outbox'] : this.stage.split.apps;
  }

  /** Resolves when this share of the load is over; a little more follows until the script comes here again. */
  async at(share: number): Promise<void> {
    this.performance.holdAt(share >= 1 ? Infinity : share + SHARE_BESIDE_FAULT);
    await until(`${Math.round(share * 100)} % of the load`, () => this.performance.progress >= share, PROGRESS_MS_MAX);
  }

  /** Longer in the long run: seconds of an outage. */
  async outage(shortSeconds: number, longSeconds: number): Promise<void> {
    await sleep((this.options.isShort ? shortSeconds : longSeconds) * 1_000);
  }

  /** A process of the app dies between two steps that must both happen; which turn it is follows from the seed. */
  async dieAt(app: string, name: Failpoint): Promise<void> {
    const turns = this.random.below(FAILPOINT_TURNS);
    this.fault(`${app} dies at ${name}, turn ${turns}`);
    const died = await this.feeding(() => this.stage.dieAt(app, name, turns));
    await died?.replaced;
    if (died === null) this.violate(`no ${app} came to ${name}: the attack did not happen`);
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

  private async go(): Promise<RoundResult> {
    await Promise.all([this.performance.run(), this.attack.script(this).then(() => this.healed()).finally(() => this.performance.holdAt(Infinity))]);
    const loadEndMs = performance.now();
    await this.stage.allReady();
    await this.stage.settled().catch((error: unknown) => {
      this.violate(`not settled: ${error instanceof Error ? `${error.message} (${String(error.cause)})` : String(error)}`);
    });
    // The load itself is no recovery: what counts is how long after it, and after the faults, work was left.
    const recoverMs = Math.max(0, performance.now() - Math.max(this.healedAtMs, loadEndMs));
    this.history.note('settled');
    const { recoverMsMax } = this.attack;
    if (recoverMsMax !== undefined && recoverMs > recoverMsMax) this.violate(`caught up after ${Math.round(recoverMs / 1_000)} s, not ${recoverMsMax / 1_000} s`);
    const report = checkHistory(this.history.entries, await observe(this.stage, this.people, this.options.name));
    await this.attack.verify?.(this);
    this.violations.push(...(await brokenState(this.stage, this.attack.except)), ...this.badAnswers());
    await this.stage.dismissRemotes();
    return { report, violations: this.violations, recoverMs };
  }

  /** A fault is told as 503 with Retry-After and as nothing else; 502 is the word of the proxy before a killed service. */
  private badAnswers(): string[] {
    const tries = this.history.entries.filter((entry): entry is Try => entry.type === 'try');
    const bad = new Map<string, number>();
    for (const { status, retryAfter } of tries) {
      const isFine = status === null || status === 502 || status === 429 || (status === 503 && retryAfter !== null);
      const what = status === 503 ? '503 without Retry-After' : String(status);
      if (!isFine) bad.set(what, (bad.get(what) ?? 0) + 1);
    }
    return [...bad].map(([what, count]) => `answered ${what}, ${count} times`);
  }
}
