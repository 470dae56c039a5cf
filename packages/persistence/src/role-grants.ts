/** The apps that have a database role of their own; `standalone` uses one role that owns everything. */
export const ROLE_APPS = ['api', 'inbox', 'outbox', 'timeline', 'moderation', 'streaming', 'media', 'web', 'cli'] as const;
export type RoleApp = (typeof ROLE_APPS)[number];

/** `on`: a schema's every table (`social.*`), one table, or one with columns in brackets. */
export interface Grant {
  readonly on: string;
  readonly may: string;
}

const READ = 'SELECT';
const WRITE = 'SELECT, INSERT, UPDATE, DELETE';

/** Every app makes ids, publishes through the events table, relays, and notes what it did. */
const LEDGER: readonly Grant[] = [
  { on: 'public.schema_migrations', may: READ },
  { on: 'events.outbox', may: 'SELECT, INSERT, UPDATE' },
  { on: 'events.done', may: 'SELECT, INSERT' },
  { on: 'events.dead', may: 'SELECT, INSERT, UPDATE' },
  { on: 'events.suspects', may: 'SELECT, INSERT, DELETE' },
  { on: 'events.leases', may: WRITE },
  { on: 'events.workers', may: WRITE },
];

/** Rules are a snapshot in every process. Reports and the audit are none of most apps' business. */
const RULES: readonly Grant[] = ['version', 'domain_rules', 'domain_allows', 'server_rules', 'settings'].map((table) => ({
  on: `moderation.${table}`,
  may: READ,
}));

/** What more apps than the api may know of people: never the password's hash, the address or the reason. */
const PEOPLE: Grant = {
  on: `identity.users (id, account_id, role, locale, confirmed_at, approved, disabled, created_at, last_active_at,
    default_visibility, default_sensitive, default_language, default_quote_policy)`,
  may: READ,
};

/** To know who holds a token, and to note that they were here. */
const TOKENS: readonly Grant[] = [
  PEOPLE,
  { on: 'identity.tokens', may: READ },
  { on: 'identity.apps', may: READ },
  { on: 'identity.users (last_active_at)', may: 'UPDATE' },
];

/** Fetching is signed by the instance actor, whose key whoever comes first makes, in the scheme that the host took last. */
const FETCHER: readonly Grant[] = [
  { on: 'keys.instance_key', may: 'SELECT, INSERT' },
  { on: 'federation.signature_schemes', may: 'SELECT, INSERT, UPDATE' },
];

/** Who writes and reads what (ARCHITECTURE.md, The ledger), with the reason of each exception. */
export const ROLE_GRANTS: Readonly<Record<RoleApp, readonly Grant[]>> = {
  api: [
    ...LEDGER,
    ...RULES,
    ...FETCHER,
    { on: 'social.*', may: WRITE },
    { on: 'identity.*', may: WRITE },
    { on: 'media.*', may: READ },
    { on: 'timeline.*', may: READ },
    // A reader's own marks: how far they read, and what they dismissed.
    { on: 'timeline.markers', may: 'SELECT, INSERT, UPDATE' },
    { on: 'timeline.notifications (dismissed_at)', may: 'UPDATE' },
    // Moderators see the report in the notification that tells of it.
    { on: 'moderation.reports', may: READ },
    // Whoever opens a thread or a profile has the rest of it read.
    { on: 'federation.readings', may: 'SELECT, INSERT, UPDATE' },
  ],
  inbox: [
    ...LEDGER,
    ...RULES,
    ...FETCHER,
    { on: 'social.*', may: WRITE },
    { on: 'federation.*', may: WRITE },
    // A Flag from another server becomes a report in the transaction that applies it.
    { on: 'moderation.reports', may: 'SELECT, INSERT' },
  ],
  outbox: [
    ...LEDGER,
    ...RULES,
    { on: 'social.*', may: READ },
    { on: 'federation.*', may: WRITE },
    { on: 'keys.*', may: WRITE },
    // NodeInfo counts people and says whether anyone may sign up.
    PEOPLE,
    // What somebody here wants told to the reported account's server.
    { on: 'moderation.reports', may: READ },
  ],
  timeline: [
    ...LEDGER,
    ...RULES,
    { on: 'social.*', may: READ },
    { on: 'timeline.*', may: WRITE },
    // Whom to tell of sign-ups and reports, and who was here lately.
    PEOPLE,
    { on: 'moderation.reports', may: READ },
  ],
  moderation: [
    ...LEDGER,
    ...TOKENS,
    ...FETCHER,
    { on: 'social.*', may: WRITE },
    { on: 'moderation.*', may: WRITE },
    { on: 'federation.*', may: READ },
    // Approves, rejects and disables people, and ends what they are signed in to.
    { on: 'identity.users (email, reason, sign_up_ip)', may: READ },
    { on: 'identity.users (role, approved, disabled, confirmed_at)', may: 'UPDATE' },
    { on: 'identity.users', may: 'DELETE' },
    { on: 'identity.tokens (revoked_at)', may: 'UPDATE' },
    { on: 'identity.tokens', may: 'DELETE' },
    { on: 'identity.sessions', may: 'SELECT, DELETE' },
    { on: 'identity.grants', may: 'SELECT, DELETE' },
  ],
  streaming: [...LEDGER, ...RULES, ...TOKENS, { on: 'social.*', may: READ }, { on: 'timeline.*', may: READ }],
  media: [...LEDGER, ...RULES, ...TOKENS, { on: 'social.*', may: READ }, { on: 'media.*', may: WRITE }],
  web: [...LEDGER, ...RULES, { on: 'social.*', may: READ }, { on: 'media.*', may: READ }],
  // Operators act for api and moderation, look into queues and replay what is dead. No private keys.
  cli: [
    ...LEDGER,
    { on: 'social.*', may: WRITE },
    { on: 'identity.*', may: WRITE },
    { on: 'moderation.*', may: WRITE },
    { on: 'media.*', may: WRITE },
    { on: 'timeline.*', may: WRITE },
    { on: 'federation.*', may: 'SELECT, UPDATE' },
    { on: 'federation.relays', may: 'SELECT, INSERT, UPDATE' },
  ],
};
