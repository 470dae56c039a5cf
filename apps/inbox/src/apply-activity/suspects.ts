import type { Snowflake } from '@trunkline/kernel';

/** What the ledger notes of rows that may be what their process died of. */
export interface SuspectNotes {
  /** Counts 1 for those of them that count nothing yet, and keeps these from others for so long. @returns these */
  noteLate(ids: readonly Snowflake[], holdMs: number): Promise<readonly Snowflake[]>;
  /** Counts one more, and keeps it from others for so long. @returns the count; null when it does not wait any more */
  begin(id: Snowflake, holdMs: number): Promise<number | null>;
}

export interface SuspectRow {
  readonly id: Snowflake;
  /** How often it was begun late and not brought to an end. */
  readonly begun: number;
  /** It has been due for so long that it was rung for again. */
  readonly isLate: boolean;
}

/** Once in a batch with others, twice alone. */
const BEGUN_MAX = 3;
/** Longer than a row may take, and than an orchestrator waits for a process that hangs: they shall not hang all at once. */
const HOLD_ALONE_MS = 60_000;
/** As long as a row may take: meanwhile nobody rings for those that are only late. */
const HOLD_LATE_MS = 20_000;
export const DIED_OF_IT = 'its process died or hung while it was applied';

/**
 * A row that ends its process leaves nothing but that it is late, as its neighbours are. So late ones are noted before
 * they are begun, all in one statement: most were late for other reasons, and are done then. What comes back with a note runs
 * alone, one at a time, with a note of its own; who comes back from that again and again is given up.
 */
export class Suspects {
  private line: Promise<unknown> = Promise.resolve();

  constructor(private readonly notes: SuspectNotes) {}

  /** @returns the rows but those late ones that somebody else has noted meanwhile */
  async note<T extends SuspectRow>(rows: readonly T[]): Promise<readonly T[]> {
    const isNew = (row: SuspectRow): boolean => row.isLate && row.begun === 0;
    const late = rows.filter(isNew).map((row) => row.id);
    if (late.length === 0) return rows;
    const mine = new Set(await this.notes.noteLate(late, HOLD_LATE_MS));
    return rows.filter((row) => !isNew(row) || mine.has(row.id));
  }

  isSuspect({ begun }: SuspectRow): boolean {
    return begun > 0;
  }

  /** Runs when no other suspect of this process does. `gone`: somebody else finished it. */
  alone<T>(row: SuspectRow, work: (begun: 'again' | 'too often') => Promise<T>, gone: T): Promise<T> {
    const mine = this.line.then(async () => {
      const begun = await this.notes.begin(row.id, HOLD_ALONE_MS);
      return begun === null ? gone : work(begun > BEGUN_MAX ? 'too often' : 'again');
    });
    this.line = mine.catch(() => undefined);
    return mine;
  }
}
