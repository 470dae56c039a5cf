import type { Page, Report } from '@trunkline/domain';
import { notFound, type AccountId, type Snowflake } from '@trunkline/kernel';
import type { ReportStore } from '@trunkline/social';
import type { Queryable } from '../database.js';

type Row = Report & Record<string, unknown>;
const COLUMNS = `r.id, r.account_id AS "accountId", r.target_account_id AS "targetAccountId", r.status_ids AS "statusIds",
  r.rule_ids AS "ruleIds", r.comment, r.category, r.forwarded, r.forward_to_domains AS "forwardToDomains", r.created_at AS "createdAt", r.updated_at AS "updatedAt",
  r.action_taken_at AS "actionTakenAt", r.action_taken_by_account_id AS "actionTakenByAccountId",
  r.assigned_account_id AS "assignedAccountId"`;

export interface ReportFilter {
  /** null: open and resolved. */
  readonly resolved: boolean | null;
  readonly accountId: AccountId | null;
  readonly targetAccountId: AccountId | null;
  readonly page: Page;
}

/** What people told the moderators. */
export class SqlReportStore implements ReportStore {
  constructor(private readonly db: Queryable) {}

  insert(report: Parameters<ReportStore['insert']>[0]): Promise<void> {
    return insertReport(this.db, report);
  }

  async byIds(ids: readonly Snowflake[]): Promise<Report[]> {
    if (ids.length === 0) return [];
    return this.db.query<Row>(`SELECT ${COLUMNS} FROM moderation.reports r WHERE r.id = ANY($1::bigint[]) LIMIT $2`, [ids, ids.length]);
  }

  async list(filter: ReportFilter): Promise<Report[]> {
    const { page } = filter;
    const rows = await this.db.query<Row>(
      `SELECT ${COLUMNS} FROM moderation.reports r
        WHERE ($1::boolean IS NULL OR $1 = (r.action_taken_at IS NOT NULL))
          AND ($2::bigint IS NULL OR r.account_id = $2) AND ($3::bigint IS NULL OR r.target_account_id = $3)
          AND ($4::bigint IS NULL OR r.id < $4) AND ($5::bigint IS NULL OR r.id > $5)
        ORDER BY r.id ${page.minId === null ? 'DESC' : 'ASC'} LIMIT $6`,
      [filter.resolved, filter.accountId, filter.targetAccountId, page.maxId, page.minId ?? page.sinceId, page.limit],
    );
    return page.minId === null ? rows : rows.reverse();
  }

  /** @throws AppError 404 for an unknown report. */
  async assign(id: Snowflake, assignedAccountId: AccountId | null): Promise<Report> {
    return this.change('assigned_account_id = $2', id, assignedAccountId);
  }

  async resolve(id: Snowflake, byAccountId: AccountId): Promise<Report> {
    return this.change('action_taken_at = coalesce(action_taken_at, now()), action_taken_by_account_id = $2', id, byAccountId);
  }

  async reopen(id: Snowflake): Promise<Report> {
    return this.change('action_taken_at = NULL, action_taken_by_account_id = $2', id, null);
  }

  private async change(assignments: string, id: Snowflake, value: AccountId | null): Promise<Report> {
    const rows = await this.db.query<Row>(
      `UPDATE moderation.reports r SET ${assignments}, updated_at = now() WHERE r.id = $1 RETURNING ${COLUMNS}`,
      [id, value],
    );
    const row = rows[0];
    if (row === undefined) throw notFound();
    return row;
  }
}

/** For a transaction that also announces the report. */
export async function insertReport(db: Queryable, report: Parameters<ReportStore['insert']>[0]): Promise<void> {
  await db.query(
    `INSERT INTO moderation.reports (id, account_id, target_account_id, status_ids, rule_ids, comment, category, forwarded, forward_to_domains)
     VALUES ($1, $2, $3, $4::bigint[], $5::bigint[], $6, $7, $8, $9::text[]) ON CONFLICT (id) DO NOTHING`,
    [
      report.id,
      report.accountId,
      report.targetAccountId,
      report.statusIds,
      report.ruleIds,
      report.comment.replaceAll('\0', ''),
      report.category,
      report.forwarded,
      report.forwardToDomains ?? [],
    ],
  );
}
