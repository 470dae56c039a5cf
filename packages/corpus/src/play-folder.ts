import type { TestServices } from '@trunkline/testing';
import { readCorpus } from './folder/read-corpus.js';
import { isBad, type Outcome } from './plays/outcome.js';
import { report } from './report/report-table.js';
import { runCorpus } from './run-corpus.js';
import { Stage } from './stage/stage.js';

/** A folder after it was played. */
export interface Played {
  readonly outcomes: readonly Outcome[];
  /** The table, and whatever needs to be said besides. */
  readonly text: string;
  /** 0: every file was understood, or ignored by a rule, and nothing happened that may not. */
  readonly exitStatus: 0 | 1;
}

/**
 * Plays a folder against a server of its own over these stores.
 * @throws Error with a sentence for the person who named the folder, when there is nothing to play
 */
export async function playFolder(folder: string, services: TestServices, onRound?: (done: number, all: number) => void): Promise<Played> {
  const { entries, complaints } = readCorpus(folder);
  const stage = await Stage.start(entries, services);
  const outcomes = await runCorpus(stage, entries, (done) => onRound?.(done, entries.length)).finally(() => stage.stop());
  return { outcomes, text: report(outcomes, complaints), exitStatus: outcomes.some(isBad) ? 1 : 0 };
}
