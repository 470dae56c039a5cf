import type { TestServer } from '@trunkline/testing';

type Db = TestServer['backbone']['db'];

/** What says how something came and goes out, not what is believed: raw activities, keys, deliveries, events. */
const LEDGER = /^(?:federation|events|keys)\./;
/** Where processes note that they live, and what nobody outside can touch. */
const KEPT = /^(?:events\.(?:leases|workers)|identity\.|keys\.|public\.|corpus_base\.|moderation\.(?:version|settings|server_rules|domain_rules|domain_allows))/;

export async function tablesOf(db: Db): Promise<string[]> {
  const rows = await db.query<{ name: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'corpus_base')
      ORDER BY 1 LIMIT 1000`,
  );
  return rows.map(({ name }) => name);
}

/** Tables of state: what stands in them is believed. */
export const stateTables = (tables: readonly string[]): string[] => tables.filter((name) => !LEDGER.test(name));

/** Puts the server back to where it was before anything came, between files that know the same people. */
export class Rewind {
  private constructor(
    private readonly db: Db,
    private readonly tables: readonly string[],
  ) {}

  /** Remembers every row that is there now. */
  static async here(db: Db): Promise<Rewind> {
    const tables = (await tablesOf(db)).filter((name) => !KEPT.test(name));
    await db.query('CREATE SCHEMA corpus_base');
    for (const name of tables) await db.query(`CREATE TABLE corpus_base.${copyOf(name)} AS SELECT * FROM ${name}`);
    return new Rewind(db, tables);
  }

  async rewind(): Promise<void> {
    const steps = this.tables.map((name) => `DELETE FROM ${name}; INSERT INTO ${name} SELECT * FROM corpus_base.${copyOf(name)};`);
    await this.db.query(`DO $corpus$ BEGIN ${steps.join(' ')} END $corpus$`);
  }
}

const copyOf = (name: string): string => name.replaceAll(/[."]/g, '_');
