import { parseArgs } from 'node:util';

export const BENCHMARKS = ['receive', 'apply', 'fan-out', 'deliver', 'home-read'] as const;
export type BenchmarkName = (typeof BENCHMARKS)[number];

export interface BenchOptions {
  readonly names: readonly BenchmarkName[];
  /** Seconds instead of minutes, one round, small stores: shows that it runs, not how fast. */
  readonly quick: boolean;
  readonly json: boolean;
  /** An earlier run's `--json` output to put beside this one. */
  readonly compareWith: string | null;
  /** Where the server's processes write V8 CPU profiles when they end. */
  readonly profileDir: string | null;
  readonly rounds: number;
}

const USAGE = `npm run bench -- [${BENCHMARKS.join(' | ')}]… [--quick] [--rounds N] [--json] [--compare FILE] [--profile FOLDER]`;

/** @throws Error in words for the terminal. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      compare: { type: 'string' },
      profile: { type: 'string' },
      rounds: { type: 'string' },
    },
  });
  const unknown = positionals.filter((name) => !isBenchmark(name));
  if (unknown.length > 0) throw new Error(`There is no benchmark ${unknown.join(', ')}.\n${USAGE}`);
  const rounds = values.rounds === undefined ? (values.quick ? 1 : 3) : Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds must be a whole number above 0.\n${USAGE}`);
  return {
    names: positionals.length === 0 ? BENCHMARKS : positionals.filter(isBenchmark),
    quick: values.quick,
    json: values.json,
    compareWith: values.compare ?? null,
    profileDir: values.profile ?? null,
    rounds,
  };
}

const isBenchmark = (name: string): name is BenchmarkName => (BENCHMARKS as readonly string[]).includes(name);
