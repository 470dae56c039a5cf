import type { DomainRule, PolicySnapshot, RegistrationMode, ServerRule } from '@trunkline/domain';
import type { Queryable } from '../database.js';

/** Columns of `moderation.domain_rules r`, named as the domain names them. */
export const RULE_COLUMNS = `r.id, r.domain, r.severity, r.reject_media AS "rejectMedia", r.reject_reports AS "rejectReports",
  r.private_comment AS "privateComment", r.public_comment AS "publicComment", r.obfuscate, r.created_at AS "createdAt"`;

/** More than the largest shared blocklists hold; beyond it a process would carry megabytes of rules. */
const DOMAINS_MAX = 200_000;

interface SnapshotRow {
  readonly version: string;
  readonly domainRules: (Omit<DomainRule, 'createdAt'> & { createdAt: string })[];
  readonly allowedDomains: string[];
  readonly serverRules: ServerRule[];
  readonly settings: Readonly<Record<string, unknown>>;
}

// One statement sees one moment: the rules belong to the version that comes with them.
const SNAPSHOT_SQL = `
  SELECT v.version,
         (SELECT coalesce(json_agg(json_build_object(
                   'id', r.id::text, 'domain', r.domain, 'severity', r.severity, 'rejectMedia', r.reject_media,
                   'rejectReports', r.reject_reports, 'privateComment', r.private_comment, 'publicComment', r.public_comment,
                   'obfuscate', r.obfuscate, 'createdAt', r.created_at)), '[]')
            FROM (SELECT * FROM moderation.domain_rules ORDER BY id LIMIT ${DOMAINS_MAX}) AS r) AS "domainRules",
         (SELECT coalesce(json_agg(a.domain), '[]')
            FROM (SELECT domain FROM moderation.domain_allows ORDER BY id LIMIT ${DOMAINS_MAX}) AS a) AS "allowedDomains",
         (SELECT coalesce(json_agg(json_build_object('id', s.id::text, 'text', s.text, 'hint', s.hint)), '[]')
            FROM (SELECT id, text, hint FROM moderation.server_rules WHERE deleted_at IS NULL ORDER BY priority, id LIMIT 1000) AS s)
         AS "serverRules",
         (SELECT coalesce(json_object_agg(k.key, k.value), '{}') FROM (SELECT key, value FROM moderation.settings LIMIT 1000) AS k)
         AS settings
    FROM moderation.version v LIMIT 1`;

/** Rules, lists and settings at one version; settings that nobody made are open registrations without a reason. */
export async function readSnapshot(db: Queryable, limitedFederation: boolean): Promise<PolicySnapshot> {
  const [row] = await db.query<SnapshotRow>(SNAPSHOT_SQL);
  if (row === undefined) throw new Error('moderation.version has no row');
  return {
    version: Number(row.version),
    domainRules: row.domainRules.map((rule) => ({ ...rule, createdAt: new Date(rule.createdAt) })),
    allowedDomains: row.allowedDomains,
    limitedFederation,
    registrations: registrationsOf(row.settings['registrations']),
    approvalReasonRequired: row.settings['approvalReasonRequired'] === true,
    serverRules: row.serverRules,
  };
}

export async function readVersion(db: Queryable): Promise<number> {
  const [row] = await db.query<{ version: string }>('SELECT version FROM moderation.version LIMIT 1');
  return Number(row?.version ?? 0);
}

/** A value that is none of the modes closes the door rather than opening it. */
function registrationsOf(value: unknown): RegistrationMode {
  if (value === undefined) return 'open';
  return value === 'open' || value === 'approved' ? value : 'none';
}
