import type { Database } from '@trunkline/persistence';
import { onEachStatement } from '@trunkline/testing';

/** What the server asks all the time, and where transactions begin and end. */
const BESIDE = /moderation\.version|published_at|^\s*(BEGIN|COMMIT|START)/;

/** Counts what a database is asked, at the connections of its pool. */
export class StatementCount {
  private count = 0;

  constructor(db: Database) {
    onEachStatement(db, (text) => {
      if (!BESIDE.test(text)) this.count += 1;
    });
  }

  /** @returns how many statements `work` took */
  async during(work: () => Promise<unknown>): Promise<number> {
    const before = this.count;
    await work();
    return this.count - before;
  }
}
