import { feedKeys, listStatuses } from '../harness/feed-keys.js';
import type { CrowdScene, Seen } from './run-crowd.js';

export interface Counted {
  /** Posts that were answered 200 or 202. */
  readonly accepted: number;
  /** Accepted posts without a row. */
  readonly rowless: number;
  /** Accepted posts that are in their reader's feed no time. */
  readonly invisible: number;
  /** Feeds of the one author's followers that miss a post of his. */
  readonly feedsShort: number;
  /** Notices of mentions that are missing. */
  readonly noticesMissing: number;
  /** Entries that stand twice in a feed, feeds with more entries than posts, notices told twice. */
  readonly doubled: number;
}

/** Compares what was accepted with what is there, by counting rows and feed entries. */
export async function count(scene: CrowdScene, seen: readonly Seen[]): Promise<Counted> {
  const { db } = scene.stage.backbone;
  const [statuses] = await db.query<{ count: number }>('SELECT count(*)::int AS count FROM social.statuses WHERE deleted_at IS NULL');
  const [notices] = await db.query<{ all: number; distinct: number }>(
    `SELECT count(*)::int AS all, count(DISTINCT (account_id, status_id))::int AS distinct FROM timeline.notifications WHERE type = 'mention'`,
  );
  const keys = await feedKeys(scene.redis);
  const lengths = await listStatuses(scene.redis, scene.bigFollowers.map((id) => keys.get(id) ?? ''));
  const bigPosts = seen.filter((post) => post.kind === 'extra').length;
  const remotePosts = seen.filter((post) => post.kind === 'remote').length;
  const doubles = await scene.doubles();
  return {
    accepted: seen.length,
    rowless: seen.length - (statuses?.count ?? 0),
    invisible: seen.filter((post) => post.visibleMs === null).length,
    feedsShort: lengths.filter((length) => length < bigPosts).length,
    noticesMissing: remotePosts - (notices?.distinct ?? 0),
    doubled: doubles + lengths.filter((length) => length > bigPosts).length + (notices?.all ?? 0) - (notices?.distinct ?? 0),
  };
}
