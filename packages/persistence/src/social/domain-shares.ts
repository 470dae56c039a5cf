import type { Queryable } from '../database.js';

/** Of one registrable domain; what ended is kept away for months, and a late Create comes within hours. */
const TOMBSTONES_OF_DOMAIN_MAX = 50_000;
/** A provider may have hundreds of servers under one domain; a picture that is forgotten is shown as it came. */
const EMOJIS_OF_DOMAIN_MAX = 40_000;
const HOSTS_MAX = 100_000;

/** The columns are constants of this file. */
interface Share {
  readonly table: 'social.tombstones' | 'social.remote_emojis';
  readonly host: string;
  readonly age: 'created_at' | 'updated_at';
  readonly max: number;
}

const SHARES: readonly Share[] = [
  { table: 'social.tombstones', host: `lower(split_part(actor_uri, '/', 3))`, age: 'created_at', max: TOMBSTONES_OF_DOMAIN_MAX },
  { table: 'social.remote_emojis', host: 'host', age: 'updated_at', max: EMOJIS_OF_DOMAIN_MAX },
];

/**
 * Forgets the oldest of what a domain has us keep beyond its share. Looks at whole tables: for the leader's chores, a few times an hour.
 *
 * @param domainOf the registrable domain of a host: a wildcard record gives one person any number of hosts
 * @returns rows deleted, by domain
 */
export async function boundDomains(db: Queryable, domainOf: (host: string) => string, sharesMax?: number): Promise<ReadonlyMap<string, number>> {
  const deleted = new Map<string, number>();
  for (const share of SHARES) {
    const max = sharesMax ?? share.max;
    for (const [domain, { rows, hosts }] of await rowsByDomain(db, share, domainOf)) {
      if (rows <= max) continue;
      const gone = await deleteOldest(db, share, hosts, rows - max);
      deleted.set(domain, (deleted.get(domain) ?? 0) + gone);
    }
  }
  return deleted;
}

async function rowsByDomain(db: Queryable, { table, host }: Share, domainOf: (host: string) => string) {
  const counted = await db.query<{ host: string; rows: number }>(`SELECT ${host} AS host, count(*)::int AS rows FROM ${table} GROUP BY 1 ORDER BY 2 DESC LIMIT $1`, [HOSTS_MAX]);
  const byDomain = new Map<string, { rows: number; hosts: string[] }>();
  for (const one of counted) {
    const domain = domainOf(one.host);
    const known = byDomain.get(domain) ?? { rows: 0, hosts: [] };
    known.rows += one.rows;
    known.hosts.push(one.host);
    byDomain.set(domain, known);
  }
  return byDomain;
}

async function deleteOldest(db: Queryable, { table, host, age }: Share, hosts: readonly string[], count: number): Promise<number> {
  const [row] = await db.query<{ rows: number }>(
    `WITH gone AS (
       DELETE FROM ${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${table} WHERE ${host} = ANY($1::text[]) ORDER BY ${age} LIMIT $2)) RETURNING 1)
     SELECT count(*)::int AS rows FROM gone`,
    [hosts, count],
  );
  return row?.rows ?? 0;
}
