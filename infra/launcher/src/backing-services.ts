import type { Child } from './child.ts';
import type { DataFolder } from './data-folder.ts';
import { hasDocker, startInDocker } from './docker-services.ts';
import type { DockerServices, ServiceName } from './docker-services.ts';
import { backingGraceMs, backingNames, endProcesses, stopSignals } from './end-processes.ts';
import { startNats } from './nats.ts';
import { hasPostgres, startPostgres } from './postgres.ts';
import type { LocalService } from './postgres.ts';
import { startRedis } from './redis.ts';
import { canInstallPackages, findProgram, installPackages } from './system-packages.ts';

/** Where Postgres, Redis and NATS are, and what this start runs of them. */
export interface BackingServices {
  readonly urls: Readonly<Record<ServiceName, string>>;
  /** Those started here, for tests that kill them. */
  readonly children: Partial<Record<ServiceName, Child>>;
  /** Stops what was started here: broker, then Redis, then Postgres. */
  stop(): Promise<void>;
}

/** Which services exist already; a missing one is started. */
export interface BackingOptions {
  readonly given?: Partial<Record<ServiceName, string>>;
  /** False for tests: see startPostgres. */
  readonly isDurable?: boolean;
  /** Of a Postgres that is started here, beside the usual ones. */
  readonly postgresSettings?: Readonly<Record<string, string>>;
}

const debianPackage: Record<ServiceName, string> = { postgres: 'postgresql', redis: 'redis-server', nats: 'nats-server' };

/** The addresses that the environment gives. */
export function givenUrls(env: NodeJS.ProcessEnv): Partial<Record<ServiceName, string>> {
  return { postgres: env.DATABASE_URL || undefined, redis: env.REDIS_URL || undefined, nats: env.NATS_URL || undefined };
}

/**
 * Makes sure that Postgres, Redis and NATS run. What is not given is started on 127.0.0.1 with its data in the
 * folder, after ending what a killed start left behind.
 * @throws one sentence that says what to install when a program is missing and cannot be installed here
 */
export async function startBackingServices(folder: DataFolder, options: BackingOptions = {}): Promise<BackingServices> {
  await endProcesses(folder);
  const wanted = (['postgres', 'redis', 'nats'] as const).filter((name) => !options.given?.[name]);
  const missing = await installMissing(wanted);
  const docker = missing.length > 0 ? await startInDocker(folder, missing) : undefined;
  const children: Partial<Record<ServiceName, Child>> = {};
  const urls = { ...options.given, ...docker?.urls };
  const services: BackingServices = { urls: urls as Record<ServiceName, string>, children, stop: () => stopAll(children, docker) };
  try {
    const local = wanted.filter((name) => !missing.includes(name));
    await Promise.all(
      local.map(async (name) => {
        const service = await startOne(folder, name, options);
        children[name] = service.child;
        urls[name] = service.url;
      }),
    );
    folder.save();
    return services;
  } catch (error) {
    await services.stop();
    throw error;
  }
}

async function startOne(folder: DataFolder, name: ServiceName, { isDurable = true, postgresSettings = {} }: BackingOptions): Promise<LocalService> {
  if (name === 'postgres') return await startPostgres(folder, isDurable, postgresSettings);
  const start = name === 'redis' ? startRedis : startNats;
  return await start(folder, program(name) ?? name);
}

/** What must come from Docker, after apt-get had its chance. */
async function installMissing(wanted: readonly ServiceName[]): Promise<ServiceName[]> {
  let missing = wanted.filter((name) => !isThere(name));
  if (missing.length > 0 && canInstallPackages()) {
    await installPackages(missing.map((name) => debianPackage[name]));
    missing = missing.filter((name) => !isThere(name));
  }
  if (missing.length === 0 || hasDocker()) return missing;
  const what = missing.map((name) => (name === 'redis' ? 'redis-server' : name === 'nats' ? 'nats-server' : 'Postgres 15'));
  const variables = missing.map((name) => (name === 'postgres' ? 'DATABASE_URL' : `${name.toUpperCase()}_URL`));
  throw new Error(
    `Trunkline needs ${what.join(' and ')}: install ${what.length > 1 ? 'them' : 'it'} (on Debian or Ubuntu: sudo apt-get install ${missing.map((name) => debianPackage[name]).join(' ')}), start Docker, or set ${variables.join(' and ')}.`,
  );
}

function isThere(name: ServiceName): boolean {
  return name === 'postgres' ? hasPostgres() : program(name) !== undefined;
}

function program(name: 'redis' | 'nats'): string | undefined {
  return name === 'redis' ? findProgram('redis-server', 'valkey-server') : findProgram('nats-server');
}

async function stopAll(children: Partial<Record<ServiceName, Child>>, docker: DockerServices | undefined): Promise<void> {
  for (const name of backingNames) await children[name]?.stop(stopSignals[name], backingGraceMs);
  docker?.stop();
}
