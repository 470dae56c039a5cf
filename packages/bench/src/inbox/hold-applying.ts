import { serverLibrary } from '../harness/server-library.js';

interface Client {
  connect(): Promise<void>;
  query(sql: string): Promise<unknown>;
  end(): Promise<void>;
}

/**
 * Stops the applying half where it reads its first account, so that receiving is measured alone: the process is the
 * real one, and its other half waits for a table lock. Receiving a Create reads no account.
 */
export async function holdApplying(databaseUrl: string): Promise<{ release(): Promise<void> }> {
  const { Client: PgClient } = serverLibrary<{ Client: new (options: object) => Client }>('persistence', 'pg');
  const client = new PgClient({ connectionString: databaseUrl });
  await client.connect();
  await client.query('BEGIN');
  await client.query('LOCK TABLE social.accounts IN ACCESS EXCLUSIVE MODE');
  return { release: () => client.end() };
}
