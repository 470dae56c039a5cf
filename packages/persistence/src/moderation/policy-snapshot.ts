import type { DomainRule, PolicySnapshot, RegistrationMode, ServerRule } from '@trunkline/domain';
import type { Queryable } from '../database.js';

export const REGISTRATIONS = 'registrations';
export const REASON_REQUIRED = 'approval_reason_required';

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

/** Rules, lists and settings at one version. Until somebody decides, people join by approval and say why. */
export async function readSnapshot(db: Queryable): Promise<Omit<PolicySnapshot, 'limitedFederation'>> {
  const [row] = await db.query<SnapshotRow>(SNAPSHOT_SQL);
  if (row === undefined) throw new Error('moderation.version has no row');
  return {
    version: Number(row.version),
    domainRules: row.domainRules.map((rule) => ({ ...rule, createdAt: new Date(rule.createdAt) })),
    allowedDomains: row.allowedDomains,
    registrations: registrationsOf(row.settings[REGISTRATIONS]),
    approvalReasonRequired: row.settings[REASON_REQUIRED] !== false,
    serverRules: row.serverRules,
  };
}

/** A value that is none of the modes closes the door rather than opening it. */
function registrationsOf(value: unknown): RegistrationMode {
  if (value === undefined) return 'approved';
  return value === 'open' || value === 'approved' ? value : 'none';
}
