import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import { benchDeliver } from './deliver/benchmark.js';
import { benchDeadHosts } from './deliver/dead-hosts.js';
import { benchFanOut } from './fan-out/benchmark.js';
import type { Outcome } from './harness/contest.js';
import { machineLine } from './harness/machine.js';
import { isContest, readOptions, type BenchOptions, type ContestName, type StudyName } from './harness/options.js';
import { readEarlier, resultLine, studyLine, studyText, table } from './harness/report.js';
import { passes, type Study } from './harness/verdict.js';
import { benchHomeRead } from './home-read/benchmark.js';
import { benchApply, benchReceive } from './inbox/benchmarks.js';
import { ratiosPicture } from './picture/ratios-picture.js';

const CONTEST_RUNS: Readonly<Record<ContestName, (options: BenchOptions) => Promise<Outcome>>> = {
  receive: benchReceive,
  apply: benchApply,
  'fan-out': benchFanOut,
  deliver: benchDeliver,
  'deliver-dead-hosts': benchDeadHosts,
  'home-read': benchHomeRead,
};

/** Loaded when named: a contest pays for none of them. */
const STUDY_RUNS: Readonly<Record<StudyName, (options: BenchOptions) => Promise<Study>>> = {
  'reads-under-fan-out': async (options) => (await import('./reads-under-fan-out/study.js')).studyReadsUnderFanOut(options),
  memory: async (options) => (await import('./memory/study.js')).studyMemory(options),
  copies: async (options) => (await import('./copies/study.js')).studyCopies(options),
  growth: async (options) => (await import('./growth/study.js')).studyGrowth(options),
  crowd: async (options) => (await import('./crowd/study.js')).studyCrowd(options),
  'lone-post': async (options) => (await import('./lone-post/study.js')).studyLonePost(options),
  overload: async (options) => (await import('./overload/study.js')).studyOverload(options),
  soak: async (options) => (await import('./memory/soak.js')).studySoak(options),
};

/**
 * Runs what the arguments name and prints what it found, each study when it is done, the table of all ratios at the end.
 * @returns the exit status: 1 when something could not be measured, or a study missed a goal (in a quick run: lost or
 * doubled something). Ratios are printed, not judged.
 */
export async function runBench(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  const earlier = options.compareWith === null ? null : readEarlier(options.compareWith);
  const outcomes: Outcome[] = [];
  const studies: Study[] = [];
  const failed: string[] = [];
  const print = (text: string, line: object): void => void process.stdout.write(options.json ? `${JSON.stringify(line)}\n` : text);
  for (const name of options.names) {
    process.stderr.write(`${name} …\n`);
    try {
      if (isContest(name)) {
        const outcome = await CONTEST_RUNS[name](options);
        outcomes.push(outcome);
        print('', resultLine(outcome));
      } else {
        const study = await STUDY_RUNS[name](options);
        studies.push(study);
        print(`${studyText(study)}\n\n`, studyLine(study));
      }
    } catch (error) {
      // The others are worth measuring all the same.
      process.stderr.write(`${name} failed: ${error instanceof Error ? error.stack : String(error)}\n`);
      failed.push(name);
    }
  }
  if (!options.json) process.stdout.write(`${outcomes.length === 0 ? '' : `${table(outcomes, earlier)}\n\n`}${machineLine()}\n`);
  drawPictures(options, outcomes, studies);
  if (failed.length > 0) process.stderr.write(`not measured: ${failed.join(', ')}\n`);
  return failed.length === 0 && studies.every((study) => passes(study.verdicts, options.quick)) ? 0 : 1;
}

/** One picture goes to the file that was named; where there are several, a study's name is put into its own. */
function drawPictures({ picturePath }: BenchOptions, outcomes: readonly Outcome[], studies: readonly Study[]): void {
  const pictures = new Map<string, string>();
  const drawn = studies.filter((study) => study.picture !== undefined);
  const isAlone = outcomes.length === 0 && drawn.length === 1;
  for (const { name, picture } of drawn) pictures.set(picturePath === null ? `.data/bench/${name}.svg` : isAlone ? picturePath : named(picturePath, name), picture ?? '');
  if (picturePath !== null && outcomes.length > 0) pictures.set(picturePath, ratiosPicture(outcomes.map(resultLine), machineLine()));
  for (const [path, svg] of pictures) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, svg);
    process.stderr.write(`picture: ${path}\n`);
  }
}

const named = (path: string, name: string): string => `${path.slice(0, path.length - extname(path).length)}-${name}${extname(path)}`;
