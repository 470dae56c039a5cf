import type { AccountId, StatusId } from '@trunkline/kernel';
import { fillFeed } from '../harness/feed-keys.js';
import { seedPeople } from '../harness/seed-people.js';
import type { Stage } from '../harness/stage.js';

export interface HomeSizes {
  readonly accounts: number;
  readonly statuses: number;
  readonly viewers: number;
}

/** Somebody who reads. */
export interface Viewer {
  readonly accountId: AccountId;
  readonly token: string;
}

const FEED_ENTRIES = 400;
const STATUSES_PER_STATEMENT = 100_000;
/** All were written within so long, however many: how far apart they are decides how feeds are read. */
const SPAN_MS = 3_000_000;

/** Accounts, statuses with media, and boosts of them; people with feeds over all of it, who like some of what they read. */
export async function seedHome(stage: Stage, sizes: HomeSizes): Promise<Viewer[]> {
  const authors = await seedPeople(stage, sizes.accounts, 'author');
  for (let from = 0; from < sizes.statuses; from += STATUSES_PER_STATEMENT) {
    await seedStatuses(stage, authors, { from, count: Math.min(STATUSES_PER_STATEMENT, sizes.statuses - from), stepMs: SPAN_MS / sizes.statuses });
  }
  const viewers: Viewer[] = [];
  for (let index = 0; index < sizes.viewers; index += 1) {
    const { account, token } = await stage.person(`viewer${index}`);
    await seedFeed(stage, account.id, sizes.statuses);
    viewers.push({ accountId: account.id, token });
  }
  await stage.backbone.db.query('VACUUM ANALYZE');
  return viewers;
}

/** Every fifth is a boost of the one two before it, every third has an image. Oldest first. */
async function seedStatuses(stage: Stage, authors: readonly AccountId[], { from, count, stepMs }: { readonly from: number; readonly count: number; readonly stepMs: number }): Promise<void> {
  const { db, settings } = stage.backbone;
  await db.query(
    `WITH numbers AS (
       SELECT n, (floor(extract(epoch FROM now()) * 1000)::bigint - 3600000 - $5::bigint + n * $6::bigint) << 16 AS id, ($1::bigint[])[1 + (n * 7919) % cardinality($1::bigint[])] AS author
         FROM generate_series($2::bigint, $2::bigint + $3::bigint - 1) AS n
     ), made AS (
       INSERT INTO social.statuses (id, account_id, uri, url, local, content, text, visibility, language, boost_of_id, conversation_id, media, tags, created_at)
       SELECT id, author, $4 || '/ap/users/' || author || '/statuses/' || id, $4 || '/@a/' || id, true,
              CASE WHEN n % 5 = 4 THEN '' ELSE repeat('<p>A train left the yard at <strong>dawn</strong>, and the paper wrote of it, on time for once.</p>', 6) END,
              'A train left the yard', 'public', 'en', CASE WHEN n % 5 = 4 THEN id - (2 * $6::bigint << 16) END, id,
              CASE WHEN n % 3 = 0 AND n % 5 <> 4 THEN jsonb_build_array(jsonb_build_object('id', id::text, 'kind', 'image', 'url', $4 || '/media/' || n || '.jpg', 'previewUrl', $4 || '/media/' || n || '-small.jpg',
                'remoteUrl', null, 'description', 'A yard in the morning', 'blurhash', 'UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH', 'width', 1200, 'height', 800, 'focus', null)) ELSE '[]' END,
              '{}', now()
         FROM numbers
       RETURNING id
     )
     INSERT INTO social.status_stats (status_id, favourites_count) SELECT id, 3 FROM made`,
    [authors, from, count, settings.baseUrl, SPAN_MS, stepMs],
  );
}

async function seedFeed(stage: Stage, viewerId: AccountId, statuses: number): Promise<void> {
  const { db, ids } = stage.backbone;
  const rows = await db.query<{ id: StatusId; account: AccountId; boost: StatusId | null }>(
    'SELECT id, account_id AS account, boost_of_id AS boost FROM social.statuses WHERE random() < $1::float LIMIT $2',
    [Math.min(1, (FEED_ENTRIES * 3) / statuses), FEED_ENTRIES],
  );
  await fillFeed(stage, viewerId, rows.map((row) => row.id));
  const authors = [...new Set(rows.map((row) => row.account))];
  await db.query(
    `INSERT INTO social.follows (account_id, target_account_id, id) SELECT $1, t.target, t.id FROM unnest($2::bigint[], $3::bigint[]) AS t (target, id)`,
    [viewerId, authors, authors.map(() => ids.next())],
  );
  const liked = rows.filter((_, index) => index % 4 === 0).map((row) => row.boost ?? row.id);
  await db.query(
    `INSERT INTO social.favourites (account_id, status_id, id) SELECT $1, t.status, t.id FROM unnest($2::bigint[], $3::bigint[]) AS t (status, id) ON CONFLICT DO NOTHING`,
    [viewerId, liked, liked.map(() => ids.next())],
  );
}
