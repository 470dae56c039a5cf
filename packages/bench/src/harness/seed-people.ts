import type { AccountId } from '@trunkline/kernel';
import type { Sender } from './remote-authors.js';
import type { Stage } from './stage.js';

/**
 * Local accounts without users, made by one statement: enough to be followed, to follow and to be shown. Their ids
 * are as far apart as those of people who signed up one after the other; their lowest bits are of the prefix, so that two crowds made within
 * seconds never share one.
 */
export async function seedPeople(stage: Stage, count: number, prefix: string): Promise<AccountId[]> {
  const { db, settings } = stage.backbone;
  const rows = await db.query<{ id: AccountId }>(
    `INSERT INTO social.accounts (id, username, uri, url, display_name, note, inbox_url, shared_inbox_url, followers_url, avatar_url)
     SELECT id, $1 || n, $2 || '/ap/users/' || id, $2 || '/@' || $1 || n, 'Person ' || n, 'Somebody who reads and writes, number ' || n,
            $2 || '/inbox/' || id, $2 || '/inbox', $2 || '/ap/users/' || id || '/followers', $2 || '/media/' || n || '.png'
       FROM (SELECT n, (floor(extract(epoch FROM now()) * 1000)::bigint - 100000000 + n * 20) << 16 | (hashtext($1) & 65535) AS id FROM generate_series(1, $3::int) AS n) AS made
     RETURNING id`,
    [prefix, settings.baseUrl, count],
  );
  return rows.map((row) => row.id);
}

/** They follow somebody. Their ids serve as the ids of the follows: unique for one target. */
export async function seedFollows(stage: Stage, followers: readonly AccountId[], targetId: AccountId, areLocal = true): Promise<void> {
  const { db, ids } = stage.backbone;
  await db.query(
    `INSERT INTO social.follows (account_id, target_account_id, id, local) SELECT follower, $2, id, $4 FROM unnest($1::bigint[], $3::bigint[]) AS t (follower, id)`,
    [followers, targetId, followers.map(() => ids.next()), areLocal],
  );
}

/** Remote people that are known already, with keys that were read before. */
export async function seedRemoteAuthors(stage: Stage, senders: readonly Sender[]): Promise<AccountId[]> {
  const { db, ids, remoteKeys } = stage.backbone;
  for (const { keyId, actorUri: ownerUri, publicKeyPem } of senders) await remoteKeys.put({ keyId, ownerUri, publicKeyPem });
  const accountIds = senders.map(() => ids.next() as AccountId);
  await db.query(
    `INSERT INTO social.accounts (id, username, domain, uri, url, inbox_url, shared_inbox_url, followers_url, fetched_at)
     SELECT id, 'ann', host, uri, uri, uri || '/inbox', 'https://' || host || '/inbox', uri || '/followers', now()
       FROM unnest($1::bigint[], $2::text[], $3::text[]) AS t (id, host, uri)`,
    [accountIds, senders.map((sender) => sender.host), senders.map((sender) => sender.actorUri)],
  );
  return accountIds;
}

/** Remote people on plain-http hosts who follow somebody, `each` of them on every host with one shared inbox. */
export async function seedRemoteFollowers(stage: Stage, hosts: readonly string[], targetId: AccountId, each = 1): Promise<void> {
  const { db, ids } = stage.backbone;
  const all = hosts.flatMap((host) => Array.from({ length: each }, (_, index) => ({ host, name: `fan${targetId}n${index}`, id: ids.next() as AccountId })));
  await db.query(
    `INSERT INTO social.accounts (id, username, domain, uri, url, inbox_url, shared_inbox_url, fetched_at)
     SELECT id, name, host, 'http://' || host || '/users/' || name, 'http://' || host || '/@' || name, 'http://' || host || '/users/' || name || '/inbox', 'http://' || host || '/inbox', now()
       FROM unnest($1::bigint[], $2::text[], $3::text[]) AS t (id, host, name)`,
    [all.map(({ id }) => id), all.map(({ host }) => host), all.map(({ name }) => name)],
  );
  await seedFollows(stage, all.map(({ id }) => id), targetId, false);
}
