import { benchDeliver } from './deliver/benchmark.js';
import { benchFanOut } from './fan-out/benchmark.js';
import type { Outcome } from './harness/contest.js';
import { readOptions, type BenchmarkName, type BenchOptions } from './harness/options.js';
import { readEarlier, resultLine, table } from './harness/report.js';
import { benchHomeRead } from './home-read/benchmark.js';
import { benchApply, benchReceive } from './inbox/benchmarks.js';

const RUNS: Readonly<Record<BenchmarkName, (options: BenchOptions) => Promise<Outcome>>> = {
  receive: benchReceive,
  apply: benchApply,
  'fan-out': benchFanOut,
  deliver: benchDeliver,
  'home-read': benchHomeRead,
};

/** Runs what the arguments name and prints what it found. @returns the exit status */
export async function runBench(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  const earlier = options.compareWith === null ? null : readEarlier(options.compareWith);
  const outcomes: Outcome[] = [];
  for (const name of options.names) {
    process.stderr.write(`${name} …\n`);
    const outcome = await RUNS[name](options);
    outcomes.push(outcome);
    if (options.json) process.stdout.write(`${JSON.stringify(resultLine(outcome))}\n`);
  }
  if (!options.json) process.stdout.write(`${table(outcomes, earlier)}\n`);
  return 0;
}
