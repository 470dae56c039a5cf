import type { Database, Queryable } from '@trunkline/persistence';
import { onEachStatement } from '@trunkline/testing';

/** What a server asked its database: each text once, with the parameters that came last. */
export class RecordedStatements {
  readonly asked = new Map<string, readonly unknown[]>();
  private isOn = false;

  constructor(db: Database) {
    onEachStatement(db, (text, values) => {
      if (this.isOn && !/^\s*(BEGIN|COMMIT|ROLLBACK|SET|START)/i.test(text)) this.asked.set(text, values);
    });
  }

  /** Writes down what is asked while `work` runs. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.isOn = true;
    return work().finally(() => (this.isOn = false));
  }
}

/** The plan that every execution of a prepared statement gets in the end: made without a look at its parameters. */
export async function genericPlan(tx: Queryable, text: string): Promise<string> {
  const parameters = Math.max(0, ...[...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
  const values = parameters === 0 ? '' : `(${Array.from({ length: parameters }, () => 'NULL').join(', ')})`;
  await tx.query(`SET LOCAL plan_cache_mode = force_generic_plan`);
  await tx.query(`PREPARE hot AS ${text}`);
  try {
    const lines = await tx.query<{ 'QUERY PLAN': string }>(`EXPLAIN EXECUTE hot${values}`);
    return lines.map((line) => line['QUERY PLAN']).join('\n');
  } finally {
    await tx.query('DEALLOCATE hot').catch(() => undefined);
  }
}

/**
 * How often a statement was planned for its parameters when it was executed that many times on one connection, as Postgres itself decides. null: it could
 * not be executed again.
 */
export async function plannedAnew(tx: Queryable, text: string, values: readonly unknown[], times: number): Promise<number | null> {
  for (let count = 0; count < times; count += 1) {
    await tx.query('SAVEPOINT again');
    const failed = await tx.query(text, values).then(() => false, () => true);
    await tx.query('ROLLBACK TO SAVEPOINT again');
    if (failed) return null;
  }
  const [row] = await tx.query<{ custom: number }>('SELECT custom_plans::int AS custom FROM pg_prepared_statements WHERE statement = $1', [text]);
  return row?.custom ?? null;
}
