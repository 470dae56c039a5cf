import type { DomainRule, Page, PolicySnapshot, RegistrationMode, ServerRule } from '@trunkline/domain';
import type { AccountId, Snowflake } from '@trunkline/kernel';
import type { IdSource } from '@trunkline/social';
import type { Database, Queryable } from '../database.js';
import { readSnapshot, REASON_REQUIRED, REGISTRATIONS } from './policy-snapshot.js';

export type NewDomainRule = Omit<DomainRule, 'id' | 'createdAt'>;

/** Who decided something, for the audit; null: an operator at the command line. */
export type Actor = AccountId | null;

export interface DomainAllow {
  readonly id: Snowflake;
  readonly domain: string;
  readonly createdAt: Date;
}

type RuleRow = DomainRule & Record<string, unknown>;
type AllowRow = DomainAllow & Record<string, unknown>;

const RULE_COLUMNS = `id, domain, severity, reject_media AS "rejectMedia", reject_reports AS "rejectReports",
  private_comment AS "privateComment", public_comment AS "publicComment", obfuscate, created_at AS "createdAt"`;
const ALLOW_COLUMNS = 'id, domain, created_at AS "createdAt"';

/** Moderation's decisions. Every change raises the version and leaves a line in the audit, in one transaction. */
export class SqlModerationStore {
  constructor(
    private readonly db: Database,
    private readonly ids: IdSource,
  ) {}

  async version(): Promise<number> {
    const rows = await this.db.query<{ version: string }>('SELECT version FROM moderation.version LIMIT 1');
    return Number(rows[0]?.version ?? 0);
  }

  snapshot(): Promise<Omit<PolicySnapshot, 'limitedFederation'>> {
    return readSnapshot(this.db);
  }

  serverRules(): Promise<ServerRule[]> {
    return this.db.query<ServerRule & Record<string, unknown>>(
      'SELECT id, text, hint FROM moderation.server_rules WHERE deleted_at IS NULL ORDER BY priority, id LIMIT 100',
    );
  }

  async domainRules(page: Page): Promise<DomainRule[]> {
    return this.pageOf<RuleRow>('moderation.domain_rules', RULE_COLUMNS, page);
  }

  async domainRule(id: Snowflake): Promise<DomainRule | null> {
    return (await this.db.query<RuleRow>(`SELECT ${RULE_COLUMNS} FROM moderation.domain_rules WHERE id = $1 LIMIT 1`, [id]))[0] ?? null;
  }

  async domainRuleOf(domain: string): Promise<DomainRule | null> {
    return (await this.db.query<RuleRow>(`SELECT ${RULE_COLUMNS} FROM moderation.domain_rules WHERE domain = $1 LIMIT 1`, [domain]))[0] ?? null;
  }

  /** One rule a domain: a second decision replaces the first. */
  setDomainRule(actor: Actor, rule: NewDomainRule): Promise<DomainRule> {
    return this.decide(actor, 'domain_rule.set', rule.domain, { severity: rule.severity }, async (tx) => {
      const rows = await tx.query<RuleRow>(
        `INSERT INTO moderation.domain_rules (id, domain, severity, reject_media, reject_reports, private_comment, public_comment, obfuscate)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (domain) DO UPDATE SET severity = excluded.severity, reject_media = excluded.reject_media,
           reject_reports = excluded.reject_reports, private_comment = excluded.private_comment,
           public_comment = excluded.public_comment, obfuscate = excluded.obfuscate
         RETURNING ${RULE_COLUMNS}`,
        [this.ids.next(), rule.domain, rule.severity, rule.rejectMedia, rule.rejectReports, rule.privateComment, rule.publicComment, rule.obfuscate],
      );
      const row = rows[0];
      if (row === undefined) throw new Error('an upsert returned nothing');
      return row;
    });
  }

  async deleteDomainRule(actor: Actor, id: Snowflake): Promise<DomainRule | null> {
    const rule = await this.domainRule(id);
    if (rule === null) return null;
    await this.decide(actor, 'domain_rule.delete', rule.domain, {}, (tx) => tx.query('DELETE FROM moderation.domain_rules WHERE id = $1', [id]));
    return rule;
  }

  async domainAllows(page: Page): Promise<DomainAllow[]> {
    return this.pageOf<AllowRow>('moderation.domain_allows', ALLOW_COLUMNS, page);
  }

  async domainAllow(id: Snowflake): Promise<DomainAllow | null> {
    return (await this.db.query<AllowRow>(`SELECT ${ALLOW_COLUMNS} FROM moderation.domain_allows WHERE id = $1 LIMIT 1`, [id]))[0] ?? null;
  }

  async allowDomain(actor: Actor, domain: string): Promise<DomainAllow> {
    return this.decide(actor, 'domain_allow.create', domain, {}, async (tx) => {
      await tx.query('INSERT INTO moderation.domain_allows (id, domain) VALUES ($1, $2) ON CONFLICT (domain) DO NOTHING', [this.ids.next(), domain]);
      const rows = await tx.query<AllowRow>(`SELECT ${ALLOW_COLUMNS} FROM moderation.domain_allows WHERE domain = $1 LIMIT 1`, [domain]);
      const row = rows[0];
      if (row === undefined) throw new Error('the row just inserted is gone');
      return row;
    });
  }

  async disallowDomain(actor: Actor, id: Snowflake): Promise<DomainAllow | null> {
    const allow = await this.domainAllow(id);
    if (allow === null) return null;
    await this.decide(actor, 'domain_allow.delete', allow.domain, {}, (tx) => tx.query('DELETE FROM moderation.domain_allows WHERE id = $1', [id]));
    return allow;
  }

  async setRegistrations(actor: Actor, mode: RegistrationMode, reasonRequired: boolean): Promise<void> {
    await this.decide(actor, 'registrations.set', mode, { reasonRequired }, (tx) =>
      tx.query(
        `INSERT INTO moderation.settings (key, value) VALUES ($1, to_jsonb($2::text)), ($3, to_jsonb($4::boolean))
         ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
        [REGISTRATIONS, mode, REASON_REQUIRED, reasonRequired],
      ),
    );
  }

  async addServerRule(actor: Actor, text: string, hint = ''): Promise<ServerRule> {
    const rule = { id: this.ids.next(), text, hint };
    await this.decide(actor, 'server_rule.create', rule.id, { text }, (tx) =>
      tx.query('INSERT INTO moderation.server_rules (id, text, hint, priority) SELECT $1, $2, $3, coalesce(max(priority), 0) + 1 FROM moderation.server_rules', [
        rule.id,
        text,
        hint,
      ]),
    );
    return rule;
  }

  async deleteServerRule(actor: Actor, id: Snowflake): Promise<boolean> {
    const gone = await this.decide(actor, 'server_rule.delete', id, {}, (tx) =>
      tx.query('UPDATE moderation.server_rules SET deleted_at = now() WHERE id = $1 AND deleted_at IS NULL RETURNING id', [id]),
    );
    return gone.length === 1;
  }

  /** A line that belongs to a decision stored elsewhere (an account approved, limited, suspended). */
  async audit(actor: Actor, action: string, target: string, details: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await insertAudit(this.db, { id: this.ids.next(), actor, action, target, details });
  }

  private decide<T>(actor: Actor, action: string, target: string, details: Readonly<Record<string, unknown>>, work: (tx: Queryable) => Promise<T>): Promise<T> {
    return this.db.transaction(async (tx) => {
      const result = await work(tx);
      await tx.query('UPDATE moderation.version SET version = version + 1');
      await insertAudit(tx, { id: this.ids.next(), actor, action, target, details });
      return result;
    });
  }

  private async pageOf<R extends Record<string, unknown>>(table: 'moderation.domain_rules' | 'moderation.domain_allows', columns: string, page: Page): Promise<R[]> {
    const rows = await this.db.query<R>(
      `SELECT ${columns} FROM ${table}
        WHERE ($1::bigint IS NULL OR id < $1) AND ($2::bigint IS NULL OR id > $2)
        ORDER BY id ${page.minId === null ? 'DESC' : 'ASC'} LIMIT $3`,
      [page.maxId, page.minId ?? page.sinceId, page.limit],
    );
    return page.minId === null ? rows : rows.reverse();
  }
}

interface AuditLine {
  readonly id: Snowflake;
  readonly actor: Actor;
  readonly action: string;
  readonly target: string;
  readonly details: Readonly<Record<string, unknown>>;
}

async function insertAudit(db: Queryable, line: AuditLine): Promise<void> {
  await db.query('INSERT INTO moderation.audit (id, account_id, action, target, details) VALUES ($1, $2, $3, $4, $5::jsonb)', [
    line.id,
    line.actor,
    line.action,
    line.target,
    JSON.stringify(line.details),
  ]);
}
