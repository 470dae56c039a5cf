import type { Status } from '@trunkline/domain';
import type { StatusRevision } from '@trunkline/mastodon-api';
import type { SocialReads } from '@trunkline/social';

const EDITS_MAX = 500;

/** Every form the status ever had, oldest first; the last is the present one. */
export async function statusHistory(store: Pick<SocialReads, 'statusEdits'>, status: Status): Promise<StatusRevision[]> {
  const former = status.editedAt === null ? [] : await store.statusEdits(status.id, EDITS_MAX);
  return [...former, { ...status, createdAt: status.editedAt ?? status.createdAt }];
}
