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

/** Stores of its own for one benchmark, durable as in production, and everything that was started on them. */
export class Stage {
  private readonly servers: ServerProcess[] = [];
  private readonly workers: WorkerProcess[] = [];

  private constructor(
    readonly options: BenchOptions,
    private readonly folder: DataFolder,
    private readonly services: Services,
    /** Looks into the stores from this process, which is not measured. */
    private readonly operator: TestServer,
  ) {}

  /** `peers`: hosts spoken to over plain http. */
  static async open(options: BenchOptions, peers: readonly string[] = []): Promise<Stage> {
    const path = await mkdtemp(join(tmpdir(), 'trunkline-bench-'));
    // Postgres runs as a user of its own when this is root: it has to get through to its folder.
    await chmod(path, 0o711);
    const folder = DataFolder.hold(path);
    const services = await startBackingServices(folder, { isDurable: true });
    const { postgres, redis, nats } = services.urls;
    Object.assign(process.env, { TEST_DATABASE_URL: postgres, TEST_REDIS_URL: redis, TEST_NATS_URL: nats });
    const operator = await TestServer.start({
      domain: `localhost:${await freePort()}`,
      peers,
      service: { name: 'operator', module: NoModule, ...withBackbone({ consumes: false }) },
      env: { DB_CONNECTION_BUDGET: String(CONNECTIONS), LOG_LEVEL: 'error' },
    });
    const stage = new Stage(options, folder, services, operator);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stage.close().finally(() => process.exit(130)));
    return stage;
  }

  get backbone(): Backbone {
    return this.operator.backbone;
  }

  get domain(): string {
    return this.operator.domain;
  }

  get databaseUrl(): string {
    return this.operator.database.url;
  }

  get redisUrl(): string {
    return this.services.urls.redis;
  }

  get env(): Readonly<Record<string, string>> {
    return this.operator.env;
  }

  /** The processes of Postgres, Redis and NATS, by name. */
  get stores(): Readonly<Record<string, number>> {
    return Object.fromEntries(Object.entries(this.services.children).map(([name, child]) => [name, child.pid]));
  }

  person(name: string): ReturnType<TestServer['person']> {
    return this.operator.person(name);
  }

  async server(app: string): Promise<ServerProcess> {
    const server = await ServerProcess.start(app, { port: await freePort(), env: this.operator.env, profileDir: this.options.profileDir });
    this.servers.push(server);
    return server;
  }

  worker(name: string): WorkerProcess {
    const worker = WorkerProcess.start(name);
    this.workers.push(worker);
    return worker;
  }

  async close(): Promise<void> {
    await Promise.all([...this.servers, ...this.workers].map((started) => started.stop()));
    await this.operator.stop().catch(() => undefined);
    this.folder.isClosing = true;
    await this.services.stop();
    this.folder.release();
    await rm(this.folder.path, { recursive: true, force: true });
  }
}
