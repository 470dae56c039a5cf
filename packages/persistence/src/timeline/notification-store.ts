import type { Notification } from '@trunkline/domain';
import type { AccountId, Snowflake } from '@trunkline/kernel';
import type { NewNotification, NotificationStore } from '@trunkline/social';
import type { Queryable } from '../database.js';

type Row = Notification & Record<string, unknown>;
type PageQuery = Parameters<NotificationStore['page']>[0];

const COLUMNS = `n.id, n.account_id AS "accountId", n.type, n.from_account_id AS "fromAccountId", n.status_id AS "statusId",
  n.report_id AS "reportId", n.created_at AS "createdAt"`;

/** In order of the unique key: batches that overlap would else wait for each other in a ring. */
const GIVEN = `
         FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[])
              AS given (id, account_id, type, from_account_id, status_id, report_id, fact)
        ORDER BY account_id, type, fact, id`;

function valuesOf(notifications: readonly NewNotification[]): unknown[] {
  const pick = <K extends keyof NewNotification>(key: K) => notifications.map((notification) => notification[key]);
  return [pick('id'), pick('accountId'), pick('type'), pick('fromAccountId'), pick('statusId'), pick('reportId'), pick('fact')];
}

/** What people are told. A fact (a follow, a favourite, …) is told once, whatever is delivered twice. */
export class SqlNotificationStore implements NotificationStore {
  constructor(private readonly db: Queryable) {}

  async insert(notifications: readonly NewNotification[]): Promise<Notification[]> {
    if (notifications.length === 0) return [];
    const rows = await this.db.query<Row>(
      `INSERT INTO timeline.notifications AS n (id, account_id, type, from_account_id, status_id, report_id, fact)
       SELECT id, account_id, type, from_account_id, status_id, report_id, fact ${GIVEN}
       ON CONFLICT (account_id, type, fact) DO NOTHING
       RETURNING ${COLUMNS}`,
      valuesOf(notifications),
    );
    const made = new Map(rows.map((row) => [row.id, row]));
    return notifications.flatMap((notification) => made.get(notification.id) ?? []);
  }

  /** Newest first. Those whose status is gone are left out: there would be nothing to show. */
  async page({ accountId, page, types, excludeTypes, fromAccountId }: PageQuery): Promise<Notification[]> {
    const rows = await this.db.query<Row>(
      `SELECT ${COLUMNS} FROM timeline.notifications n
        WHERE n.account_id = $1 AND n.dismissed_at IS NULL
          AND ($2::bigint IS NULL OR n.id < $2) AND ($3::bigint IS NULL OR n.id > $3)
          AND ($4::text[] IS NULL OR n.type = ANY($4)) AND NOT (n.type = ANY($5::text[]))
          AND ($6::bigint IS NULL OR n.from_account_id = $6)
          AND (n.status_id IS NULL
               OR EXISTS (SELECT FROM social.statuses s WHERE s.id = n.status_id AND s.deleted_at IS NULL))
        ORDER BY n.id ${page.minId === null ? 'DESC' : 'ASC'}
        LIMIT $7`,
      [accountId, page.maxId, page.minId ?? page.sinceId, types, excludeTypes, fromAccountId ?? null, page.limit],
    );
    return page.minId === null ? rows : rows.reverse();
  }

  async byIds(accountId: AccountId, ids: readonly Snowflake[]): Promise<Notification[]> {
    if (ids.length === 0) return [];
    return this.db.query<Row>(
      `SELECT ${COLUMNS} FROM timeline.notifications n
        WHERE n.account_id = $1 AND n.id = ANY($2::bigint[]) AND n.dismissed_at IS NULL LIMIT $3`,
      [accountId, ids, ids.length],
    );
  }

  async dismiss(accountId: AccountId, ids: readonly Snowflake[] | 'all'): Promise<void> {
    await this.db.query(
      `UPDATE timeline.notifications SET dismissed_at = now()
        WHERE account_id = $1 AND dismissed_at IS NULL AND ($2::bigint[] IS NULL OR id = ANY($2))`,
      [accountId, ids === 'all' ? null : ids],
    );
  }

  /** A row stands for the fact even if it was never told: the two events come in any order. */
  async withdraw(notifications: readonly NewNotification[]): Promise<void> {
    if (notifications.length === 0) return;
    await this.db.query(
      `INSERT INTO timeline.notifications AS n (id, account_id, type, from_account_id, status_id, report_id, fact, dismissed_at)
       SELECT id, account_id, type, from_account_id, status_id, report_id, fact, now() ${GIVEN}
       ON CONFLICT (account_id, type, fact) DO UPDATE SET dismissed_at = now() WHERE n.dismissed_at IS NULL`,
      valuesOf(notifications),
    );
  }

  /** Those above the notifications marker, counted up to `limit`. */
  async unreadCount(accountId: AccountId, limit: number): Promise<number> {
    const rows = await this.db.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM (
         SELECT FROM timeline.notifications n
          WHERE n.account_id = $1 AND n.dismissed_at IS NULL
            AND n.id > coalesce((SELECT last_read_id FROM timeline.markers m
                                  WHERE m.account_id = $1 AND m.timeline = 'notifications'), 0)
          LIMIT $2) unread`,
      [accountId, limit],
    );
    return rows[0]?.count ?? 0;
  }
}
