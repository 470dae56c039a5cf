import { Global, Module, type DynamicModule, type ModuleMetadata, type Provider } from '@nestjs/common';
import { HealthRegistry } from './health.js';
import { KeyRing } from './key-ring.js';
import { createLogger, type Logger } from './logging/logger.js';
import { createMailer } from './mail.js';
import { Metrics } from './metrics.js';
import type { Settings } from './settings/settings.js';
import { ShutdownSequence } from './shutdown.js';
import { HEALTH, KEY_RING, LOGGER, MAILER, METRICS, SERVICE_NAME, SETTINGS, SHUTDOWN } from './tokens.js';

/** What every service has before its own module exists. */
export interface PlatformParts {
  readonly name: string;
  readonly settings: Settings;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: HealthRegistry;
  readonly shutdown: ShutdownSequence;
}

/** The parts of one service; nothing is shared with another service of the same process. */
export function createParts(name: string, settings: Settings, logger: Logger = createLogger({ service: name, level: settings.logLevel })): PlatformParts {
  const metrics = new Metrics({ service: name, version: VERSION });
  const health = new HealthRegistry((check, err) => logger.warn({ event: 'health_check_failed', check, err }, 'a health check failed'));
  return { name, settings, logger, metrics, health, shutdown: new ShutdownSequence() };
}

/** The version in every package.json of the repository. */
export const VERSION = '0.1.0';

/** Settings, logs, metrics, health, shutdown, mail and keys, for every module of a service by the tokens of tokens.ts. */
@Global()
@Module({})
export class PlatformModule {
  /** `providers` are further things of the whole service (pools, clients); later ones replace earlier ones of the same token. */
  static forService(options: {
    readonly name: string;
    readonly settings: Settings;
    readonly parts?: PlatformParts;
    readonly imports?: ModuleMetadata['imports'];
    readonly providers?: readonly Provider[];
  }): DynamicModule {
    const parts = options.parts ?? createParts(options.name, options.settings);
    const providers: Provider[] = [
      { provide: SERVICE_NAME, useValue: parts.name },
      { provide: SETTINGS, useValue: parts.settings },
      { provide: LOGGER, useValue: parts.logger },
      { provide: METRICS, useValue: parts.metrics },
      { provide: HEALTH, useValue: parts.health },
      { provide: SHUTDOWN, useValue: parts.shutdown },
      { provide: KEY_RING, useFactory: () => new KeyRing(parts.settings.secretKeys) },
      { provide: MAILER, useFactory: () => createMailer(parts.settings, parts.logger) },
      ...(options.providers ?? []),
    ];
    return { module: PlatformModule, imports: options.imports ?? [], providers, exports: [...new Set(providers.map(tokenOf))] };
  }
}

const tokenOf = (provider: Provider) => (typeof provider === 'function' ? provider : provider.provide);
