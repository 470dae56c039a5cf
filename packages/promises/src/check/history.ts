import { appendFileSync } from 'node:fs';

/** What an operation wants to be true of one fact afterwards. */
export interface Claim {
  /** Names the fact: `status:<token>`, `follow:<who>-><whom>`, … */
  readonly key: string;
  /** The state wanted; null: it is gone. */
  readonly wanted: string | null;
  /** Which of several claims on a fact is the last, by its author's order, not by arrival. */
  readonly order: number;
}

/** Something that has to follow from an acknowledged operation, so and so often. */
export interface Effect {
  readonly key: string;
  readonly atLeast: number;
  /** null: repeats are allowed. */
  readonly atMost: number | null;
}

/** `refused`: an answer that says the operation was not done. `unknown`: no answer, or one that leaves it open. */
export type Outcome = 'acknowledged' | 'refused' | 'unknown';

export interface Ask {
  readonly type: 'ask';
  readonly op: number;
  readonly atMs: number;
  readonly who: string;
  readonly action: string;
  readonly claims: readonly Claim[];
  readonly effects: readonly Effect[];
}

export interface Answer {
  readonly type: 'answer';
  readonly op: number;
  readonly atMs: number;
  readonly outcome: Outcome;
  /** null when there was no answer. */
  readonly status: number | null;
}

/** A request on the way to an answer that counts: refused for the moment, cut, or repeated. */
export interface Try {
  readonly type: 'try';
  readonly op: number;
  readonly atMs: number;
  readonly status: number | null;
  readonly retryAfter: string | null;
}

export interface Note {
  readonly type: 'note';
  readonly atMs: number;
  readonly text: string;
}

export type HistoryEntry = Ask | Answer | Try | Note;

/** Every request and answer of a run, in memory and as JSON lines in a file. */
export class History {
  readonly entries: HistoryEntry[] = [];
  private readonly startMs = performance.now();

  constructor(private readonly path: string | null) {}

  /** Milliseconds since the run began. */
  nowMs(): number {
    return Math.round(performance.now() - this.startMs);
  }

  add(entry: HistoryEntry): void {
    this.entries.push(entry);
    if (this.path !== null) appendFileSync(this.path, `${JSON.stringify(entry)}\n`);
  }

  note(text: string): void {
    this.add({ type: 'note', atMs: this.nowMs(), text });
  }
}
