import type { AccountId } from '@trunkline/kernel';
import type { Stage } from './stage.js';

/**
 * Local accounts without users, made by one statement: enough to be followed, to follow and to be shown. Their ids
 * are as far apart as those of people who signed up one after the other.
 */
export async function seedPeople(stage: Stage, count: number, prefix: string): Promise<AccountId[]> {
  const { db, settings } = stage.backbone;
  const rows = await db.query<{ id: AccountId }>(
    `INSERT INTO social.accounts (id, username, uri, url, display_name, note, inbox_url, shared_inbox_url, followers_url, avatar_url)
     SELECT id, $1 || n, $2 || '/ap/users/' || id, $2 || '/@' || $1 || n, 'Person ' || n, 'Somebody who reads and writes, number ' || n,
            $2 || '/inbox/' || id, $2 || '/inbox', $2 || '/ap/users/' || id || '/followers', $2 || '/media/' || n || '.png'
       FROM (SELECT n, (floor(extract(epoch FROM now()) * 1000)::bigint - 100000000 + n * 20) << 16 AS id FROM generate_series(1, $3::int) AS n) AS made
     RETURNING id`,
    [prefix, settings.baseUrl, count],
  );
  return rows.map((row) => row.id);
}

/** They follow somebody. Their ids serve as the ids of the follows: unique for one target. */
export async function seedFollows(stage: Stage, followers: readonly AccountId[], targetId: AccountId): Promise<void> {
  const { db, ids } = stage.backbone;
  await db.query(
    `INSERT INTO social.follows (account_id, target_account_id, id) SELECT follower, $2, id FROM unnest($1::bigint[], $3::bigint[]) AS t (follower, id)`,
    [followers, targetId, followers.map(() => ids.next())],
  );
}
