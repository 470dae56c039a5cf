import { NO_TIES, type Relationship, type Ties } from '@trunkline/domain';
import type { AccountId } from '@trunkline/kernel';
import type { ActUnder, Entry, FollowPair, FollowTable, FollowTie, PageQuery, ViewerTies } from '@trunkline/social';
import type { Queryable } from '../database.js';
import { entries } from './page-sql.js';
import { plainText } from './safe-values.js';

interface TieRow {
  readonly viewerId: AccountId;
  readonly otherId: AccountId;
  readonly kind: 'follow' | 'block' | 'blocked' | 'mute' | 'passing mute';
  readonly showsBoosts: boolean | null;
  readonly languages: string[] | null;
  readonly apart: boolean | null;
}

export const viewerTies = async (db: Queryable, viewerId: AccountId, otherIds: readonly AccountId[]): Promise<ViewerTies> =>
  (await tiesOfMany(db, [viewerId], otherIds)).get(viewerId) ?? new Map<AccountId, Ties>();

/** Every viewer asked about has an entry, also without ties. Rows are bounded by the product of both lists. */
export async function tiesOfMany(
  db: Queryable,
  viewerIds: readonly AccountId[],
  otherIds: readonly AccountId[],
): Promise<Map<AccountId, ViewerTies>> {
  const byViewer = new Map<AccountId, Map<AccountId, Ties>>(viewerIds.map((id) => [id, new Map()]));
  if (viewerIds.length === 0 || otherIds.length === 0) return byViewer;
  const outwards = 'account_id = ANY((SELECT $1::bigint[])::bigint[]) AND target_account_id = ANY((SELECT $2::bigint[])::bigint[])';
  const rows = await db.query<TieRow>(
    `SELECT account_id AS "viewerId", target_account_id AS "otherId", 'follow' AS kind, show_boosts AS "showsBoosts", languages, apart
       FROM social.follows WHERE ${outwards}
     UNION ALL SELECT account_id, target_account_id, 'block', NULL, NULL, NULL FROM social.blocks WHERE ${outwards}
     UNION ALL SELECT target_account_id, account_id, 'blocked', NULL, NULL, NULL FROM social.blocks
       WHERE target_account_id = ANY((SELECT $1::bigint[])::bigint[]) AND account_id = ANY((SELECT $2::bigint[])::bigint[])
     UNION ALL SELECT account_id, target_account_id, CASE WHEN expires_at IS NULL THEN 'mute' ELSE 'passing mute' END, NULL, NULL, NULL FROM social.mutes
       WHERE ${outwards} AND (expires_at IS NULL OR expires_at > now())
     LIMIT $3`,
    [viewerIds, otherIds, viewerIds.length * otherIds.length * 4],
  );
  for (const row of rows) {
    const ties = byViewer.get(row.viewerId);
    ties?.set(row.otherId, { ...(ties.get(row.otherId) ?? NO_TIES), ...told(row) });
  }
  return byViewer;
}

function told(row: TieRow): Partial<Ties> {
  if (row.kind === 'follow') return { follows: true, showsBoosts: row.showsBoosts ?? true, languages: row.languages, ...(row.apart === true ? { apart: true } : {}) };
  if (row.kind === 'block') return { blocks: true, blockedEitherWay: true };
  if (row.kind === 'blocked') return { blockedEitherWay: true };
  return row.kind === 'mute' ? { mutes: true } : { mutes: true, muteEnds: true };
}

/** One row for every account asked about, in the order asked for. */
export function relationships(db: Queryable, viewerId: AccountId, otherIds: readonly AccountId[]): Promise<Relationship[]> {
  if (otherIds.length === 0) return Promise.resolve([]);
  return db.query<Relationship>(
    `SELECT asked.id AS "accountId", f.id IS NOT NULL AS following, coalesce(f.show_boosts, r.show_boosts, false) AS "showBoosts",
            coalesce(f.notify, r.notify, false) AS notify, coalesce(f.languages, r.languages) AS languages,
            EXISTS (SELECT FROM social.follows x WHERE x.account_id = asked.id AND x.target_account_id = $1) AS "followedBy",
            r.id IS NOT NULL AS requested,
            EXISTS (SELECT FROM social.follow_requests x WHERE x.account_id = asked.id AND x.target_account_id = $1) AS "requestedBy",
            EXISTS (SELECT FROM social.blocks x WHERE x.account_id = $1 AND x.target_account_id = asked.id) AS blocking,
            EXISTS (SELECT FROM social.blocks x WHERE x.account_id = asked.id AND x.target_account_id = $1) AS "blockedBy",
            m.id IS NOT NULL AS muting, coalesce(m.hide_notifications, false) AS "mutingNotifications",
            m.expires_at AS "mutingExpiresAt",
            false AS "domainBlocking", '' AS note
       FROM unnest($2::bigint[]) WITH ORDINALITY AS asked (id, place)
       LEFT JOIN social.follows f ON f.account_id = $1 AND f.target_account_id = asked.id
       LEFT JOIN social.follow_requests r ON r.account_id = $1 AND r.target_account_id = asked.id
       LEFT JOIN social.mutes m ON m.account_id = $1 AND m.target_account_id = asked.id AND (m.expires_at IS NULL OR m.expires_at > now())
      ORDER BY asked.place LIMIT $3`,
    [viewerId, otherIds, otherIds.length],
  );
}

const TIE_COLUMNS = `id, account_id AS "accountId", target_account_id AS "targetId", uri, show_boosts AS "showBoosts", notify, languages`;

export async function findFollow(
  db: Queryable,
  table: 'follows' | 'follow_requests',
  accountId: AccountId,
  targetId: AccountId,
): Promise<FollowTie | null> {
  const sql = `SELECT ${TIE_COLUMNS} FROM social.${table} WHERE account_id = $1 AND target_account_id = $2 LIMIT 1`;
  return (await db.query<FollowTie>(sql, [accountId, targetId]))[0] ?? null;
}

/** Those of the pairs that stand. */
export async function followsBetween(db: Queryable, table: FollowTable, pairs: readonly FollowPair[]): Promise<FollowTie[]> {
  if (pairs.length === 0) return [];
  return db.query<FollowTie>(
    `SELECT ${TIE_COLUMNS} FROM social.${table} f
       JOIN (SELECT DISTINCT follower, target FROM unnest($1::bigint[], $2::bigint[]) AS g (follower, target)) AS asked
         ON f.account_id = asked.follower AND f.target_account_id = asked.target
      LIMIT $3`,
    [pairs.map(({ accountId }) => accountId), pairs.map(({ targetId }) => targetId), pairs.length],
  );
}

type TieTable = 'follows' | 'follow_requests' | 'blocks' | 'mutes';

/** Whom the account follows, blocks or mutes; newest tie first. Mutes that ran out are left out. */
export const targetsOf = (db: Queryable, table: TieTable, accountId: AccountId, page: PageQuery): Promise<Entry<AccountId>[]> =>
  entries(db, page, {
    select: `t.id AS "entryId", t.target_account_id AS id FROM social.${table} t`,
    where: table === 'mutes' ? 't.account_id = $1 AND (t.expires_at IS NULL OR t.expires_at > now())' : 't.account_id = $1',
    pagedBy: 't.id',
    subject: accountId,
  });

/** Who follows the account, or asks to; newest tie first. */
export const sourcesOf = (db: Queryable, table: 'follows' | 'follow_requests', targetId: AccountId, page: PageQuery): Promise<Entry<AccountId>[]> =>
  entries(db, page, {
    select: `t.id AS "entryId", t.account_id AS id FROM social.${table} t`,
    where: 't.target_account_id = $1',
    pagedBy: 't.id',
    subject: targetId,
  });

/**
 * What the account did under this id of its own server: what a bare Undo names. Follows first, whose ids are used again; a
 * reaction before the favourite that it made under the same id.
 */
export async function actUnder(db: Queryable, accountId: AccountId, uri: string): Promise<ActUnder | null> {
  const [row] = await db.query<ActUnder & Record<string, unknown>>(
    `SELECT acts.kind, acts."objectId", acts.emoji FROM (
       SELECT 1 AS place, 'follow' AS kind, f.target_account_id AS "objectId", NULL AS emoji FROM social.follows f WHERE f.account_id = $1 AND f.uri = $2
       UNION ALL SELECT 2, 'follow', f.target_account_id, NULL FROM social.follow_requests f WHERE f.account_id = $1 AND f.uri = $2
       UNION ALL SELECT 3, 'block', b.target_account_id, NULL FROM social.blocks b WHERE b.account_id = $1 AND b.uri = $2
       UNION ALL SELECT 4, 'reaction', r.status_id, r.name FROM social.status_reactions r WHERE r.account_id = $1 AND r.uri = $2
       UNION ALL SELECT 5, 'favourite', v.status_id, NULL FROM social.favourites v WHERE v.account_id = $1 AND v.uri = $2
     ) AS acts ORDER BY acts.place LIMIT 1`,
    [accountId, plainText(uri)],
  );
  return row ?? null;
}
