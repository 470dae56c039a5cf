import { LIST_MEMBERS_MAX, LISTS_MAX, type List } from '@trunkline/domain';
import type { AccountId, Snowflake, StatusId } from '@trunkline/kernel';
import type { Entry, ListAdding, ListAmong, ListChange, ListStore, PageQuery } from '@trunkline/social';
import type { Database, Queryable } from '../database.js';
import { keepApart } from './list-apart.js';
import { addWaiting } from './list-waiting.js';
import { entries, newestFirst } from './page-sql.js';
import { plainText } from './safe-values.js';

const COLUMNS = `l.id, l.account_id AS "accountId", l.title, l.replies_policy AS "repliesPolicy", l.exclusive`;
const HIGHEST_ID = '9223372036854775807';
const PAGE_MAX = 200;

/** Members, and those who are not followed yet: see `list-waiting.ts`. */
const ALL_MEMBERS = `(SELECT id, list_id, owner_id, member_id FROM social.list_members UNION ALL SELECT id, list_id, owner_id, member_id FROM social.list_waiting)`;

type ListRow = List & Record<string, unknown>;

/** See the port. Whatever changes who is kept apart takes turns by the owner's row. */
export class SqlListStore implements ListStore {
  constructor(private readonly db: Database) {}

  ofAccount(accountId: AccountId): Promise<List[]> {
    return this.db.query<ListRow>(`SELECT ${COLUMNS} FROM social.lists l WHERE l.account_id = $1 ORDER BY l.id LIMIT $2`, [accountId, LISTS_MAX]);
  }

  async find(accountId: AccountId, listId: Snowflake): Promise<List | null> {
    return (await this.db.query<ListRow>(`SELECT ${COLUMNS} FROM social.lists l WHERE l.account_id = $1 AND l.id = $2 LIMIT 1`, [accountId, listId]))[0] ?? null;
  }

  holding(accountId: AccountId, memberId: AccountId): Promise<List[]> {
    return this.db.query<ListRow>(
      `SELECT ${COLUMNS} FROM ${ALL_MEMBERS} m JOIN social.lists l ON l.id = m.list_id
        WHERE m.owner_id = $1 AND m.member_id = $2 ORDER BY l.id LIMIT $3`,
      [accountId, memberId, LISTS_MAX],
    );
  }

  create({ id, accountId, title, repliesPolicy, exclusive }: List): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      await takeTurn(tx, accountId);
      const rows = await tx.query(
        `INSERT INTO social.lists (id, account_id, title, replies_policy, exclusive)
         SELECT $1, $2, $3, $4, $5 WHERE (SELECT count(*) FROM social.lists WHERE account_id = $2) < $6 RETURNING id`,
        [id, accountId, plainText(title), repliesPolicy, exclusive, LISTS_MAX],
      );
      return rows.length > 0;
    });
  }

  update(accountId: AccountId, listId: Snowflake, { title, repliesPolicy, exclusive }: ListChange): Promise<List | null> {
    return this.db.transaction(async (tx) => {
      await takeTurn(tx, accountId);
      const [list] = await tx.query<ListRow>(
        `UPDATE social.lists l SET title = coalesce($3, l.title), replies_policy = coalesce($4, l.replies_policy), exclusive = coalesce($5, l.exclusive)
          WHERE l.account_id = $1 AND l.id = $2 RETURNING ${COLUMNS}`,
        [accountId, listId, title === undefined ? null : plainText(title), repliesPolicy ?? null, exclusive ?? null],
      );
      if (list !== undefined) await keepApart(tx, accountId, await memberIds(tx, listId));
      return list ?? null;
    });
  }

  remove(accountId: AccountId, listId: Snowflake): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      await takeTurn(tx, accountId);
      const members = await memberIds(tx, listId);
      const gone = await tx.query('DELETE FROM social.lists WHERE account_id = $1 AND id = $2 RETURNING id', [accountId, listId]);
      if (gone.length > 0) await keepApart(tx, accountId, members);
      return gone.length > 0;
    });
  }

  add({ id: listId, accountId }: List, members: readonly { readonly id: Snowflake; readonly accountId: AccountId }[]): Promise<ListAdding> {
    return this.db.transaction(async (tx): Promise<ListAdding> => {
      await takeTurn(tx, accountId);
      const ids = members.map((member) => member.accountId);
      const [facts] = await tx.query<{ followed: number; asked: number; taken: boolean; count: number }>(
        `SELECT (SELECT count(*)::int FROM social.follows f WHERE f.account_id = $1 AND f.target_account_id = ANY($3::bigint[])) AS followed,
                (SELECT count(*)::int FROM social.follow_requests r WHERE r.account_id = $1 AND r.target_account_id = ANY($3::bigint[])
                    AND NOT EXISTS (SELECT FROM social.follows f WHERE f.account_id = $1 AND f.target_account_id = r.target_account_id)) AS asked,
                EXISTS (SELECT FROM ${ALL_MEMBERS} m WHERE m.list_id = $2 AND m.member_id = ANY($3::bigint[])) AS taken,
                (SELECT count(*)::int FROM ${ALL_MEMBERS} m WHERE m.list_id = $2) AS count
          LIMIT 1`,
        [accountId, listId, ids],
      );
      if (facts === undefined || facts.followed + facts.asked < ids.length) return 'not_followed';
      if (facts.taken) return 'taken';
      if (facts.count + ids.length > LIST_MEMBERS_MAX) return 'too_many';
      // Whoever ends a follow, or the list, at this moment wins.
      await tx.query(
        `INSERT INTO social.list_members (id, list_id, owner_id, member_id)
         SELECT given.id, l.id, l.account_id, f.target_account_id FROM unnest($3::bigint[], $4::bigint[]) AS given (id, member_id)
           JOIN social.lists l ON l.account_id = $1 AND l.id = $2
           JOIN social.follows f ON f.account_id = $1 AND f.target_account_id = given.member_id
         FOR KEY SHARE OF f, l`,
        [accountId, listId, members.map((member) => member.id), ids],
      );
      if (facts.asked > 0) await addWaiting(tx, { listId, ownerId: accountId, members });
      await keepApart(tx, accountId, ids);
      return 'added';
    });
  }

  take({ id: listId, accountId }: List, ids: readonly AccountId[]): Promise<void> {
    return this.db.transaction(async (tx) => {
      await takeTurn(tx, accountId);
      for (const table of ['list_members', 'list_waiting']) {
        await tx.query(`DELETE FROM social.${table} WHERE list_id = $1 AND owner_id = $2 AND member_id = ANY($3::bigint[])`, [listId, accountId, ids]);
      }
      await keepApart(tx, accountId, ids);
    });
  }

  members(listId: Snowflake, page: PageQuery): Promise<Entry<AccountId>[]> {
    return entries(this.db, page, {
      select: `m.id AS "entryId", m.member_id AS id FROM ${ALL_MEMBERS} m`,
      where: 'm.list_id = $1',
      pagedBy: 'm.id',
      subject: listId,
    }) as Promise<Entry<AccountId>[]>;
  }

  async statusIds({ id, accountId }: List, page: PageQuery): Promise<StatusId[]> {
    const floor = page.minId ?? page.sinceId ?? '0';
    const rows = await this.db.query<{ id: StatusId }>(page.minId === null ? DOWNWARDS : UPWARDS, [id, accountId, page.maxId ?? HIGHEST_ID, floor, Math.min(page.limit, PAGE_MAX), LIST_MEMBERS_MAX]);
    return newestFirst(rows.map((row) => row.id), page);
  }

  async among(listIds: readonly Snowflake[], people: readonly AccountId[]): Promise<ReadonlyMap<Snowflake, ListAmong>> {
    if (listIds.length === 0) return new Map();
    const rows = await this.db.query<ListRow & { members: AccountId[] | null }>(
      `SELECT ${COLUMNS}, (SELECT array_agg(m.member_id::text) FROM social.list_members m WHERE m.list_id = l.id AND m.member_id = ANY($2::bigint[])) AS members
         FROM social.lists l WHERE l.id = ANY($1::bigint[]) LIMIT $3`,
      [listIds, people, listIds.length],
    );
    return new Map(rows.map(({ members, ...list }) => [list.id, { list, members: new Set(members ?? []) }]));
  }
}

/** One change of an account's lists at a time. */
const takeTurn = (tx: Queryable, accountId: AccountId): Promise<unknown> =>
  tx.query('SELECT account_id FROM social.account_stats WHERE account_id = $1 FOR UPDATE', [accountId]);

async function memberIds(tx: Queryable, listId: Snowflake): Promise<AccountId[]> {
  const rows = await tx.query<{ id: AccountId }>('SELECT member_id AS id FROM social.list_members WHERE list_id = $1 LIMIT $2', [listId, LIST_MEMBERS_MAX]);
  return rows.map((row) => row.id);
}

/** The newest (lowest above a bound) of each member, by the index, then of all together. Direct ones are for those they name. */
const pageOf = (direction: 'DESC' | 'ASC'): string => `
  SELECT own.id FROM (SELECT m.member_id FROM social.list_members m WHERE m.list_id = $1 AND m.owner_id = $2 LIMIT $6) AS members
   CROSS JOIN LATERAL (
     SELECT s.id FROM social.statuses s
      WHERE s.account_id = members.member_id AND s.deleted_at IS NULL AND s.id < $3::bigint AND s.id > $4::bigint
        AND (s.visibility <> 'direct' OR EXISTS (SELECT FROM social.mentions n WHERE n.status_id = s.id AND n.account_id = $2))
      ORDER BY s.id ${direction} LIMIT $5
   ) AS own
   ORDER BY own.id ${direction} LIMIT $5`;
const DOWNWARDS = pageOf('DESC');
const UPWARDS = pageOf('ASC');
