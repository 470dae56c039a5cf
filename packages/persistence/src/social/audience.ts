import type { AccountId, StatusId } from '@trunkline/kernel';
import type { FollowerInbox, FollowerInboxesAsked, FollowerPage, FollowersAsked, TiesAsked } from '@trunkline/social';
import type { Queryable } from '../database.js';

const ROWS_MAX = 10_000;

/**
 * One statement for all pages, an array of ids each. Accounts that are suspended or gone are among them: they have
 * no feed, or one that nobody reads.
 */
export async function followerPages(db: Queryable, asked: readonly FollowersAsked[], limit: number): Promise<FollowerPage[]> {
  if (asked.length === 0) return [];
  const pageMax = Math.min(limit, ROWS_MAX);
  const rows = await db.query<{ place: number; ids: string }>(
    `SELECT asked.place::int AS place, page.ids
       FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) WITH ORDINALITY AS asked (author, after, also, place)
      CROSS JOIN LATERAL (
        SELECT string_agg(found.account_id::text, ',') AS ids FROM (
          SELECT f.account_id FROM social.follows f
           WHERE f.target_account_id = asked.author AND f.account_id > asked.after AND f.local
             AND (asked.also IS NULL OR EXISTS (SELECT FROM social.follows o WHERE o.account_id = f.account_id AND o.target_account_id = asked.also))
           ORDER BY f.account_id LIMIT $4
        ) AS found
      ) AS page
      WHERE page.ids IS NOT NULL LIMIT $5`,
    [asked.map((one) => one.authorId), asked.map((one) => one.afterId), asked.map((one) => one.alsoFollowing), pageMax, asked.length],
  );
  const pages = new Map(rows.map((row) => [row.place - 1, row.ids.split(',') as AccountId[]]));
  return asked.map((_, place) => {
    const ids = pages.get(place) ?? [];
    return { ids, isLast: ids.length < pageMax };
  });
}

/** Mutes that end by themselves are left out: nobody is told when they do, and rules are asked again at each read. */
export async function touchedFollowers(db: Queryable, asked: readonly TiesAsked[]): Promise<Set<AccountId>[]> {
  const pairs = asked.flatMap((one, place) => one.people.map((person) => ({ ...one, place, person })));
  const touched = asked.map(() => new Set<AccountId>());
  if (pairs.length === 0) return touched;
  const rows = await db.query<{ place: number; id: AccountId }>(
    `SELECT asked.place, touched.id
       FROM unnest((SELECT $1::int[]), (SELECT $2::bigint[]), (SELECT $3::bigint[]), (SELECT $4::bigint[]), (SELECT $5::bigint[])) AS asked (place, author, after, up_to, person)
      CROSS JOIN LATERAL (
        SELECT b.account_id AS id FROM social.blocks b
         WHERE b.target_account_id = asked.person AND b.account_id > asked.after AND b.account_id <= asked.up_to
        UNION ALL SELECT b.target_account_id FROM social.blocks b
         WHERE b.account_id = asked.person AND b.target_account_id > asked.after AND b.target_account_id <= asked.up_to
        UNION ALL SELECT m.account_id FROM social.mutes m
         WHERE m.target_account_id = asked.person AND m.account_id > asked.after AND m.account_id <= asked.up_to AND m.expires_at IS NULL
        UNION ALL SELECT f.account_id FROM social.follows f
         WHERE asked.person = asked.author AND f.target_account_id = asked.person AND f.account_id > asked.after AND f.account_id <= asked.up_to
           AND f.local AND (NOT f.show_boosts OR f.languages IS NOT NULL OR f.apart)
      ) AS touched
      WHERE EXISTS (SELECT FROM social.follows o WHERE o.account_id = touched.id AND o.target_account_id = asked.author)
      LIMIT $6`,
    [
      pairs.map((one) => one.place),
      pairs.map((one) => one.authorId),
      pairs.map((one) => one.afterId),
      pairs.map((one) => one.upToId),
      pairs.map((one) => one.person),
      pairs.length * ROWS_MAX * 4,
    ],
  );
  for (const row of rows) touched[row.place]?.add(row.id);
  return touched;
}

export function bellFollowers(
  db: Queryable,
  authorIds: readonly AccountId[],
  afterId: AccountId,
  limit: number,
): Promise<{ authorId: AccountId; accountId: AccountId }[]> {
  return db.query(
    `SELECT f.target_account_id AS "authorId", f.account_id AS "accountId" FROM social.follows f
      WHERE f.target_account_id = ANY($1::bigint[]) AND f.notify AND f.local AND f.account_id > $2::bigint
      ORDER BY f.account_id LIMIT $3`,
    [authorIds, afterId, Math.min(limit, ROWS_MAX)],
  );
}

/**
 * Those of the accounts whom somebody living here follows or has asked to: an Accept may come after the first post that it brings. One look into the
 * index for each, however many followers it has.
 */
export async function followedHere(db: Queryable, accountIds: readonly AccountId[]): Promise<Set<AccountId>> {
  if (accountIds.length === 0) return new Set();
  const rows = await db.query<{ id: AccountId }>(
    `SELECT asked.id FROM unnest($1::bigint[]) AS asked (id)
      CROSS JOIN LATERAL (
        (SELECT FROM social.follows f JOIN social.accounts a ON a.id = f.account_id
          WHERE f.target_account_id = asked.id AND a.domain IS NULL AND a.suspended_at IS NULL AND a.deleted_at IS NULL
          LIMIT 1)
        UNION ALL
        (SELECT FROM social.follow_requests r JOIN social.accounts a ON a.id = r.account_id
          WHERE r.target_account_id = asked.id AND a.domain IS NULL AND a.suspended_at IS NULL AND a.deleted_at IS NULL
          LIMIT 1)
        LIMIT 1
      ) AS follower
      LIMIT $2`,
    [accountIds, accountIds.length],
  );
  return new Set(rows.map((row) => row.id));
}

/** The distinct inboxes of remote followers, shared ones where there are, in order of their addresses: a page for each ask, in its order. */
export async function followerInboxes(db: Queryable, asked: readonly FollowerInboxesAsked[], limit: number): Promise<FollowerInbox[][]> {
  const pages: FollowerInbox[][] = asked.map(() => []);
  if (asked.length === 0) return pages;
  const rows = await db.query<FollowerInbox & { place: number }>(
    `SELECT asked.place::int AS place, page.inbox, page.domain
       FROM unnest((SELECT $1::bigint[]), (SELECT $2::text[])) WITH ORDINALITY AS asked (account, after, place)
      CROSS JOIN LATERAL (
        SELECT coalesce(a.shared_inbox_url, a.inbox_url) AS inbox, min(a.domain) AS domain
          FROM social.follows f JOIN social.accounts a ON a.id = f.account_id
         WHERE f.target_account_id = asked.account AND a.domain IS NOT NULL AND a.suspended_at IS NULL AND a.deleted_at IS NULL
           AND coalesce(a.shared_inbox_url, a.inbox_url) > asked.after
         GROUP BY 1 ORDER BY 1 LIMIT $3
      ) AS page
      ORDER BY 1, 2`,
    [asked.map(({ accountId }) => accountId), asked.map(({ afterInbox }) => afterInbox), Math.min(limit, ROWS_MAX)],
  );
  for (const { place, inbox, domain } of rows) pages[place - 1]?.push({ inbox, domain });
  return pages;
}

/**
 * Who answered, boosted, favourited, quoted, voted on or reacted to each of these, also when that or the status is deleted by now: they hold
 * copies. `limit` people for each.
 */
export async function interactedWith(db: Queryable, statusIds: readonly StatusId[], limit: number): Promise<Map<StatusId, AccountId[]>> {
  if (statusIds.length === 0) return new Map();
  const rows = await db.query<{ statusId: StatusId; id: AccountId }>(
    `SELECT asked.id AS "statusId", who.id FROM unnest($1::bigint[]) AS asked (id) CROSS JOIN LATERAL (${INTERACTED}) AS who`,
    [statusIds, Math.min(limit, ROWS_MAX)],
  );
  return new Map([...Map.groupBy(rows, ({ statusId }) => statusId)].map(([statusId, found]) => [statusId, found.map(({ id }) => id)]));
}

const INTERACTED = `
  SELECT account_id AS id FROM social.statuses WHERE in_reply_to_id = asked.id
  UNION SELECT account_id FROM social.statuses WHERE boost_of_id = asked.id
  UNION SELECT account_id FROM social.favourites WHERE status_id = asked.id
  UNION SELECT account_id FROM social.poll_votes WHERE status_id = asked.id
  UNION SELECT account_id FROM social.status_reactions WHERE status_id = asked.id
  UNION SELECT s.account_id FROM social.quotes q JOIN social.statuses s ON s.id = q.status_id WHERE q.quoted_status_id = asked.id
  LIMIT $2`;
