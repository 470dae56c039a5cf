import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { applyRoles, Database, ROLE_APPS } from '@trunkline/persistence';
import { withBackbone } from '@trunkline/platform';
import { buildAll } from '@trunkline/launcher/build';
import { DataFolder } from '@trunkline/launcher/data-folder';
import { startSplit } from '@trunkline/launcher/start-split';
import { freePort } from './free-port.js';
import type { TestServices } from './test-services.js';
import { TestServer } from './test-server.js';
import { until } from './until.js';

@Module({})
class NoModule {}

type Running = Awaited<ReturnType<typeof startSplit>>;

export interface SplitServerOptions {
  /** Copies of each app. */
  readonly replicas: number;
  readonly peers: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Settings of one app alone, e.g. its stores behind a proxy; asked once for each copy. */
  readonly envOf?: (app: string, databaseUrl: string) => Readonly<Record<string, string>>;
  readonly services?: TestServices;
  /** After how long without an answer a process counts as hung and is killed; as the launcher says unless told. */
  readonly hungAfterMs?: number;
}

const READY_MS_MAX = 180_000;
/** One database password for all roles of a test; the databases live minutes and listen on loopback only. */
const PASSWORD = 'split-test-password';

/**
 * A server of real processes: every app apart, `replicas` copies of each, each app under its own database role,
 * behind the launcher's proxy. `operator` looks into its stores from this process.
 */
export class SplitServer {
  private constructor(
    readonly operator: TestServer,
    readonly running: Running,
    private readonly folder: DataFolder,
  ) {}

  static async start(options: SplitServerOptions): Promise<SplitServer> {
    await buildAll();
    const port = await freePort();
    const domain = `localhost:${port}`;
    const operator = await TestServer.start({
      domain,
      peers: options.peers,
      service: { name: 'operator', module: NoModule, ...withBackbone({ consumes: false }) },
      env: { DB_CONNECTION_BUDGET: '120', ...options.env },
      ...(options.services === undefined ? {} : { services: options.services }),
    });
    const urls = await makeRoles(operator);
    const folder = DataFolder.hold(await mkdtemp(join(tmpdir(), 'trunkline-split-')));
    const running = await startSplit(folder, {
      port,
      replicas: options.replicas,
      env: { ...process.env, ...operator.env, LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'warn' },
      ...(options.hungAfterMs === undefined ? {} : { hungAfterMs: options.hungAfterMs }),
      envOf: (app) => ({ DATABASE_URL: urls.get(app), ...options.envOf?.(app, urls.get(app) ?? '') }),
    });
    return new SplitServer(operator, running, folder);
  }

  get url(): string {
    return this.running.url;
  }

  /** The roles of the apps, as `trunkline db roles` makes them: in a cluster where the database was restored. */
  async makeRoles(): Promise<void> {
    await makeRoles(this.operator);
  }

  /** One file for each process. */
  get logsPath(): string {
    return join(this.folder.path, 'logs');
  }

  /** @param name of a process, e.g. `api-1` */
  metricsPortOf(name: string): number {
    const port = this.folder.remembered.ports[`${name} metrics`];
    if (port === undefined) throw new Error(`${name} tells no metrics`);
    return port;
  }

  get domain(): string {
    return this.operator.domain;
  }

  /** The apps that run, in the order in which they were started. */
  get apps(): string[] {
    return [...new Set(this.running.processes.map((process) => process.app))];
  }

  /** kill -9 for every copy of an app; the launcher starts them again. */
  kill(app: string): void {
    for (const copy of this.running.processes) if (copy.app === app) process.kill(copy.pid, 'SIGKILL');
  }

  /** Resolves when every copy of the app takes requests. */
  async ready(app: string): Promise<void> {
    await until(`${app} to be back`, () => this.running.processes.every((copy) => copy.app !== app || copy.isReady), READY_MS_MAX);
  }

  async stop(): Promise<void> {
    this.folder.isClosing = true;
    await this.running.stop();
    this.folder.release();
    await rm(this.folder.path, { recursive: true, force: true });
    await this.operator.stop();
  }
}

/** @returns the database's address for each app's own role */
async function makeRoles(operator: TestServer): Promise<Map<string, string>> {
  const db = await Database.connect({ url: operator.database.url, poolMax: 1, applicationName: 'roles' });
  const names = await applyRoles(db, { passwords: Object.fromEntries(ROLE_APPS.map((app) => [app, PASSWORD])) }).finally(() => db.close());
  return new Map(
    ROLE_APPS.map((app) => {
      const url = new URL(operator.database.url);
      url.username = names[app];
      url.password = PASSWORD;
      return [app, url.href];
    }),
  );
}
