import { mkdtemp, rm } from 'node:fs/promises';
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

/** Connections of a measured process: what one gets in an installation of few processes. */
const CONNECTIONS = 20;

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
    const folder = DataFolder.hold(await mkdtemp(join(tmpdir(), 'trunkline-bench-')));
    const services = await startBackingServices(folder, { isDurable: true });
    const { postgres, redis, nats } = services.urls;
    Object.assign(process.env, { TEST_DATABASE_URL: postgres, TEST_REDIS_URL: redis, TEST_NATS_URL: nats });
    const operator = await TestServer.start({
      domain: `localhost:${await freePort()}`,
      peers,
      service: { name: 'operator', module: NoModule, ...withBackbone({ consumes: false }) },
      env: { DB_CONNECTION_BUDGET: String(CONNECTIONS), LOG_LEVEL: 'error' },
    });
    return new Stage(options, folder, services, operator);
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

  /** Postgres, Redis and NATS. */
  get storePids(): number[] {
    return Object.values(this.services.children).map((child) => child.pid);
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
