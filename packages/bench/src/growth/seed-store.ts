import { serverLibrary } from '../harness/server-library.js';

interface Client {
  connect(): Promise<void>;
  query<R>(sql: string, params?: readonly unknown[]): Promise<{ rows: R[] }>;
  end(): Promise<void>;
}

export interface StoreSizes {
  readonly accounts: number;
  readonly statusesEach: number;
  readonly followsEach: number;
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

  /**
   * Local accounts, their posts and who follows whom. Rows are made inside the server, which spares even COPY's
   * parsing; secondary indexes are made afterwards, all at once.
   */
  async seed(sizes: StoreSizes): Promise<void> {
    const dropped = await this.dropIndexes(['accounts', 'account_stats', 'statuses', 'status_stats', 'follows']);
    const step = async (what: string, work: () => Promise<unknown>): Promise<void> => {
      const startedMs = performance.now();
      await work();
      process.stderr.write(`  ${what} in ${((performance.now() - startedMs) / 1_000).toFixed(1)} s\n`);
    };
    await step(`${sizes.accounts} accounts`, () => this.accounts(sizes));
    await step(`${sizes.accounts * sizes.statusesEach} statuses`, () => this.statuses(sizes));
    await step(`some ${sizes.accounts * sizes.followsEach} follows`, () => this.follows(sizes));
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

  private async accounts({ accounts, statusesEach, followsEach }: StoreSizes): Promise<void> {
    await this.client.query(
      `INSERT INTO social.accounts (id, username, uri, url, display_name, note, inbox_url, shared_inbox_url, followers_url, avatar_url)
       SELECT ${accountId('n')}, 'person' || n, $2 || '/ap/users/' || ${accountId('n')}, $2 || '/@person' || n, 'Person ' || n, 'Somebody who reads and writes, number ' || n,
              $2 || '/inbox/' || n, $2 || '/inbox', $2 || '/ap/users/' || n || '/followers', $2 || '/media/' || n || '.png'
         FROM generate_series(1, $1::bigint) AS n`,
      [accounts, this.baseUrl],
    );
    await this.client.query(
      `INSERT INTO social.account_stats (account_id, followers_count, following_count, statuses_count, last_status_at)
       SELECT ${accountId('n')}, $3, $3, $2, now() FROM generate_series(1, $1::bigint) AS n`,
      [accounts, statusesEach, followsEach],
    );
  }

  /** Authors in a scattered order, as posts come in; every third with an image. The newest is an hour old. */
  private async statuses({ accounts, statusesEach }: StoreSizes): Promise<void> {
    const id = `((extract(epoch FROM now())::bigint - 3600) * 1000 - ($1::bigint * $2::bigint - n) * 20) << 16`;
    await this.client.query(
      `INSERT INTO social.statuses (id, account_id, uri, url, local, content, text, visibility, language, conversation_id, media, tags, created_at)
       SELECT id, author, $3 || '/ap/statuses/' || id, $3 || '/@a/' || id, true, repeat('<p>A train left the yard at dawn, on time for once.</p>', 4), 'A train left the yard', 'public', 'en', id,
              CASE WHEN n % 3 = 0 THEN jsonb_build_array(jsonb_build_object('id', id::text, 'kind', 'image', 'url', $3 || '/media/' || n || '.jpg', 'previewUrl', $3 || '/media/' || n || '-small.jpg',
                'remoteUrl', null, 'description', 'A yard in the morning', 'blurhash', 'UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH', 'width', 1200, 'height', 800, 'focus', null)) ELSE '[]' END,
              '{}', now()
         FROM (SELECT n, ${id} AS id, ${accountId('(1 + (n * 7919) % $1::bigint)')} AS author FROM generate_series(1, $1::bigint * $2::bigint) AS n) AS made`,
      [accounts, statusesEach, this.baseUrl],
    );
    await this.client.query('INSERT INTO social.status_stats (status_id, favourites_count) SELECT id, 3 FROM social.statuses ORDER BY id');
  }

  /** Each follows as many, few of them much loved: the cube of an even number favours the first. */
  private async follows({ accounts, followsEach }: StoreSizes): Promise<void> {
    await this.client.query(
      `INSERT INTO social.follows (account_id, target_account_id, id)
       SELECT ${accountId('n')}, ${accountId('(1 + floor(power(random(), 3) * $1::bigint))::bigint')}, n * 100 + k
         FROM generate_series(1, $1::bigint) AS n, generate_series(1, $2::int) AS k
       ON CONFLICT DO NOTHING`,
      [accounts, followsEach],
    );
  }
}

/** Of the account with this number, in SQL: as far apart as those of people who signed up one after the other, some years ago. */
const accountId = (number: string): string => `((1600000000000::bigint + ${number} * 20) << 16)`;
