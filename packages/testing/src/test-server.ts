import { randomBytes } from 'node:crypto';
import type { Provider } from '@nestjs/common';
import { BACKBONE, createLogger, MAILER, OUTSIDE, readSettings, startService, type Backbone, type Mail, type Outside, type RunningService, type ServiceDefinition } from '@trunkline/platform';
import { freePort } from './free-port.js';
import { registerPerson, type TestPerson } from './test-person.js';
import { createTestDatabase, dropStreams, testServices, type TestDatabase, type TestServices } from './test-services.js';
import { unsettled } from './settled.js';
import { until } from './until.js';

export interface TestServerOptions {
  readonly port?: number;
  /** Instead of its own address: the one of a proxy before it. */
  readonly domain?: string;
  /** Peers spoken to over plain http besides itself: `localhost:4001`. */
  readonly peers?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Instead of everything in one process: another service over the same stores. */
  readonly service?: ServiceDefinition;
  /** Stores of a server that runs already: a second copy, or another service of it. */
  readonly sharing?: TestServer;
  /** Where mails go instead of out. */
  readonly mails?: Mail[];
  /** What stands in for all other servers. */
  readonly outside?: Outside;
  /** Stores that the test started itself, to hurt them. */
  readonly services?: TestServices;
}

const mailbox = (mails: Mail[] | undefined): Provider[] =>
  mails === undefined ? [] : [{ provide: MAILER, useValue: { send: async (mail: Mail) => void mails.push(mail), close: () => undefined } }];

const outsideOf = (outside: Outside | undefined): Provider[] => (outside === undefined ? [] : [{ provide: OUTSIDE, useValue: outside }]);

/** A whole server in this process, on real Postgres, Redis and NATS of its own. */
export class TestServer {
  private constructor(
    readonly domain: string,
    readonly service: RunningService,
    readonly backbone: Backbone,
    readonly database: TestDatabase,
    readonly env: Readonly<Record<string, string>>,
    private readonly ownsDatabase: boolean,
  ) {}

  static async start(options: TestServerOptions = {}): Promise<TestServer> {
    const services = options.services ?? testServices();
    const port = options.port ?? (await freePort());
    const domain = options.domain ?? options.sharing?.domain ?? `localhost:${port}`;
    const database = options.sharing?.database ?? (await createTestDatabase(services.databaseUrl));
    const name = `t${randomBytes(5).toString('hex')}`;
    const env = options.sharing?.env ?? {
      NODE_ENV: 'test',
      LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
      LOCAL_DOMAIN: domain,
      FEDERATION_HTTP_HOSTS: [domain, ...(options.peers ?? [])].join(','),
      DATABASE_URL: database.url,
      REDIS_URL: services.redisUrl,
      REDIS_PREFIX: name,
      NATS_URL: services.natsUrl,
      NATS_PREFIX: name,
      TRUNKLINE_SECRET_KEYS: `1:${randomBytes(32).toString('base64')}`,
      DB_CONNECTION_BUDGET: '12',
      SHUTDOWN_PROBE_MS: '0',
      SHUTDOWN_LINGER_MS: '50',
      METRICS_PORT: 'off',
      ...options.env,
    };
    const settings = readSettings({ ...env, PORT: String(port) });
    if (!settings.ok) throw new Error(settings.error.faults.join('\n'));
    const logger = createLogger({ service: 'test', level: settings.value.logLevel });
    // Loaded when needed: a test of one service does not pay for all of them.
    const definition = options.service ?? (await import('@trunkline/standalone')).standalone;
    const service = await startService({ ...definition, settings: settings.value, logger, overrides: [...mailbox(options.mails), ...outsideOf(options.outside)] });
    return new TestServer(domain, service, service.app.get<Backbone>(BACKBONE), database, env, options.sharing === undefined);
  }

  get url(): string {
    return this.service.url;
  }

  /** A confirmed, approved person with a token for everything. */
  person(name: string, options: Parameters<typeof registerPerson>[2] = {}): Promise<TestPerson> {
    return registerPerson(this, name, options);
  }

  /** Resolves when this server has nothing left to apply, publish, handle or deliver. */
  async settled(): Promise<void> {
    await until(`${this.domain} to be settled`, async () => {
      const left = await unsettled(this.backbone.db);
      if (left.length > 0) throw new Error(left.join(', '));
      return true;
    });
  }

  async stop(): Promise<void> {
    await this.service.stop();
    if (!this.ownsDatabase) return;
    await dropStreams(this.env['NATS_URL'] ?? '', this.env['NATS_PREFIX'] ?? '');
    await this.database.drop();
  }
}

export const startTestServer = (options: TestServerOptions = {}): Promise<TestServer> => TestServer.start(options);
