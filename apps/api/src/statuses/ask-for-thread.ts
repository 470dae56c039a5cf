import type { Clock, StatusId } from '@trunkline/kernel';
import type { ReadingStore } from '@trunkline/persistence';
import type { Status } from '@trunkline/domain';
import type { RefreshTold } from '../rendering/async-refresh.js';

/** Both as Mastodon has them (4.6): what is new is still on its way by itself, and nobody is asked twice in a quarter of an hour. */
const YOUNG_MS = 5 * 60 * 1_000;
const COOL_DOWN_MS = 15 * 60 * 1_000;

export interface ThreadAskPorts {
  readonly clock: Clock;
  readonly readings: Pick<ReadingStore, 'ask' | 'stateOf'>;
}

/** A thread that somebody opened: the status, and everything above and below that is known here. */
export interface OpenedThread {
  readonly status: Pick<Status, 'local' | 'createdAt'>;
  readonly rootId: StatusId;
  /** Whether anything in it came from elsewhere. */
  readonly isMixed: boolean;
}

/**
 * Has the rest of a thread read from the servers it spreads over, in the background, when somebody signed in opens it.
 * @returns what the answer tells of it; null: nothing is being read
 */
export async function askForThread({ readings, clock }: ThreadAskPorts, { status, rootId, isMixed }: OpenedThread): Promise<RefreshTold | null> {
  if (!isMixed) return null;
  const known = await readings.stateOf('thread', rootId);
  const told = { id: `thread-${rootId}`, found: known?.found ?? 0 };
  if (known?.state === 'waiting') return told;
  const isRested = known?.finishedAt == null || clock.nowMs() - known.finishedAt.getTime() >= COOL_DOWN_MS;
  const isYoung = clock.nowMs() - status.createdAt.getTime() < YOUNG_MS;
  if (isYoung || !isRested) return null;
  return (await readings.ask({ kind: 'thread', subjectId: rootId, coolDownMs: COOL_DOWN_MS })) ? { ...told, found: 0 } : null;
}
