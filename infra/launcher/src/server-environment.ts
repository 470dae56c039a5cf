import { join } from 'node:path';
import type { DataFolder } from './data-folder.ts';
import type { ServiceName } from './docker-services.ts';
import { readJson, writeJson } from './json-file.ts';
import { repositoryRoot } from './repository-root.ts';
import { keepSecrets } from './secrets.ts';

export const defaultPort = 3000;
const fileName = 'environment.json';

/**
 * The settings of a server on this machine: what the caller's environment says, and development's values for the
 * rest, which are also written to DATA_DIR/environment.json so that `npx trunkline` finds the same server.
 */
export function serverEnvironment(folder: DataFolder, urls: Readonly<Record<ServiceName, string>>, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const port = env.PORT || String(defaultPort);
  const localDomain = env.LOCAL_DOMAIN || `localhost:${port}`;
  const isProduction = env.NODE_ENV === 'production';
  const made = {
    NODE_ENV: env.NODE_ENV || 'development',
    DATA_DIR: folder.path,
    PORT: port,
    LOCAL_DOMAIN: localDomain,
    DATABASE_URL: urls.postgres,
    REDIS_URL: urls.redis,
    NATS_URL: urls.nats,
    ...(isProduction ? {} : { FEDERATION_HTTP_HOSTS: plainHttpHosts(env, localDomain) }),
    // An operator's own keys are never mixed with ours: a pair must stay a pair.
    ...(isProduction ? {} : secretsNotGiven(folder, env)),
  };
  writeJson(join(folder.path, fileName), made);
  return { ...env, ...made };
}

/**
 * What the last `npm start` of DATA_DIR (default `.data`) set, for variables that `env` does not set; `{}` when
 * none was started there. The operators' command reads it when it runs beside such a server.
 */
export function readLocalEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const path = join(env.DATA_DIR || join(repositoryRoot, '.data'), fileName);
  const made = readJson<Record<string, string>>(path) ?? {};
  return Object.fromEntries(Object.entries(made).filter(([name]) => !env[name]));
}

/** Plain http is for names of this machine; any other domain is https unless it was listed by hand. */
function plainHttpHosts(env: NodeJS.ProcessEnv, localDomain: string): string {
  const listed = (env.FEDERATION_HTTP_HOSTS ?? '').split(/[\s,]+/).filter(Boolean);
  const own = [localDomain, env.WEB_DOMAIN ?? ''].filter((domain) => /^([a-z0-9-]+\.)*localhost(:\d+)?$|^127\.0\.0\.1(:\d+)?$/.test(domain));
  return [...new Set([...listed, ...own])].join(',');
}

function secretsNotGiven(folder: DataFolder, env: NodeJS.ProcessEnv): Record<string, string> {
  const secrets = keepSecrets(folder);
  return {
    ...(env.TRUNKLINE_SECRET_KEYS ? {} : { TRUNKLINE_SECRET_KEYS: secrets.TRUNKLINE_SECRET_KEYS }),
    ...(env.VAPID_PUBLIC_KEY || env.VAPID_PRIVATE_KEY
      ? {}
      : { VAPID_PUBLIC_KEY: secrets.VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY: secrets.VAPID_PRIVATE_KEY }),
  };
}
