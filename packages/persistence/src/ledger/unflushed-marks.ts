import type { Queryable } from '../database.js';
import { markDoneSoon, unnoted, type DoneMark } from './done.js';

/** What was committed without waiting for the disk is on it by then, see WITHOUT_FLUSH, or was lost in a crash. */
const ON_DISK_MS = 1_000;
/** Marks; of the oldest ones beyond it the sweep takes care. */
const KEPT_MAX = 20_000;
/** So long it is tried while Postgres is away; then the sweep has announced them again. */
const TRIED_MS = 120_000;

/** Marks of one statement: they are all there, or none is. */
interface Batch {
  readonly marks: readonly [DoneMark, ...DoneMark[]];
  readonly writtenMs: number;
}

/**
 * Marks that did not wait for the disk, until it is known that they are on it: what a crash of Postgres forgot is written again. Without this the
 * sweep would announce their events again, after minutes, since the broker drops repeats of what it got shortly before.
 * Asks for a mark, and not whether a connection broke: behind PgBouncer none need break.
 */
export class UnflushedMarks {
  private kept: Batch[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly db: Queryable,
    private readonly onDiskMs = ON_DISK_MS,
  ) {}

  /** They were just written. */
  keep(marks: readonly DoneMark[]): void {
    const [first, ...others] = marks;
    if (first === undefined) return;
    this.kept.push({ marks: [first, ...others], writtenMs: performance.now() });
    let held = this.kept.reduce((sum, batch) => sum + batch.marks.length, 0);
    while (held > KEPT_MAX && this.kept.length > 1) held -= this.kept.shift()?.marks.length ?? 0;
    this.lookLater();
  }

  private lookLater(): void {
    this.timer ??= setTimeout(() => void this.look(), this.onDiskMs).unref();
  }

  /** Never rejects: when Postgres is away, it is tried again. */
  private async look(): Promise<void> {
    const nowMs = performance.now();
    const due = this.kept.filter((batch) => batch.writtenMs <= nowMs - this.onDiskMs);
    const over = new Set(due.filter((batch) => batch.writtenMs <= nowMs - TRIED_MS));
    let lost: Batch[] = [];
    try {
      lost = await this.rewrite(due);
      for (const batch of due) over.add(batch);
    } catch {
      // Those that are not too old stay.
    }
    this.kept = this.kept.filter((batch) => !over.has(batch));
    this.kept.unshift(...lost.map(({ marks }) => ({ marks, writtenMs: performance.now() })));
    this.timer = undefined;
    if (this.kept.length > 0) this.lookLater();
  }

  /** @returns those that were lost, and are written again. */
  private async rewrite(batches: readonly Batch[]): Promise<Batch[]> {
    const missing = await unnoted(this.db, batches.map(({ marks: [first] }) => first));
    const lost = batches.filter((_, index) => missing.has(index));
    await markDoneSoon(this.db, lost.flatMap(({ marks }) => marks));
    return lost;
  }
}
