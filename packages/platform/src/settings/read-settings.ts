import { fail, ok, type Result } from '@trunkline/kernel';
import { FIELDS, type FieldName, type FieldValues } from './fields.js';
import type { S3Settings, Settings, SettingsFailure, SmtpSettings } from './settings.js';

type Env = Readonly<Record<string, string | undefined>>;

/** Rails trusts its proxies by the same rule when none are named: this machine and private networks. */
const PRIVATE_PROXIES = ['127.0.0.0/8', '::1', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'];
const REQUIRED = ['LOCAL_DOMAIN', 'DATABASE_URL', 'REDIS_URL', 'NATS_URL', 'TRUNKLINE_SECRET_KEYS'] as const;

/**
 * Reads the environment: every fault at once, each a sentence with the variable's name and what would be
 * valid. A value is never repeated in a fault, since it may be a secret. Unknown variables are none of our business.
 */
export function readSettings(env: Env): Result<Settings, SettingsFailure> {
  const { values, faults } = readFields(env);
  faults.push(...missing(values, faults), ...contradictions(values));
  if (faults.length > 0) return fail({ code: 'invalid_settings', safe: faults.join('\n'), faults: Object.freeze(faults) });
  return ok(deepFreeze(assemble(values as Required<Pick<FieldValues, (typeof REQUIRED)[number]>> & FieldValues)));
}

function readFields(env: Env): { values: FieldValues; faults: string[] } {
  const values: Record<string, unknown> = {};
  const faults: string[] = [];
  for (const name of Object.keys(FIELDS) as FieldName[]) {
    const raw = env[name]?.trim() ?? '';
    if (raw === '') continue;
    const parsed = FIELDS[name].safeParse(raw);
    if (parsed.success) values[name] = parsed.data;
    else faults.push(`${name} must be ${parsed.error.issues[0]?.message ?? 'different'}.`);
  }
  return { values, faults };
}

function missing(values: FieldValues, faults: readonly string[]): string[] {
  const expected: Record<(typeof REQUIRED)[number], string> = {
    LOCAL_DOMAIN: 'the part after the @ of this server’s handles, such as social.example',
    DATABASE_URL: 'a URL such as postgres://user:password@host:5432/name',
    REDIS_URL: 'a URL such as redis://localhost:6379/0',
    NATS_URL: 'a URL such as nats://localhost:4222',
    TRUNKLINE_SECRET_KEYS: 'at least one id:key pair, the key 32 bytes in base64 (openssl rand -base64 32)',
  };
  return REQUIRED.filter((name) => values[name] === undefined && !faults.some((fault) => fault.startsWith(`${name} `))).map(
    (name) => `${name} is not set and must be ${expected[name]}.`,
  );
}

/** What each variable allows alone but not together with the others. */
function contradictions(values: FieldValues): string[] {
  const faults: string[] = [];
  const production = (values.NODE_ENV ?? 'development') === 'production';
  if (production && (values.FEDERATION_HTTP_HOSTS?.length ?? 0) > 0) {
    faults.push('FEDERATION_HTTP_HOSTS must be empty when NODE_ENV is production: plain http is for development and tests.');
  }
  if (production && values.FAILPOINTS_PATH !== undefined) faults.push('FAILPOINTS_PATH must be empty when NODE_ENV is production: it lets tests kill.');
  if (values.SMTP_SERVER !== undefined && values.SMTP_FROM_ADDRESS === undefined) {
    faults.push('SMTP_FROM_ADDRESS must be an address such as notices@social.example when SMTP_SERVER is set.');
  }
  if ((values.SMTP_LOGIN === undefined) !== (values.SMTP_PASSWORD === undefined)) {
    faults.push('SMTP_LOGIN and SMTP_PASSWORD must be set together or not at all.');
  }
  if ((values.VAPID_PUBLIC_KEY === undefined) !== (values.VAPID_PRIVATE_KEY === undefined)) {
    faults.push('VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY must be set together or not at all.');
  }
  for (const name of ['S3_BUCKET', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const) {
    if (values.S3_ENABLED === true && values[name] === undefined) faults.push(`${name} must be set when S3_ENABLED is true.`);
  }
  const [budget, processes] = [values.DB_CONNECTION_BUDGET ?? 80, values.DB_PROCESSES ?? 1];
  if (budget < processes) faults.push('DB_CONNECTION_BUDGET must be at least DB_PROCESSES: every process needs a connection.');
  return faults;
}

function assemble(v: Required<Pick<FieldValues, (typeof REQUIRED)[number]>> & FieldValues): Settings {
  const nodeEnv = v.NODE_ENV ?? 'development';
  const production = nodeEnv === 'production';
  const webDomain = v.WEB_DOMAIN ?? v.LOCAL_DOMAIN;
  const federationHttpHosts = (v.FEDERATION_HTTP_HOSTS ?? []).map((host) => host.toLowerCase());
  return {
    nodeEnv,
    logLevel: v.LOG_LEVEL ?? 'info',
    localDomain: v.LOCAL_DOMAIN,
    webDomain,
    baseUrl: `${federationHttpHosts.includes(webDomain) ? 'http' : 'https'}://${webDomain}`,
    bind: v.BIND ?? (production ? '0.0.0.0' : '127.0.0.1'),
    port: v.PORT ?? 3000,
    metricsPort: v.METRICS_PORT === undefined ? 9394 : v.METRICS_PORT,
    dataDir: v.DATA_DIR ?? '.data',
    database: {
      url: v.DATABASE_URL,
      directUrl: v.DATABASE_DIRECT_URL ?? v.DATABASE_URL,
      replicaUrl: v.DATABASE_REPLICA_URL ?? null,
      connectionBudget: v.DB_CONNECTION_BUDGET ?? 80,
      processes: v.DB_PROCESSES ?? 1,
    },
    redis: { url: v.REDIS_URL, prefix: v.REDIS_PREFIX ?? 'trunkline' },
    nats: { url: v.NATS_URL, prefix: v.NATS_PREFIX ?? 'trunkline', replicas: v.NATS_REPLICAS ?? 1 },
    smtp: smtpSettings(v),
    s3: s3Settings(v),
    vapid:
      v.VAPID_PUBLIC_KEY === undefined || v.VAPID_PRIVATE_KEY === undefined
        ? null
        : { publicKey: v.VAPID_PUBLIC_KEY, privateKey: v.VAPID_PRIVATE_KEY },
    trustedProxies: v.TRUSTED_PROXY_IP ?? [...PRIVATE_PROXIES],
    allowedPrivateAddresses: v.ALLOWED_PRIVATE_ADDRESSES ?? [],
    federationHttpHosts,
    failpointsPath: v.FAILPOINTS_PATH ?? null,
    authorizedFetch: v.AUTHORIZED_FETCH ?? false,
    limitedFederation: v.LIMITED_FEDERATION_MODE ?? false,
    secretKeys: v.TRUNKLINE_SECRET_KEYS,
    userActiveDays: v.USER_ACTIVE_DAYS ?? 7,
    fanoutFollowersMax: v.FANOUT_FOLLOWERS_MAX ?? 200_000,
    inboxBacklogMax: v.INBOX_BACKLOG_MAX ?? 100_000,
    site: {
      title: v.SITE_TITLE ?? 'Trunkline',
      description: v.SITE_DESCRIPTION ?? '',
      contactEmail: v.SITE_CONTACT_EMAIL ?? null,
      defaultLocale: v.DEFAULT_LOCALE ?? 'en',
      sourceUrl: v.SOURCE_URL ?? null,
    },
    shutdown: {
      probeMs: v.SHUTDOWN_PROBE_MS ?? (production ? 5_000 : 0),
      lingerMs: v.SHUTDOWN_LINGER_MS ?? (production ? 2_000 : 200),
      deadlineMs: v.SHUTDOWN_DEADLINE_MS ?? 25_000,
    },
  };
}

function smtpSettings(v: FieldValues): SmtpSettings | null {
  if (v.SMTP_SERVER === undefined || v.SMTP_FROM_ADDRESS === undefined) return null;
  const implicit = v.SMTP_TLS === true || v.SMTP_SSL === true;
  const startTls = ({ always: 'required', auto: 'opportunistic', never: 'off' } as const)[v.SMTP_ENABLE_STARTTLS ?? 'auto'];
  return {
    host: v.SMTP_SERVER,
    port: v.SMTP_PORT ?? (implicit ? 465 : 587),
    login: v.SMTP_LOGIN ?? null,
    password: v.SMTP_PASSWORD ?? null,
    fromAddress: v.SMTP_FROM_ADDRESS,
    replyTo: v.SMTP_REPLY_TO ?? null,
    tls: implicit ? 'implicit' : startTls,
    verifyCertificate: v.SMTP_OPENSSL_VERIFY_MODE !== 'none',
  };
}

function s3Settings(v: FieldValues): S3Settings | null {
  if (v.S3_ENABLED !== true || v.S3_BUCKET === undefined) return null;
  if (v.AWS_ACCESS_KEY_ID === undefined || v.AWS_SECRET_ACCESS_KEY === undefined) return null;
  return {
    bucket: v.S3_BUCKET,
    region: v.S3_REGION ?? 'us-east-1',
    endpoint: v.S3_ENDPOINT ?? null,
    accessKeyId: v.AWS_ACCESS_KEY_ID,
    secretAccessKey: v.AWS_SECRET_ACCESS_KEY,
    aliasHost: v.S3_ALIAS_HOST ?? null,
  };
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) deepFreeze(inner);
  return Object.freeze(value);
}
