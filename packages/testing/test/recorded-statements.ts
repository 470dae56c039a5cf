import type { Database, Queryable } from '@trunkline/persistence';

interface Client {
  query(statement: unknown, ...rest: unknown[]): unknown;
}

interface Pool {
  connect(): Promise<Client>;
}

/** What a server asked its database: each text once. */
export class RecordedStatements {
  readonly texts = new Set<string>();
  private isOn = false;

  /** Listens where every statement passes, whoever sends it and through which wrapper: at the connections of the pool. */
  constructor(db: Database) {
    const { master } = db.dataSource.driver as unknown as { master: Pool };
    const known = new WeakSet<Client>();
    const connect = master.connect.bind(master);
    master.connect = async () => {
      const client = await connect();
      if (!known.has(client)) this.listen(client);
      known.add(client);
      return client;
    };
  }

  /** Writes down what is asked while `work` runs. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.isOn = true;
    return work().finally(() => (this.isOn = false));
  }

  private listen(client: Client): void {
    const query = client.query.bind(client);
    client.query = (statement, ...rest) => {
      const text = typeof statement === 'string' ? statement : (statement as { text?: string }).text;
      if (this.isOn && text !== undefined && !/^\s*(BEGIN|COMMIT|ROLLBACK|SET|START)/i.test(text)) this.texts.add(text);
      return query(statement, ...rest);
    };
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
