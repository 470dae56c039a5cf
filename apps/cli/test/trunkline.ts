import { randomBytes } from 'node:crypto';
import { createTestDatabase, testServices, type TestDatabase } from '@trunkline/testing';
import { runTrunkline } from '../src/index.js';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A server's stores and settings without a server: commands run in this process against them. */
export class OperatorsDesk {
  private constructor(
    readonly database: TestDatabase,
    readonly env: Readonly<Record<string, string>>,
  ) {}

  static async open(): Promise<OperatorsDesk> {
    const services = testServices();
    const database = await createTestDatabase(services.databaseUrl);
    const name = `t${randomBytes(5).toString('hex')}`;
    return new OperatorsDesk(database, {
      NODE_ENV: 'test',
      LOCAL_DOMAIN: 'home.example',
      DATABASE_URL: database.url,
      REDIS_URL: services.redisUrl,
      REDIS_PREFIX: name,
      NATS_URL: services.natsUrl,
      NATS_PREFIX: name,
      TRUNKLINE_SECRET_KEYS: `1:${randomBytes(32).toString('base64')}`,
    });
  }

  async run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
    let [out, err] = ['', ''];
    const code = await runTrunkline(args, { env: { ...this.env, ...env }, out: (text) => (out += text), err: (text) => (err += text) });
    return { code, out, err };
  }

  /** What it printed. @throws Error unless it ended with 0 */
  async fine(...args: string[]): Promise<string> {
    const { code, out, err } = await this.run(args);
    if (code !== 0) throw new Error(`trunkline ${args.join(' ')} ended with ${code}: ${err}`);
    return out;
  }

  close(): Promise<void> {
    return this.database.drop();
  }
}
