/** The log levels of pino, least to most severe. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  readonly login: string | null;
  readonly password: string | null;
  readonly fromAddress: string;
  readonly replyTo: string | null;
  /** `implicit` speaks TLS from the first byte, `required` and `opportunistic` upgrade by STARTTLS. */
  readonly tls: 'implicit' | 'required' | 'opportunistic' | 'off';
  readonly verifyCertificate: boolean;
}

export interface S3Settings {
  readonly bucket: string;
  readonly region: string;
  readonly endpoint: string | null;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Host under which the public reads files, when it is not the bucket's own. */
  readonly aliasHost: string | null;
}

/** One key of the ring that encrypts secrets at rest: 32 bytes, base64. */
export interface SecretKeySetting {
  readonly id: string;
  readonly keyBase64: string;
}

/** Everything an operator can set, read once at start by `readSettings` and frozen, also inside. */
export interface Settings {
  readonly nodeEnv: 'production' | 'development' | 'test';
  readonly logLevel: LogLevel;
  /** The part after the @ of this server's handles; may carry a port in development. */
  readonly localDomain: string;
  /** Where the server answers, `localDomain` unless told; may carry a port. */
  readonly webDomain: string;
  /** `https://<webDomain>`, http exactly when webDomain is listed in `federationHttpHosts`; no slash at the end. */
  readonly baseUrl: string;
  readonly bind: string;
  /** 0 asks the system for a free port. */
  readonly port: number;
  /** null: no metrics server. 0 asks the system for a free port. */
  readonly metricsPort: number | null;
  /** Where uploads and other files live; relative to the working directory unless absolute. */
  readonly dataDir: string;
  readonly database: {
    readonly url: string;
    /** Past PgBouncer, for migrations and LISTEN; `url` unless told. */
    readonly directUrl: string;
    readonly replicaUrl: string | null;
    /** Connections that all processes together may open. */
    readonly connectionBudget: number;
    /** How many processes share the budget. */
    readonly processes: number;
  };
  readonly redis: { readonly url: string; readonly prefix: string };
  readonly nats: {
    readonly url: string;
    readonly prefix: string;
    /** Copies that the broker keeps of each stream, on servers of their own: 1, 3 or 5. */
    readonly replicas: number;
  };
  readonly smtp: SmtpSettings | null;
  readonly s3: S3Settings | null;
  readonly vapid: { readonly publicKey: string; readonly privateKey: string } | null;
  /** Addresses or CIDRs whose X-Forwarded-* headers are believed. */
  readonly trustedProxies: readonly string[];
  /** Private addresses or CIDRs that federation may still connect to. */
  readonly allowedPrivateAddresses: readonly string[];
  /** host[:port] spoken to over plain http; always empty in production. */
  readonly federationHttpHosts: readonly string[];
  /** Folder of files that arm failpoints (see failpoints.ts); always null in production. */
  readonly failpointsPath: string | null;
  readonly authorizedFetch: boolean;
  readonly limitedFederation: boolean;
  /** The first key encrypts, all decrypt. */
  readonly secretKeys: readonly SecretKeySetting[];
  /** Home feeds of people unseen for longer are not filled. */
  readonly userActiveDays: number;
  /** Local followers up to whom posts are pushed to feeds; those of authors with more are looked up when feeds are read. */
  readonly fanoutFollowersMax: number;
  /** Activities that may wait to be applied before other servers are told to come back later. */
  readonly inboxBacklogMax: number;
  readonly site: {
    readonly title: string;
    readonly description: string;
    readonly contactEmail: string | null;
    /** BCP 47, shown by the instance API and used for mails. */
    readonly defaultLocale: string;
    /** Where this server's source can be had, as the licence asks. */
    readonly sourceUrl: string | null;
  };
  readonly shutdown: {
    /** Between readiness turning 503 and the first thing being stopped: at least a probe period. */
    readonly probeMs: number;
    /** How long keep-alive connections may linger for their last request after that. */
    readonly lingerMs: number;
    /** After this a stop that is not done is given up. */
    readonly deadlineMs: number;
  };
}

/** All faults of the environment, one sentence each. */
export interface SettingsFailure {
  readonly code: 'invalid_settings';
  readonly safe: string;
  readonly faults: readonly string[];
}
