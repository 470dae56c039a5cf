import type { Queryable } from '../database.js';
import { markDoneSoon, type DoneMark } from './done.js';
import { UnflushedMarks } from './unflushed-marks.js';

/** Marks of a process that come so close together are written as one statement. Nobody waits for them but the broker, for its answer. */
const GATHER_MS = 10;
/** So many are written at once, without waiting for more. */
const FULL = 100;

/** Notes of effects that are not rows of the same transaction: that the group's part of these events is done, see `markDoneSoon`. */
export class DoneMarks {
  private waiting: DoneMark[] = [];
  private writing: Promise<void> | null = null;
  private writeNow: () => void = () => undefined;
  private readonly unflushed: UnflushedMarks;

  constructor(private readonly db: Queryable) {
    this.unflushed = new UnflushedMarks(db);
  }

  /** @returns when they are written. @throws what the statement failed with, to all who waited for it */
  mark(consumer: string, eventIds: readonly string[]): Promise<void> {
    if (eventIds.length === 0) return Promise.resolve();
    for (const eventId of eventIds) this.waiting.push({ consumer, eventId });
    this.writing ??= this.gathered().then(() => this.write());
    const { writing } = this;
    if (this.waiting.length >= FULL) this.writeNow();
    return writing;
  }

  private gathered(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, GATHER_MS);
      this.writeNow = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async write(): Promise<void> {
    const marks = this.waiting;
    this.waiting = [];
    this.writing = null;
    await markDoneSoon(this.db, marks);
    this.unflushed.keep(marks);
  }
}
