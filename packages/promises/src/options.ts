import { parseArgs } from 'node:util';

export interface Options {
  readonly seeds: number;
  /** The first seed; the others follow it. */
  readonly firstSeed: number;
  /** Ids of promises; null: all of the selection. */
  readonly promises: readonly string[] | null;
  readonly isShort: boolean;
  /** Where histories and the logs of what broke are kept. */
  readonly outPath: string;
}

export const HELP = `npm run promises [-- options]

  --seeds N          runs with N seeds each (1)
  --seed N           the first seed (1); the same seed reruns the same schedule
  --promise P1,P4    only these
  --short            the selection for every change: under 8 minutes
  --out FOLDER       histories, and the logs of what broke (.data/promises);
                     what an earlier run left there goes

Ends with 0 when all that was run was kept, with 1 when a promise broke, and with
2 when none broke and one is not decided: a deadline passed while others kept the
machine busy, or what was asked for by name cannot be run here.`;

/** @throws Error with a sentence for the person who typed it; null when help was asked for */
export function readOptions(args: readonly string[], outPath: string): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: { seeds: { type: 'string' }, seed: { type: 'string' }, promise: { type: 'string' }, short: { type: 'boolean' }, out: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help === true) return null;
  return {
    seeds: whole('--seeds', values.seeds ?? '1', 1),
    firstSeed: whole('--seed', values.seed ?? '1', 0),
    promises: values.promise === undefined ? null : values.promise.split(',').map((id) => id.trim().toUpperCase()).filter(Boolean),
    isShort: values.short ?? false,
    outPath: values.out ?? outPath,
  };
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > 1_000_000) throw new Error(`${name} must be a whole number from ${least}.`);
  return value;
}
