import { AsyncLocalStorage } from 'node:async_hooks';
import type { Database } from '@trunkline/persistence';
import { onEachStatement } from '@trunkline/testing';

/** Where transactions begin and end. */
const BESIDE = /^\s*(BEGIN|COMMIT|START)/;

/** Hears what a piece of work asks a database, and not what the server asks by its own clocks meanwhile. */
export class StatementCount {
  private readonly heard = new AsyncLocalStorage<string[]>();

  constructor(db: Database) {
    onEachStatement(db, (text) => {
      if (!BESIDE.test(text)) this.heard.getStore()?.push(text.replace(/\s+/g, ' ').trim());
    });
  }

  /** @returns the statements that `work` took, sorted */
  async during(work: () => Promise<unknown>): Promise<string[]> {
    const texts: string[] = [];
    await this.heard.run(texts, work);
    return texts.sort();
  }
}
