import { isIP } from 'node:net';
import { z } from 'zod';
import { LOG_LEVELS, type SecretKeySetting } from './settings.js';

const KEY_BYTES = 32;
const PORT_MAX = 65_535;

// Each message is the end of a sentence that begins with the variable's name and "must be".
const url = (what: string, protocols: RegExp) =>
  z.string().refine((text) => {
    const parsed = URL.canParse(text) ? new URL(text) : null;
    return parsed !== null && protocols.test(parsed.protocol) && parsed.hostname !== '';
  }, what);

const integer = (min: number, max: number) => {
  const message = `a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message);
};

const oneOf = <const T extends readonly [string, ...string[]]>(values: T) => z.enum(values, `one of ${values.join(', ')}`);
const flag = oneOf(['true', 'false']).transform((text) => text === 'true');
const text = (max: number) => z.string().max(max, `a text of at most ${max} characters`);

const HOST = /^(?=.{1,253}(:|$))[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** Whether the text is a lower-case host name, IPv4 or [IPv6] address, with a port or without. */
function isHostWithPort(value: string): boolean {
  const match = /^(\[[0-9a-f:]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(value);
  if (match === null) return false;
  const [, host = '', port] = match;
  if (port !== undefined && (Number(port) < 1 || Number(port) > PORT_MAX)) return false;
  return host.startsWith('[') ? isIP(host.slice(1, -1)) === 6 : HOST.test(host);
}

/** Whether the text is an IP address or a CIDR block. */
function isAddressOrBlock(value: string): boolean {
  const [address = '', bits, ...rest] = value.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

const listOf = (isItem: (item: string) => boolean, what: string) =>
  z
    .string()
    .max(100_000, what)
    .transform((list) => list.split(/[\s,]+/).filter((item) => item !== ''))
    .refine((items) => items.every(isItem), what);

const host = z
  .string()
  .transform((value) => value.toLowerCase())
  .refine(isHostWithPort, 'a host name without scheme or path, such as social.example');

const addresses = listOf(isAddressOrBlock, 'a list of IP addresses or CIDR blocks, such as 10.0.0.0/8,192.0.2.7');
const prefix = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, 'up to 32 lower-case letters, digits, - or _');
const email = z.string().regex(/^[^\s@]{1,64}@[^\s@]{1,255}$/, 'an e-mail address, such as admin@social.example');
const fromAddress = z
  .string()
  .max(320, 'an address such as notices@social.example or Name <notices@social.example>')
  .regex(/^([^<>\r\n]{0,200}<)?[^\s@<>]+@[^\s@<>]+>?$/, 'an address such as notices@social.example or Name <notices@social.example>');

const KEYS = 'id:key pairs with commas between, each key 32 bytes in base64 (openssl rand -base64 32), the first of which encrypts';
const keyRing = z
  .string()
  .transform((list): SecretKeySetting[] =>
    list.split(',').map((pair) => {
      const colon = pair.indexOf(':');
      return { id: pair.slice(0, Math.max(colon, 0)).trim(), keyBase64: pair.slice(colon + 1).trim() };
    }),
  )
  .refine((keys) => keys.every(isKey) && new Set(keys.map((key) => key.id)).size === keys.length, KEYS);

function isKey(key: SecretKeySetting): boolean {
  const isBase64 = /^[A-Za-z0-9+/]{43}=$/.test(key.keyBase64);
  return /^[A-Za-z0-9_-]{1,32}$/.test(key.id) && isBase64 && Buffer.from(key.keyBase64, 'base64').length === KEY_BYTES;
}

const base64url = (bytes: number) =>
  z.string().refine((key) => /^[A-Za-z0-9_-]+={0,2}$/.test(key) && Buffer.from(key, 'base64url').length === bytes, `${bytes} bytes in URL-safe base64`);

const postgres = url('a URL such as postgres://user:password@host:5432/name', /^postgres(ql)?:$/);

/** Every variable that is read, with what is valid. An empty value counts as not set. */
export const FIELDS = {
  NODE_ENV: oneOf(['production', 'development', 'test']),
  LOG_LEVEL: oneOf(LOG_LEVELS),
  LOCAL_DOMAIN: host,
  WEB_DOMAIN: host,
  BIND: z.string().refine((value) => isIP(value) !== 0, 'an IP address such as 127.0.0.1 or 0.0.0.0'),
  PORT: integer(0, PORT_MAX),
  METRICS_PORT: z
    .string()
    .refine((value) => value === 'off' || (/^\d{1,5}$/.test(value) && Number(value) <= PORT_MAX), `a whole number from 0 to ${PORT_MAX}, or off`)
    .transform((value) => (value === 'off' ? null : Number(value))),
  DATA_DIR: text(1_000),
  DATABASE_URL: postgres,
  DATABASE_DIRECT_URL: postgres,
  DATABASE_REPLICA_URL: postgres,
  DB_CONNECTION_BUDGET: integer(1, 10_000),
  DB_PROCESSES: integer(1, 1_000),
  REDIS_URL: url('a URL such as redis://localhost:6379/0', /^rediss?:$/),
  REDIS_PREFIX: prefix,
  NATS_URL: url('a URL such as nats://localhost:4222', /^(nats|tls|wss?):$/),
  NATS_PREFIX: prefix,
  NATS_REPLICAS: oneOf(['1', '3', '5']).transform(Number),
  SMTP_SERVER: host,
  SMTP_PORT: integer(1, PORT_MAX),
  SMTP_LOGIN: text(500),
  SMTP_PASSWORD: text(1_000),
  SMTP_FROM_ADDRESS: fromAddress,
  SMTP_REPLY_TO: fromAddress,
  SMTP_TLS: flag,
  SMTP_SSL: flag,
  SMTP_ENABLE_STARTTLS: oneOf(['always', 'auto', 'never']),
  SMTP_OPENSSL_VERIFY_MODE: oneOf(['none', 'peer', 'client_once', 'fail_if_no_peer_cert']),
  S3_ENABLED: flag,
  S3_BUCKET: text(255),
  S3_REGION: text(100),
  S3_ENDPOINT: url('a URL such as https://s3.example', /^https?:$/),
  S3_ALIAS_HOST: host,
  AWS_ACCESS_KEY_ID: text(500),
  AWS_SECRET_ACCESS_KEY: text(500),
  VAPID_PUBLIC_KEY: base64url(65),
  VAPID_PRIVATE_KEY: base64url(32),
  TRUSTED_PROXY_IP: addresses,
  ALLOWED_PRIVATE_ADDRESSES: addresses,
  FEDERATION_HTTP_HOSTS: listOf(isHostWithPort, 'a list of host:port, such as localhost:3001,localhost:3002'),
  FAILPOINTS_PATH: text(1_000),
  AUTHORIZED_FETCH: flag,
  LIMITED_FEDERATION_MODE: flag,
  TRUNKLINE_SECRET_KEYS: keyRing,
  USER_ACTIVE_DAYS: integer(1, 3_650),
  FANOUT_FOLLOWERS_MAX: integer(0, 100_000_000),
  INBOX_BACKLOG_MAX: integer(100, 10_000_000),
  SITE_TITLE: text(200),
  SITE_DESCRIPTION: text(2_000),
  SITE_CONTACT_EMAIL: email,
  DEFAULT_LOCALE: z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$/, 'a language tag such as en or pt-BR'),
  SOURCE_URL: url('a URL such as https://code.example/trunkline', /^https?:$/),
  SHUTDOWN_PROBE_MS: integer(0, 600_000),
  SHUTDOWN_LINGER_MS: integer(0, 600_000),
  SHUTDOWN_DEADLINE_MS: integer(1, 3_600_000),
} as const;

export type FieldName = keyof typeof FIELDS;
export type FieldValues = { readonly [Name in FieldName]?: z.output<(typeof FIELDS)[Name]> };
