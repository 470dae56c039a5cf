import type { Row } from '../report/table.js';
import { ANSWERS } from './answers.js';
import { FOLLOWS, PARTINGS } from './follows.js';
import { ENDS, LIVES } from './lives.js';
import { OURS, THEIRS } from './posts.js';
import { RELAYING } from './relaying.js';
import type { Stage, Step } from './step.js';

const SCENARIO: readonly Step[] = [...FOLLOWS, ...OURS, ...THEIRS, ...ANSWERS, ...LIVES, ...PARTINGS, ...ENDS];

/** Plays every step, one after another; one that fails does not keep the next from being played. */
export async function playAll(stage: Stage, onStep: (name: string) => void): Promise<Row[]> {
  const rows: Row[] = [];
  for (const step of stage.peer.scenario === 'relaying' ? RELAYING : SCENARIO) {
    onStep(step.name);
    rows.push(await playOne(stage, step));
  }
  return rows;
}

async function playOne(stage: Stage, { name, acts = [], looks = [], play }: Step): Promise<Row> {
  const { peer } = stage;
  const lacking = [...acts.filter((act) => peer.acts[act] === undefined), ...looks.filter((look) => peer.looks[look] === undefined)];
  const why = peer.lacks?.[name] ?? (lacking.length > 0 ? `has no ${lacking.join(', ')}` : null);
  if (why !== null) return { step: name, here: '', there: why, ok: 'not there' };
  try {
    return { step: name, ...(await play(stage)), ok: 'yes' };
  } catch (error) {
    return { step: name, here: wordsOf(error), there: '', ok: 'no' };
  }
}

/** With what was last thrown while it was waited for. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} (${wordsOf(error.cause)})`;
}
