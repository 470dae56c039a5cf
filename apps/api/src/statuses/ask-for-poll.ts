import type { Status } from '@trunkline/domain';
import type { Clock } from '@trunkline/kernel';
import type { ReadingStore } from '@trunkline/persistence';
import type { RefreshTold } from '../rendering/async-refresh.js';

/** Mastodon asks a poll's server once a minute at most. */
const COOL_DOWN_MS = 60_000;
/** Votes still come in at its server, and some close it a little late: what was read so long after the end is final. */
const SETTLED_MS = 5 * 60_000;

export interface PollAskPorts {
  readonly clock: Clock;
  readonly readings: Pick<ReadingStore, 'ask' | 'stateOf'>;
}

/**
 * Has a poll of another server read anew, in the background, when somebody signed in looks at it: while it is open, and
 * after its end until its outcome was read. Called after the answer was read, which shows what is known.
 * @returns what the answer tells of it; null: nothing is being read
 */
export async function askForPoll({ readings, clock }: PollAskPorts, { id, local, poll }: Pick<Status, 'id' | 'local' | 'poll'>): Promise<RefreshTold | null> {
  if (local || poll === null) return null;
  const known = await readings.stateOf('poll', id);
  const told = { id: `poll-${id}`, found: known?.found ?? 0 };
  if (known?.state === 'waiting') return told;
  const nowMs = clock.nowMs();
  const settledMs = poll.endsAt === null ? Infinity : poll.endsAt.getTime() + SETTLED_MS;
  const readMs = known?.finishedAt?.getTime() ?? null;
  if (readMs !== null && (nowMs - readMs < COOL_DOWN_MS || (readMs >= settledMs && told.found > 0))) return null;
  return (await readings.ask({ kind: 'poll', subjectId: id, coolDownMs: COOL_DOWN_MS })) ? { ...told, found: 0 } : null;
}
