import { cpuSeconds } from './cpu-meter.js';
import type { Verdict } from './verdict.js';

/** One way to do the same work. */
export interface Contender {
  readonly role: 'ours' | 'limit' | 'peer';
  readonly label: string;
  /** Its own processes; the stores are counted for everybody. */
  readonly pids: readonly number[];
  /** What a round needs and nobody pays for. */
  prepare?(round: number): Promise<void>;
  /** Does the work of one round. @returns how many operations that was, as far as it knows: see `check`. */
  run(round: number): Promise<number>;
  /** Looks whether the work was really done, when nobody pays any more. @throws Error when it was not */
  check?(operations: number): Promise<void>;
}

export interface Sample {
  readonly operations: number;
  readonly cpuSeconds: number;
  /** The same by part: `own` for the contender's processes, then each store. */
  readonly parts: Readonly<Record<string, number>>;
  readonly wallSeconds: number;
}

export interface Standing {
  readonly role: Contender['role'];
  readonly label: string;
  /** Operations for each CPU-second of everything involved; the median of the rounds. */
  readonly perCpuSec: number;
  readonly samples: readonly Sample[];
}

/** What a benchmark found: one line of the table. */
export interface Outcome {
  readonly name: string;
  readonly unit: string;
  readonly standings: readonly Standing[];
  /** Further figures that belong to it: memory, latencies. */
  readonly notes: readonly string[];
  /** Goals beside the two ratios, which the table judges. */
  readonly verdicts?: readonly Verdict[];
}

export interface Rounds {
  /** Those that count. */
  readonly rounds: number;
  /** Those before them, which fill caches, connections and the JIT; one without it. */
  readonly warmUps?: number;
  readonly stores: Readonly<Record<string, number>>;
}

/**
 * Lets contenders do the same work in turns, round after round, so that whatever else the machine does meets all of
 * them. Rounds up to 0 only warm up.
 */
export async function contest(contenders: readonly Contender[], options: Rounds): Promise<Standing[]> {
  const samples = contenders.map((): Sample[] => []);
  for (let round = 1 - (options.warmUps ?? 1); round <= options.rounds; round += 1) {
    for (const [index, contender] of contenders.entries()) {
      await contender.prepare?.(round);
      const sample = await measure(contender, round, options.stores);
      await contender.check?.(sample.operations);
      process.stderr.write(`  ${contender.label}, round ${round}: ${describe(sample)}\n`);
      if (round > 0) samples[index]?.push(sample);
    }
  }
  return contenders.map(({ role, label }, index) => {
    const taken = samples[index] ?? [];
    return { role, label, perCpuSec: median(taken.map((sample) => sample.operations / sample.cpuSeconds)), samples: taken };
  });
}

/** One contender alone. @returns the median of its operations for each CPU-second */
export async function rateOf(contender: Contender, options: Rounds): Promise<number> {
  const [standing] = await contest([contender], options);
  return standing?.perCpuSec ?? 0;
}

async function measure(contender: Contender, round: number, stores: Readonly<Record<string, number>>): Promise<Sample> {
  const groups: readonly (readonly [string, readonly number[]])[] = [['own', contender.pids], ...Object.entries(stores).map(([name, pid]) => [name, [pid]] as const)];
  const read = (): number[] => groups.map(([, pids]) => cpuSeconds(pids));
  const [before, startedMs] = [read(), performance.now()];
  const operations = await contender.run(round);
  const [after, endedMs] = [read(), performance.now()];
  const parts = Object.fromEntries(groups.map(([name], index) => [name, (after[index] ?? 0) - (before[index] ?? 0)]));
  const sum = Object.values(parts).reduce((total, part) => total + part, 0);
  // Below a tick there is nothing to tell.
  return { operations, cpuSeconds: Math.max(sum, 0.01), parts, wallSeconds: (endedMs - startedMs) / 1_000 };
}

const describe = ({ operations, cpuSeconds: cpu, wallSeconds, parts }: Sample): string =>
  `${operations} in ${cpu.toFixed(2)} CPU-s (${Math.round(operations / cpu)}/CPU-s; ${Object.entries(parts).map(([name, part]) => `${name} ${part.toFixed(2)}`).join(', ')}), ${wallSeconds.toFixed(2)} s of wall time`;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
