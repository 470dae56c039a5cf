import type { Reading, ReadingStore } from '@trunkline/persistence';
import { readOutbox, OUTBOX_LIMITS } from './read-outbox.js';
import { POLL_LIMITS, readPoll } from './read-poll.js';
import { ReadingBudget, type ReadingLimits } from './reading-budget.js';
import { readThread, THREAD_LIMITS } from './read-thread.js';
import type { ReadPorts } from './ports.js';
import { FOLLOWERS_LIMITS, syncFollowers } from './sync-followers.js';
import { timedRemote } from './timed-remote.js';

export interface WorkerPorts {
  readonly readings: Pick<ReadingStore, 'claim' | 'tell' | 'finish'>;
  readonly read: ReadPorts;
  readonly onError: (reading: Reading | null, error: unknown) => void;
}

/** Readings under way in one process: what people wait for, what other servers have us compare, and polls, each one request. None waits for another. */
const LANES: readonly Lane[] = [
  { kinds: ['thread', 'outbox'], atOnce: 2, slowMax: 4 },
  { kinds: ['followers'], atOnce: 1, slowMax: 2 },
  { kinds: ['poll'], atOnce: 4, slowMax: 4 },
];

interface Lane {
  readonly kinds: readonly Reading['kind'][];
  readonly atOnce: number;
  /** Those that take long give their places to others, so many of them. */
  readonly slowMax: number;
}

interface UnderWay {
  readonly lane: Lane;
  readonly startedMs: number;
}
const SLOW_AFTER_MS = 15_000;
const POLL_MS = 1_000;
/** Longer than any reading takes: what a killed process held comes again after it. */
const LEASE_SECONDS = 180;
/** One that ends the process, or fails, again and again is left alone until somebody asks anew. */
const ATTEMPTS_MAX = 3;

const LIMITS: Readonly<Record<Reading['kind'], ReadingLimits>> = { thread: THREAD_LIMITS, outbox: OUTBOX_LIMITS, followers: FOLLOWERS_LIMITS, poll: POLL_LIMITS };

/** Carries out what is to be read from other servers, a few at a time, until stopped. Copies share the work. */
export class ReadingWorker {
  private readonly underWay = new Map<Promise<void>, UnderWay>();
  private readonly ending = new AbortController();
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> | null = null;

  constructor(private readonly ports: WorkerPorts) {}

  start(): void {
    this.timer ??= setInterval(() => this.wake(), POLL_MS);
  }

  /** Look now: something was asked for. */
  wake(): void {
    this.looking ??= this.look().finally(() => (this.looking = null));
  }

  /** Claims nothing more, and has what is under way end before its next request. */
  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    this.ending.abort();
    await this.looking;
  }

  /** Resolves when nothing is under way. */
  async finished(): Promise<void> {
    while (this.underWay.size > 0) await Promise.allSettled(this.underWay.keys());
  }

  private async look(): Promise<void> {
    for (const lane of LANES) {
      const free = this.freeIn(lane);
      if (this.ending.signal.aborted || free === 0) continue;
      try {
        for (const reading of await this.ports.readings.claim(lane.kinds, free, LEASE_SECONDS)) this.track(reading, lane);
      } catch (error) {
        this.ports.onError(null, error);
      }
    }
  }

  private freeIn(lane: Lane): number {
    const starts = [...this.underWay.values()].filter((one) => one.lane === lane).map(({ startedMs }) => startedMs);
    const slow = starts.filter((startedMs) => performance.now() - startedMs >= SLOW_AFTER_MS).length;
    return Math.max(0, lane.atOnce - starts.length + Math.min(slow, lane.slowMax));
  }

  private track(reading: Reading, lane: Lane): void {
    const tracked = this.carryOut(reading)
      .catch((error: unknown) => this.ports.onError(reading, error))
      .finally(() => {
        this.underWay.delete(tracked);
        this.wake();
      });
    this.underWay.set(tracked, { lane, startedMs: performance.now() });
  }

  private async carryOut(reading: Reading): Promise<void> {
    const { kind, subjectId } = reading;
    const found = reading.attempts > ATTEMPTS_MAX ? 0 : await this.read(reading);
    // Cut short by our own end: another copy takes it up.
    if (this.ending.signal.aborted) return;
    await this.ports.readings.finish(kind, subjectId, found);
  }

  private read({ kind, subjectId, detail }: Reading): Promise<number> {
    const budget = new ReadingBudget(LIMITS[kind], this.ending.signal);
    const ports = { ...this.ports.read, remote: timedRemote(this.ports.read.remote, budget) };
    const run = {
      budget,
      tell: (found: number) => this.ports.readings.tell(kind, subjectId, found),
    };
    switch (kind) {
      case 'thread':
        return readThread(ports, subjectId, run);
      case 'outbox':
        return readOutbox(ports, subjectId, run);
      case 'followers':
        return syncFollowers(ports, subjectId, detail, run);
      case 'poll':
        return readPoll(ports, subjectId, run);
    }
  }
}
