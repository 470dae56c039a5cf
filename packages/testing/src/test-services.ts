import { randomBytes } from 'node:crypto';
import { connectBroker } from '@trunkline/messaging';
import { Database, migrate } from '@trunkline/persistence';

/** Where the real services of a test run are. `npm test` starts them and says so in the environment. */
export interface TestServices {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly natsUrl: string;
}

/** @throws Error that says how to run the tests when the services are not there. */
export function testServices(env: Readonly<Record<string, string | undefined>> = process.env): TestServices {
  const { TEST_DATABASE_URL: databaseUrl, TEST_REDIS_URL: redisUrl, TEST_NATS_URL: natsUrl } = env;
  if (databaseUrl === undefined || redisUrl === undefined || natsUrl === undefined) {
    throw new Error('this test needs Postgres, Redis and NATS: run it through `npm test`, or set TEST_DATABASE_URL, TEST_REDIS_URL and TEST_NATS_URL');
  }
  return { databaseUrl, redisUrl, natsUrl };
}

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** A database of its own, migrated unless it is to be empty; `extension`: one that its software expects. */
export async function createTestDatabase(sharedUrl: string, options: { readonly isEmpty?: boolean; readonly extension?: string } = {}): Promise<TestDatabase> {
  const name = `trunkline_test_${randomBytes(6).toString('hex')}`;
  const statement = async (sql: string, on = sharedUrl): Promise<void> => {
    const admin = await Database.connect({ url: on, poolMax: 1, applicationName: 'test-admin' });
    await admin.query(sql).finally(() => admin.close());
  };
  await statement(`CREATE DATABASE ${name}`);
  const url = new URL(sharedUrl);
  url.pathname = `/${name}`;
  if (options.extension !== undefined) await statement(`CREATE EXTENSION ${options.extension}`, url.href);
  if (options.isEmpty !== true) await migrate(url.href);
  return { url: url.href, drop: () => statement(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

/** Takes the streams of this prefix off the broker: each reserves room there, and a test run starts many servers. */
export async function dropStreams(natsUrl: string, prefix: string): Promise<void> {
  const broker = await connectBroker({ url: natsUrl, prefix, name: 'test-admin', hooks: { log: () => undefined } });
  const own = new RegExp(`^${broker.names.stream('')}`);
  for await (const { config } of broker.manager.streams.list()) if (own.test(config.name)) await broker.manager.streams.delete(config.name);
  await broker.drain();
}
