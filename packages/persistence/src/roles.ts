import type { Database, Queryable } from './database.js';
import { ROLE_APPS, ROLE_GRANTS, type Grant, type RoleApp } from './role-grants.js';
import { scramVerifier } from './scram-verifier.js';

const SCHEMAS = ['public', 'social', 'federation', 'events', 'keys', 'identity', 'timeline', 'moderation', 'media'] as const;
const CALENDAR = 'events.ensure_partition(text, date), events.drop_partition(text, text, date), events.stray_days(text)';
const NAME_LENGTH_MAX = 63;
/** Roles belong to the whole server: two databases may set theirs up at once. */
const ROLES_LOCK = 7_281_900_416;
const STATEMENT_TIMEOUT = '30s';

export interface RoleSettings {
  /** Start of the roles' names: `<prefix>_<app>`. The database's name when left out. */
  readonly prefix?: string;
  /** Apps without one get a role that nobody can log in to. */
  readonly passwords: Readonly<Partial<Record<RoleApp, string>>>;
}

/**
 * One login role an app, with the rights of `role-grants.ts` and no others. Run it after every migration, as
 * the owner of the tables with the right to make roles; it takes back what is not granted any more. Rights on
 * a partitioned table cover its partitions, so new days need no grants.
 * @returns the roles' names.
 */
export async function applyRoles(directDb: Database, settings: RoleSettings): Promise<Record<RoleApp, string>> {
  const [row] = await directDb.query<{ name: string }>('SELECT current_database() AS name');
  const prefix = settings.prefix ?? row?.name ?? 'trunkline';
  const names = Object.fromEntries(ROLE_APPS.map((app) => [app, `${prefix}_${app}`])) as Record<RoleApp, string>;
  for (const name of Object.values(names)) {
    if (!/^[a-z_][a-z0-9_]*$/.test(name) || name.length > NAME_LENGTH_MAX) throw new RangeError(`${name} is no usable role name`);
  }
  const verifiers = new Map<RoleApp, string>();
  for (const app of ROLE_APPS) {
    const password = settings.passwords[app];
    if (password !== undefined) verifiers.set(app, await scramVerifier(password));
  }
  await directDb.transaction(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [ROLES_LOCK]);
    for (const app of ROLE_APPS) await applyRole(tx, names[app], verifiers.get(app), ROLE_GRANTS[app]);
  });
  return names;
}

async function applyRole(tx: Queryable, role: string, verifier: string | undefined, grants: readonly Grant[]): Promise<void> {
  const known = await tx.query('SELECT 1 FROM pg_roles WHERE rolname = $1 LIMIT 1', [role]);
  if (known.length === 0) await tx.query(`CREATE ROLE "${role}"`);
  // The verifier is base64 and digits; role statements take no parameters.
  await tx.query(`ALTER ROLE "${role}" ${verifier === undefined ? 'NOLOGIN' : `LOGIN PASSWORD '${verifier}'`}`);
  // Carried by the role, because PgBouncer does not pass on a connection's own settings.
  await tx.query(`ALTER ROLE "${role}" SET statement_timeout = '${STATEMENT_TIMEOUT}'`);
  await tx.query(`ALTER ROLE "${role}" SET idle_in_transaction_session_timeout = '${STATEMENT_TIMEOUT}'`);
  await tx.query(`REVOKE ALL ON ALL TABLES IN SCHEMA ${SCHEMAS.join(', ')} FROM "${role}"`);
  await tx.query(`GRANT USAGE ON SCHEMA ${SCHEMAS.join(', ')} TO "${role}"`);
  await tx.query(`GRANT EXECUTE ON FUNCTION ${CALENDAR} TO "${role}"`);
  for (const grant of grants) await tx.query(grantStatement(grant, role));
}

function grantStatement({ on, may }: Grant, role: string): string {
  const columns = /^(\S+) (\(.+\))$/s.exec(on);
  if (columns !== null) return `GRANT ${may} ${columns[2]} ON ${columns[1]} TO "${role}"`;
  if (on.endsWith('.*')) return `GRANT ${may} ON ALL TABLES IN SCHEMA ${on.slice(0, -2)} TO "${role}"`;
  return `GRANT ${may} ON ${on} TO "${role}"`;
}
