import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** `npm start` leaves its settings here, inside DATA_DIR (infra/launcher/src/server-environment.ts). */
const FILE_NAME = 'environment.json';
const DATA_DIR = join(import.meta.dirname, '..', '..', '..', '.data');

/**
 * What the last `npm start` of DATA_DIR (default: the checkout's `.data`) set, for variables that `env` does not set.
 * `{}` where none was started: then the environment alone says which server is meant.
 */
export function readLocalEnvironment(env: Env): Record<string, string> {
  const made = readObject(join(env['DATA_DIR'] || DATA_DIR, FILE_NAME));
  return Object.fromEntries(
    Object.entries(made).filter((entry): entry is [string, string] => typeof entry[1] === 'string' && !env[entry[0]]),
  );
}

function readObject(path: string): object {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
