import { AppError } from '@trunkline/kernel';
import {
  AccessTokens,
  Applications,
  Database,
  DatabaseClock,
  DatabaseIds,
  type DatabaseOptions,
  migrationsAreCurrent,
  SqlModerationStore,
  SqlSocialStore,
  Users,
} from '@trunkline/persistence';
import { readSettings, type Settings } from '@trunkline/platform';
import { tellChanged } from './tell-servers.js';
import { Refusal, type Terminal } from './terminal.js';

/** Connections of one command: one for work, one for what runs beside it. */
const POOL_MAX = 2;
const NAME = 'trunkline-cli';

/** The ledger alone: for commands that need no settings but the database's address. */
export interface Ledger {
  readonly db: Database;
  readonly clock: DatabaseClock;
  readonly ids: DatabaseIds;
}

/** What the operator may touch; nothing of it needs the broker or Redis, which are told when they are there. */
export interface Operator extends Ledger {
  readonly settings: Settings;
  readonly store: SqlSocialStore;
  readonly users: Users;
  readonly applications: Applications;
  readonly tokens: AccessTokens;
  readonly moderation: SqlModerationStore;
}

/** The database's address. @throws Refusal when nothing says it */
export function databaseUrl({ env }: Terminal, wants: 'pooled' | 'direct'): string {
  const url = (wants === 'direct' ? env['DATABASE_DIRECT_URL'] : undefined) || env['DATABASE_URL'];
  if (!url) throw new Refusal('DATABASE_URL is not set, and no server was started here by `npm start`: set it, or DATA_DIR of a server that was.');
  return url;
}

/** The server's settings. @throws Refusal with every fault */
export function settingsOf({ env }: Terminal): Settings {
  const settings = readSettings(env);
  if (!settings.ok) throw new Refusal(`the settings are not right:\n${settings.error.faults.map((fault) => `  ${fault}`).join('\n')}`);
  return settings.value;
}

/** Opens the ledger for `work` and closes it, whatever happens. */
export async function withLedger<T>(terminal: Terminal, work: (ledger: Ledger) => Promise<T>, onChanged?: DatabaseOptions['onChanged']): Promise<T> {
  const db = await connect(databaseUrl(terminal, 'pooled'), onChanged);
  try {
    if (!(await migrationsAreCurrent(db))) throw new Refusal('the tables are not up to date: run `npx trunkline db migrate` first.');
    const clock = await DatabaseClock.start(db);
    try {
      const ids = await DatabaseIds.start(db, clock);
      return await work({ db, clock, ids }).finally(() => ids.stop());
    } finally {
      clock.stop();
    }
  } finally {
    await db.close();
  }
}

/** The same with the server's settings and everything that people consist of. */
export function withOperator<T>(terminal: Terminal, work: (operator: Operator) => Promise<T>): Promise<T> {
  const settings = settingsOf(terminal);
  const operate = (ledger: Ledger): Promise<T> => {
    const { db, ids } = ledger;
    // The server's relays look for what is unpublished every second: this process need not wake them.
    const store = new SqlSocialStore(db, { ids, currentTrace: () => null, onEventsCommitted: () => undefined });
    return work({
      ...ledger,
      settings,
      store,
      users: new Users(db, store),
      applications: new Applications(db),
      tokens: new AccessTokens(db),
      moderation: new SqlModerationStore(db, ids),
    });
  };
  return withLedger(terminal, operate, (names) => tellChanged(settings, names));
}

export async function connect(url: string, onChanged?: DatabaseOptions['onChanged']): Promise<Database> {
  try {
    return await Database.connect({ url, poolMax: POOL_MAX, applicationName: NAME, ...(onChanged === undefined ? {} : { onChanged }) });
  } catch (error) {
    throw new Refusal(`Postgres cannot be reached at ${addressOf(url)}: ${reasonOf(error)}. Does the server run?`);
  }
}

/** Host and database without the password. */
function addressOf(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return `${host}${pathname}`;
  } catch {
    return 'DATABASE_URL, which is no URL';
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof AppError ? error.extra.cause : error;
  if (cause instanceof AggregateError) return reasonOf(cause.errors[0]);
  return cause instanceof Error ? cause.message.replace(/\.$/, '') : String(cause);
}
