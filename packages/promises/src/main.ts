import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { HELP, readOptions, type Options } from './options.js';
import { ATTACKS } from './promises/index.js';
import { exitStatus, reportTable, whatIsOpen, worst, type Line, type LineVerdict } from './report-table.js';
import { Round, type Attack, type RoundResult } from './round.js';
import { Stage, type StageOptions } from './stage/stage.js';

const FINDINGS_SHOWN = 12;
/** Of a round that a busy machine left undecided. */
const TRIES_MAX = 3;
const PAUSE_MS = 20_000;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Attacks what was asked for and prints the table. @returns the exit status, see `exitStatus`. */
export async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args, join(process.cwd(), '.data', 'promises'));
  if (options === null) {
    say(HELP);
    return 0;
  }
  const startMs = performance.now();
  const attacks = chosen(options);
  emptyOut(options.outPath);
  const campaign = new Campaign(options);
  // Asked to stop, a run takes its processes and stores with it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void campaign.stop().finally(() => process.exit(130)));
  const lines: Line[] = [];
  try {
    // Those that share a stage one after the other; a stage of its own ends theirs.
    const isApart = (attack: Attack): number => Number(ownStage(attack, options) !== undefined);
    for (const attack of attacks.toSorted((one, other) => isApart(one) - isApart(other))) lines.push(await campaign.line(attack));
  } finally {
    await campaign.stop();
  }
  lines.sort((one, other) => placeOf(one.id) - placeOf(other.id));
  say(`\n${reportTable(lines)}\n\n${Math.round((performance.now() - startMs) / 1_000)} s. Histories are in ${options.outPath}. ${whatIsOpen(lines)}`.trimEnd());
  return exitStatus(lines, options.promises !== null);
}

/** Of what an earlier run wrote there, and of nothing else: it may be anybody's folder. */
function emptyOut(path: string): void {
  mkdirSync(path, { recursive: true });
  for (const name of readdirSync(path)) if (/^P\d+-\d+(-again\d+)?(\.jsonl|-logs)$/.test(name)) rmSync(join(path, name), { recursive: true, force: true });
}

/** What an attack cannot share with others; undefined: nothing. */
const ownStage = ({ stage, longStage }: Attack, { isShort }: Pick<Options, 'isShort'>): StageOptions | undefined => stage ?? (isShort ? undefined : longStage);

const placeOf = (id: string): number => ATTACKS.findIndex((attack) => attack.id === id);

/** @throws Error when an id is not among the attacks */
function chosen({ promises, isShort }: Options): Attack[] {
  const stranger = promises?.find((id) => !ATTACKS.some((attack) => attack.id === id));
  if (stranger !== undefined) throw new Error(`${stranger} is not attacked; these are: ${ATTACKS.map(({ id }) => id).join(', ')}`);
  return ATTACKS.filter(({ id, short }) => (promises === null ? short || !isShort : promises.includes(id)));
}

/** Rounds share a stage, since starting one takes longer than most attacks; what broke may be on it, so then a new one is made. */
class Campaign {
  private stage: Stage | null = null;
  private starting: Promise<Stage> | null = null;
  private rounds = 0;

  constructor(private readonly options: Options) {}

  async line(attack: Attack): Promise<Line> {
    const line = { id: attack.id, promise: attack.promise, seeds: 0, operations: 0, lost: 0, duplicated: 0, reordered: 0, unknown: 0, recoverMs: 0 };
    const verdicts: LineVerdict[] = [];
    const reason = attack.cannotRun?.() ?? null;
    if (reason !== null) {
      say(`${attack.id} NOT RUN: ${reason}`);
      return { ...line, verdict: 'not run' };
    }
    for (let seed = this.options.firstSeed; seed < this.options.firstSeed + this.options.seeds; seed += 1) {
      const result = await this.decided(attack, seed);
      const { report, recoverMs } = result;
      line.seeds += 1;
      line.operations += report.operations;
      line.lost += report.counts.lost;
      line.duplicated += report.counts.duplicate;
      line.reordered += report.counts.reordered;
      line.unknown += report.counts.unknown;
      line.recoverMs = Math.max(line.recoverMs, recoverMs);
      verdicts.push(verdictOn(result));
    }
    return { ...line, verdict: worst(verdicts) };
  }

  /** One that is still being started is waited for: its processes would stay behind. */
  async stop(): Promise<void> {
    const stage = await this.starting?.catch(() => null);
    this.starting = null;
    await (stage ?? this.stage)?.stop();
    this.stage = null;
  }

  /** Where others kept the machine busy the same is tried again: their work may have ended. What is broken is broken. */
  private async decided(attack: Attack, seed: number): Promise<RoundResult> {
    for (let tries = 1; ; tries += 1) {
      const result = await this.round(attack, seed, `${attack.id}-${seed}${tries === 1 ? '' : `-again${tries - 1}`}`);
      if (verdictOn(result) !== 'undecided' || tries === TRIES_MAX) return result;
      say(`${attack.id} seed ${seed}: tried again in ${PAUSE_MS / 1_000} s`);
      await setTimeout(PAUSE_MS);
    }
  }

  /** @param file name of its history and logs */
  private async round(attack: Attack, seed: number, file: string): Promise<RoundResult> {
    const { outPath, isShort } = this.options;
    const own = ownStage(attack, this.options);
    if (own !== undefined) await this.stop();
    this.starting ??= Stage.start(own);
    this.stage = await this.starting;
    this.rounds += 1;
    const startMs = performance.now();
    const result = await Round.run(attack, this.stage, { name: `k${this.rounds}`, seed, isShort, historyPath: join(outPath, `${file}.jsonl`) });
    const verdict = verdictOn(result);
    const kept = verdict === 'kept';
    say(`${attack.id} seed ${seed}: ${kept ? verdict : verdict.toUpperCase()}, ${result.report.operations} operations in ${Math.round((performance.now() - startMs) / 1_000)} s`);
    if (!kept) await this.tell(result, file);
    if (!kept || own !== undefined) await this.stop();
    return result;
  }

  private async tell({ report, violations, undecided }: RoundResult, name: string): Promise<void> {
    const findings = [...violations, ...report.findings, ...undecided];
    for (const finding of findings.slice(0, FINDINGS_SHOWN)) say(`  ${finding}`);
    if (findings.length > FINDINGS_SHOWN) say(`  … and ${findings.length - FINDINGS_SHOWN} more`);
    await this.stage?.keepLogs(join(this.options.outPath, `${name}-logs`));
  }
}

function verdictOn({ report, violations, undecided }: RoundResult): LineVerdict {
  if (violations.length > 0 || report.findings.length > 0) return 'broken';
  return undecided.length > 0 ? 'undecided' : 'kept';
}
