import { serverLibrary } from '../harness/server-library.js';
import { copyIn } from './copy-in.js';
import { accountRows, followRows, statRows, statusRows, statusStatRows, type StoreSizes } from './store-rows.js';

interface Client {
  connect(): Promise<void>;
  query<R>(sql: string, params?: readonly unknown[]): Promise<{ rows: R[] }>;
  query(statement: { submit(connection: never): void }): unknown;
  end(): Promise<void>;
}

/** Apart from the product's pool: statements that take minutes, and no waiting for the disk. */
export class StoreSeeder {
  private constructor(
    private readonly client: Client,
    private readonly baseUrl: string,
  ) {}

  static async connect(databaseUrl: string, baseUrl: string): Promise<StoreSeeder> {
    const { Client: PgClient } = serverLibrary<{ Client: new (options: object) => Client }>('persistence', 'pg');
    const client = new PgClient({ connectionString: databaseUrl });
    await client.connect();
    await client.query(`SET synchronous_commit = off`);
    await client.query(`SET maintenance_work_mem = '1GB'`);
    return new StoreSeeder(client, baseUrl);
  }

  close(): Promise<void> {
    return this.client.end();
  }

  /** Local accounts, their posts and who follows whom, by COPY; secondary indexes are made afterwards, all at once. */
  async seed(sizes: StoreSizes): Promise<void> {
    const dropped = await this.dropIndexes(['accounts', 'account_stats', 'statuses', 'status_stats', 'follows']);
    const step = async (what: string, work: () => Promise<unknown>): Promise<void> => {
      const startedMs = performance.now();
      await work();
      process.stderr.write(`  ${what} in ${((performance.now() - startedMs) / 1_000).toFixed(1)} s\n`);
    };
    const { client, baseUrl } = this;
    await step(`${sizes.accounts} accounts`, async () => {
      await copyIn(client, 'social.accounts (id, username, uri, url, display_name, note, inbox_url, shared_inbox_url, followers_url, avatar_url)', accountRows(sizes, baseUrl));
      await copyIn(client, 'social.account_stats (account_id, followers_count, following_count, statuses_count, last_status_at)', statRows(sizes));
    });
    await step(`${sizes.accounts * sizes.statusesEach} statuses`, async () => {
      const columns = 'id, account_id, uri, url, local, content, text, visibility, language, conversation_id, media, tags, created_at';
      await copyIn(client, `social.statuses (${columns})`, statusRows(sizes, baseUrl));
      await copyIn(client, 'social.status_stats (status_id, favourites_count)', statusStatRows(sizes));
    });
    await step(`${sizes.accounts * sizes.followsEach} follows`, () => copyIn(client, 'social.follows (account_id, target_account_id, id)', followRows(sizes)));
    await step(`${dropped.length} indexes`, async () => {
      for (const definition of dropped) await this.client.query(definition);
    });
    await step('statistics', () => this.client.query('VACUUM ANALYZE'));
  }

  private async dropIndexes(tables: readonly string[]): Promise<string[]> {
    const { rows } = await this.client.query<{ name: string; definition: string }>(
      `SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition
         FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
        WHERE n.nspname = 'social' AND t.relname = ANY ($1::text[]) AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)`,
      [tables],
    );
    for (const { name } of rows) await this.client.query(`DROP INDEX ${name}`);
    return rows.map(({ definition }) => definition);
  }
}
