import { createECDH, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { DataFolder } from './data-folder.ts';
import { readJson, writeJson } from './json-file.ts';

/** Secrets of one copy, by the name of their environment variable. */
export type Secrets = Readonly<Record<'TRUNKLINE_SECRET_KEYS' | 'VAPID_PUBLIC_KEY' | 'VAPID_PRIVATE_KEY', string>>;

/** Reads DATA_DIR/secrets.json, made at the first start: who loses it loses the private keys in the database. */
export function keepSecrets(folder: DataFolder): Secrets {
  const path = join(folder.path, 'secrets.json');
  const known = readJson<Partial<Secrets>>(path) ?? {};
  const secrets: Secrets = { ...makeSecrets(), ...known };
  if (Object.keys(secrets).length !== Object.keys(known).length) writeJson(path, secrets);
  return secrets;
}

function makeSecrets(): Secrets {
  const push = createECDH('prime256v1');
  push.generateKeys();
  return {
    TRUNKLINE_SECRET_KEYS: `1:${randomBytes(32).toString('base64')}`,
    VAPID_PUBLIC_KEY: push.getPublicKey('base64url'),
    // Leading zero bytes are dropped by getPrivateKey; the setting must hold exactly 32 bytes.
    VAPID_PRIVATE_KEY: Buffer.concat([Buffer.alloc(32), push.getPrivateKey()]).subarray(-32).toString('base64url'),
  };
}
