import type { Database } from '@trunkline/persistence';

interface Client {
  query(statement: unknown, ...rest: unknown[]): unknown;
}

/**
 * Hears every statement of a process, whoever sends it and through which wrapper: at the connections of its pool. Those that are lent
 * already are heard when they are lent again.
 */
export function onEachStatement(db: Database, hear: (text: string, values: readonly unknown[]) => void): void {
  const { master } = db.dataSource.driver as unknown as { master: { connect(): Promise<Client> } };
  const known = new WeakSet<Client>();
  const connect = master.connect.bind(master);
  master.connect = async () => {
    const client = await connect();
    if (!known.has(client)) listen(client, hear);
    known.add(client);
    return client;
  };
}

function listen(client: Client, hear: (text: string, values: readonly unknown[]) => void): void {
  const query = client.query.bind(client);
  client.query = (statement, ...rest) => {
    const { text, values = [] } = typeof statement === 'string' ? { text: statement } : (statement as { text?: string; values?: readonly unknown[] });
    if (text !== undefined) hear(text, values);
    return query(statement, ...rest);
  };
}
