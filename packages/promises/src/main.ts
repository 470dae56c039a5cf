import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { HELP, readOptions, type Options } from './options.js';
import { ATTACKS } from './promises/index.js';
import { reportTable, type Line } from './report-table.js';
import { Round, type Attack, type RoundResult } from './round.js';
import { Stage } from './stage/stage.js';

const FINDINGS_SHOWN = 12;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Attacks what was asked for and prints the table. @returns the exit status: 0 when every promise was kept. */
export async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args, join(process.cwd(), '.data', 'promises'));
  if (options === null) {
    say(HELP);
    return 0;
  }
  const startMs = performance.now();
  const attacks = chosen(options);
  rmSync(options.outPath, { recursive: true, force: true });
  mkdirSync(options.outPath, { recursive: true });
  const campaign = new Campaign(options);
  // Asked to stop, a run takes its processes and stores with it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void campaign.stop().finally(() => process.exit(130)));
  const lines: Line[] = [];
  try {
    // Those that share a stage one after the other; a stage of its own ends theirs.
    for (const attack of attacks.toSorted((one, other) => Number(one.stage !== undefined) - Number(other.stage !== undefined))) lines.push(await campaign.line(attack));
  } finally {
    await campaign.stop();
  }
  lines.sort((one, other) => placeOf(one.id) - placeOf(other.id));
  say(`\n${reportTable(lines)}\n\n${Math.round((performance.now() - startMs) / 1_000)} s. Histories are in ${options.outPath}.`);
  return lines.some(({ isKept }) => isKept === false) ? 1 : 0;
}

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
  private rounds = 0;

  constructor(private readonly options: Options) {}

  async line(attack: Attack): Promise<Line> {
    const line = { id: attack.id, promise: attack.promise, seeds: 0, operations: 0, lost: 0, duplicated: 0, reordered: 0, unknown: 0, recoverMs: 0 };
    let isWhole = true;
    const reason = attack.cannotRun?.() ?? null;
    if (reason !== null) {
      say(`${attack.id} NOT RUN: ${reason}`);
      return { ...line, isKept: null };
    }
    for (let seed = this.options.firstSeed; seed < this.options.firstSeed + this.options.seeds; seed += 1) {
      const { report, violations, recoverMs } = await this.round(attack, seed);
      line.seeds += 1;
      line.operations += report.operations;
      line.lost += report.counts.lost;
      line.duplicated += report.counts.duplicate;
      line.reordered += report.counts.reordered;
      line.unknown += report.counts.unknown;
      line.recoverMs = Math.max(line.recoverMs, recoverMs);
      isWhole &&= isKept(report, violations);
    }
    return { ...line, isKept: isWhole };
  }

  async stop(): Promise<void> {
    await this.stage?.stop();
    this.stage = null;
  }

  private async round(attack: Attack, seed: number): Promise<RoundResult> {
    const { outPath, isShort } = this.options;
    if (attack.stage !== undefined) await this.stop();
    this.stage ??= await Stage.start(attack.stage);
    this.rounds += 1;
    const startMs = performance.now();
    const result = await Round.run(attack, this.stage, { name: `k${this.rounds}`, seed, isShort, historyPath: join(outPath, `${attack.id}-${seed}.jsonl`) }).catch(failed);
    const kept = isKept(result.report, result.violations);
    say(`${attack.id} seed ${seed}: ${kept ? 'kept' : 'BROKEN'}, ${result.report.operations} operations in ${Math.round((performance.now() - startMs) / 1_000)} s`);
    if (!kept) await this.tell(result, `${attack.id}-${seed}`);
    if (!kept || attack.stage !== undefined) await this.stop();
    return result;
  }

  private async tell({ report, violations }: RoundResult, name: string): Promise<void> {
    const findings = [...violations, ...report.findings];
    for (const finding of findings.slice(0, FINDINGS_SHOWN)) say(`  ${finding}`);
    if (findings.length > FINDINGS_SHOWN) say(`  … and ${findings.length - FINDINGS_SHOWN} more`);
    await this.stage?.keepLogs(join(this.options.outPath, `${name}-logs`));
  }
}

const isKept = (report: RoundResult['report'], violations: readonly string[]): boolean => violations.length === 0 && report.findings.length === 0;

/** A round that could not be finished kept nothing. */
function failed(error: unknown): RoundResult {
  const cause = error instanceof Error && error.cause !== undefined ? ` (${String(error.cause)})` : '';
  const counts = { ok: 0, unknown: 0, reordered: 0, lost: 0, duplicate: 0 };
  return { report: { operations: 0, counts, findings: [] }, violations: [`the round could not be finished: ${String(error)}${cause}`], recoverMs: 0 };
}
