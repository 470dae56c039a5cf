import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { startBackingServices } from '@trunkline/launcher/backing-services';
import { DataFolder } from '@trunkline/launcher/data-folder';
import { withBackbone, type Backbone } from '@trunkline/platform';
import { freePort, TestServer } from '@trunkline/testing';
import type { BenchOptions } from './options.js';
import { ServerProcess } from './server-process.js';
import { WorkerProcess } from './worker-process.js';

@Module({})
class NoModule {}

type Services = Awaited<ReturnType<typeof startBackingServices>>;

/** Connections of a process: enough that those which the receive benchmark holds up leave some to the others. */
const CONNECTIONS = 60;
/** What a shell says of a process that SIGINT ended. */
const INTERRUPTED = 130;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

interface StageParts {
  readonly folder: DataFolder;
  readonly services: Services;
  /** Looks into the stores from this process, which is not measured. */
  readonly operator: TestServer;
  readonly onSignal: () => void;
}

/** Stores of its own for one benchmark, durable as in production, and everything that was started on them. */
export class Stage {
  private readonly servers: ServerProcess[] = [];
  private readonly workers: WorkerProcess[] = [];

  private constructor(
    readonly options: BenchOptions,
    private readonly parts: StageParts,
  ) {}

  /** `peers`: hosts spoken to over plain http. `postgresSettings`: beside the launcher's. */
  static async open(options: BenchOptions, peers: readonly string[] = [], postgresSettings: Readonly<Record<string, string>> = {}): Promise<Stage> {
    const path = await mkdtemp(join(tmpdir(), 'trunkline-bench-'));
    // Postgres runs as a user of its own when this is root: it has to get through to its folder.
    await chmod(path, 0o711);
    const folder = DataFolder.hold(path);
    const starting = startBackingServices(folder, { isDurable: true, postgresSettings });
    let close = async (): Promise<void> => {
      await starting.then((services) => services.stop(), () => undefined);
      await clear(folder);
    };
    const onSignal = (): void => {
      // Nothing more is started; what is under way fails.
      folder.isClosing = true;
      void close().finally(() => process.exit(INTERRUPTED));
    };
    for (const signal of SIGNALS) process.once(signal, onSignal);
    try {
      const services = await starting;
      const stage = new Stage(options, { folder, services, operator: await startOperator(services, peers), onSignal });
      close = () => stage.close();
      return stage;
    } catch (error) {
      await close();
      throw error;
    }
  }

  get backbone(): Backbone {
    return this.parts.operator.backbone;
  }

  get domain(): string {
    return this.parts.operator.domain;
  }

  get databaseUrl(): string {
    return this.parts.operator.database.url;
  }

  get redisUrl(): string {
    return this.parts.services.urls.redis;
  }

  get env(): Readonly<Record<string, string>> {
    return this.parts.operator.env;
  }

  /** The processes of Postgres, Redis and NATS, by name. */
  get stores(): Readonly<Record<string, number>> {
    return Object.fromEntries(Object.entries(this.parts.services.children).map(([name, child]) => [name, child.pid]));
  }

  person(name: string): ReturnType<TestServer['person']> {
    return this.parts.operator.person(name);
  }

  /** `inspects`: with an inspector, to look at its heap. `env`: settings of this process alone. */
  async server(app: string, { inspects = false, env = {} }: { readonly inspects?: boolean; readonly env?: Readonly<Record<string, string>> } = {}): Promise<ServerProcess> {
    const server = await ServerProcess.start(app, {
      port: await freePort(),
      env: { ...this.parts.operator.env, ...env },
      profileDir: this.options.profileDir,
      inspectPort: inspects ? await freePort() : null,
    });
    this.servers.push(server);
    return server;
  }

  worker(name: string): WorkerProcess {
    const worker = WorkerProcess.start(name);
    this.workers.push(worker);
    return worker;
  }

  async close(): Promise<void> {
    const { folder, services, operator, onSignal } = this.parts;
    for (const signal of SIGNALS) process.off(signal, onSignal);
    await Promise.all([...this.servers, ...this.workers].map((started) => started.stop()));
    await operator.stop().catch(() => undefined);
    folder.isClosing = true;
    await services.stop();
    await clear(folder);
  }
}

async function startOperator({ urls }: Services, peers: readonly string[]): Promise<TestServer> {
  Object.assign(process.env, { TEST_DATABASE_URL: urls.postgres, TEST_REDIS_URL: urls.redis, TEST_NATS_URL: urls.nats });
  return TestServer.start({
    domain: `localhost:${await freePort()}`,
    peers,
    service: { name: 'operator', module: NoModule, ...withBackbone({ consumes: false }) },
    env: { DB_CONNECTION_BUDGET: String(CONNECTIONS), LOG_LEVEL: 'error' },
  });
}

async function clear(folder: DataFolder): Promise<void> {
  folder.release();
  await rm(folder.path, { recursive: true, force: true });
}
