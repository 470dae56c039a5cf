import { parseArgs } from 'node:util';

/** Rates beside a limit and a peer: one line of the table each. */
export const CONTESTS = ['receive', 'apply', 'fan-out', 'deliver', 'deliver-dead-hosts', 'home-read'] as const;
export type ContestName = (typeof CONTESTS)[number];

/** Behaviour over time, size or copies: a table of its own each. */
export const STUDIES = ['reads-under-fan-out', 'memory', 'copies', 'growth', 'crowd', 'lone-post', 'overload', 'soak'] as const;
export type StudyName = (typeof STUDIES)[number];

/** What runs when nothing is named: the rest takes minutes each. */
const BY_DEFAULT: readonly (ContestName | StudyName)[] = [...CONTESTS, 'reads-under-fan-out'];

export interface BenchOptions {
  readonly names: readonly (ContestName | StudyName)[];
  /** Seconds instead of minutes, one round, small stores: shows that it runs, not how fast. */
  readonly quick: boolean;
  readonly json: boolean;
  /** An earlier run's `--json` output to put beside this one. */
  readonly compareWith: string | null;
  /** Where the server's processes write V8 CPU profiles when they end. */
  readonly profileDir: string | null;
  /** Where the picture goes. */
  readonly picturePath: string | null;
  readonly rounds: number;
  /** How long `soak` lasts. */
  readonly minutes: number;
  /** What the burst of `crowd` asks of what the server takes in a flood. */
  readonly share: number;
}

const SOAK_MINUTES = { full: 10, quick: 1 };
const BURST_SHARE = 0.25;
const USAGE = `npm run bench -- [${[...CONTESTS, ...STUDIES].join(' | ')}]… [--quick] [--rounds N] [--minutes N] [--share N] [--json] [--compare FILE] [--picture FILE] [--profile FOLDER]`;

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
      picture: { type: 'string' },
      rounds: { type: 'string' },
      minutes: { type: 'string' },
      share: { type: 'string' },
    },
  });
  const unknown = positionals.filter((name) => !isContest(name) && !isStudy(name));
  if (unknown.length > 0) throw new Error(`There is no benchmark ${unknown.join(', ')}.\n${USAGE}`);
  const rounds = values.rounds === undefined ? (values.quick ? 1 : 3) : Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds must be a whole number above 0.\n${USAGE}`);
  const minutes = values.minutes === undefined ? SOAK_MINUTES[values.quick ? 'quick' : 'full'] : Number(values.minutes);
  if (!(minutes > 0)) throw new Error(`--minutes must be a number above 0.\n${USAGE}`);
  const share = values.share === undefined ? BURST_SHARE : Number(values.share);
  if (!(share > 0 && share <= 1)) throw new Error(`--share must be a number above 0, and 1 at most.\n${USAGE}`);
  return {
    names: positionals.length === 0 ? BY_DEFAULT : positionals.filter((name) => isContest(name) || isStudy(name)),
    quick: values.quick,
    json: values.json,
    compareWith: values.compare ?? null,
    profileDir: values.profile ?? null,
    picturePath: values.picture ?? null,
    rounds,
    minutes,
    share,
  };
}

export const isContest = (name: string): name is ContestName => (CONTESTS as readonly string[]).includes(name);
const isStudy = (name: string): name is StudyName => (STUDIES as readonly string[]).includes(name);
