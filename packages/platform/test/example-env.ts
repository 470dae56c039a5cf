import { readSettings, type Settings } from '@trunkline/platform';

/** The least that must be set, with values that no machine listens to. */
export const EXAMPLE_ENV: Readonly<Record<string, string>> = {
  LOCAL_DOMAIN: 'social.example',
  DATABASE_URL: 'postgres://app:hunter2@db.example:5432/app',
  REDIS_URL: 'redis://cache.example:6379/0',
  NATS_URL: 'nats://broker.example:4222',
  TRUNKLINE_SECRET_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
};

/** Settings as an operator would get them, on free ports of this machine and without waiting at the end. */
export function exampleSettings(env: Readonly<Record<string, string>> = {}): Settings {
  const defaults = { NODE_ENV: 'test', PORT: '0', METRICS_PORT: '0', BIND: '127.0.0.1', SHUTDOWN_PROBE_MS: '0', SHUTDOWN_LINGER_MS: '100' };
  const read = readSettings({ ...EXAMPLE_ENV, ...defaults, ...env });
  if (!read.ok) throw new Error(read.error.safe);
  return read.value;
}
