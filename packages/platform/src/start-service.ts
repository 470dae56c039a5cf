import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamicModule, Provider, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpAdapter } from './http/adapter.js';
import { Connections } from './http/connections.js';
import { startOperationsServer, urlOf, type OperationsServer } from './http/operations-server.js';
import type { Logger } from './logging/logger.js';
import type { Mailer } from './mail.js';
import { NestLogger } from './nest-logger.js';
import { createParts, PlatformModule, type PlatformParts } from './platform.module.js';
import type { Settings } from './settings/settings.js';
import type { ShutdownReport } from './shutdown.js';
import { MAILER } from './tokens.js';

/** A transport for messages. One that has `stopConsuming` is asked to take no new work before anything else stops. */
export type ServiceStrategy = CustomTransportStrategy & { stopConsuming?(): Promise<void> | void };

/** What a service is made of. */
export interface ServiceDefinition {
  readonly name: string;
  readonly module: Type | DynamicModule;
  /** Things of the whole service (pools, clients), injectable everywhere. */
  readonly providers?: readonly Provider[];
  /** Modules that these things need. */
  readonly imports?: NonNullable<DynamicModule['imports']>;
  /** Called when all providers exist; null when the service takes no messages. */
  readonly createStrategy?: (app: NestFastifyApplication) => ServiceStrategy | null | Promise<ServiceStrategy | null>;
  /** Last wiring before routes are registered: a WebSocket adapter, a Fastify plugin. */
  readonly prepare?: (app: NestFastifyApplication, parts: PlatformParts) => void | Promise<void>;
}

export interface StartOptions extends ServiceDefinition {
  readonly settings: Settings;
  /** Replace providers of the same token, in tests. */
  readonly overrides?: readonly Provider[];
  readonly logger?: Logger;
}

export interface RunningService {
  readonly name: string;
  /** `http://<address>:<port>` where it really listens, which is not the public base URL. */
  readonly url: string;
  readonly port: number;
  /** null when METRICS_PORT is off. */
  readonly metricsUrl: string | null;
  readonly app: NestFastifyApplication;
  readonly parts: PlatformParts;
  /** Drains and stops. Never rejects; a second call waits for the first. */
  stop(): Promise<ShutdownReport>;
}

/**
 * Starts one service in this process: probes first (not ready), then providers, consumers and the HTTP port, then ready.
 * Whatever was started is stopped again when a later step fails. Leaves signals and exit codes to `runService`.
 */
export async function startService(options: StartOptions): Promise<RunningService> {
  const parts = createParts(options.name, options.settings, options.logger);
  const { settings, logger, health, shutdown, metrics } = parts;
  const operations = await startOperations(parts);
  const stopNow = async (): Promise<ShutdownReport> => {
    const report = await shutdown.run(settings.shutdown.deadlineMs);
    // Last of all, so that the probes answer while everything else stops.
    await operations?.close();
    metrics.close();
    return report;
  };
  let stopping: Promise<ShutdownReport> | null = null;
  const stop = (): Promise<ShutdownReport> => {
    health.drain();
    // Load balancers notice the failing readiness within a probe period; until then traffic is served as ever.
    stopping ??= sleep(settings.shutdown.probeMs).then(stopNow);
    return stopping;
  };
  try {
    const { app, url, port } = await startApplication(options, parts);
    health.started();
    logger.info({ event: 'service_started', url, metrics_url: operations?.url }, `${options.name} answers at ${url}`);
    return { name: options.name, url, port, metricsUrl: operations?.url ?? null, app, parts, stop };
  } catch (error) {
    await stopNow();
    throw error;
  }
}

async function startOperations({ settings, metrics, health }: PlatformParts): Promise<OperationsServer | null> {
  if (settings.metricsPort === null) return null;
  return startOperationsServer({ bind: settings.bind, port: settings.metricsPort, metrics, health });
}

class ServiceRoot {}

async function startApplication(options: StartOptions, parts: PlatformParts): Promise<{ app: NestFastifyApplication; url: string; port: number }> {
  const { settings, logger } = parts;
  const { adapter, filter } = createHttpAdapter(parts);
  const platform = PlatformModule.forService({
    name: options.name,
    settings,
    parts,
    imports: options.imports ?? [],
    providers: [...(options.providers ?? []), ...(options.overrides ?? [])],
  });
  const root: DynamicModule = { module: ServiceRoot, imports: [platform, options.module] };
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    bodyParser: false,
    abortOnError: false,
    logger: new NestLogger(logger),
  });
  app.useGlobalFilters(filter);
  const connections = new Connections(app.getHttpServer());
  registerStop(app, connections, parts);
  await connectStrategy(options, app, parts);
  await options.prepare?.(app, parts);
  await app.init();
  await app.startAllMicroservices();
  await app.listen({ host: settings.bind, port: settings.port });
  const url = urlOf(app.getHttpServer());
  return { app, url, port: Number(new URL(url).port) };
}

async function connectStrategy(options: StartOptions, app: NestFastifyApplication, { shutdown }: PlatformParts): Promise<void> {
  const strategy = (await options.createStrategy?.(app)) ?? null;
  if (strategy === null) return;
  app.connectMicroservice({ strategy });
  shutdown.register('stop-consuming', 'transport', () => strategy.stopConsuming?.());
}

/** What every service stops: its HTTP server, then what Nest holds. */
function registerStop(app: NestFastifyApplication, connections: Connections, { settings, shutdown }: PlatformParts): void {
  shutdown.register('close-servers', 'http', async (signal) => {
    await connections.close(settings.shutdown.lingerMs, signal);
    // Runs onModuleDestroy and its like, and closes transports; pools are still there.
    await app.close();
  });
  shutdown.register('end-pools', 'mail', () => app.get<Mailer>(MAILER).close());
}
