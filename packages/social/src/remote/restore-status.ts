import { StatusPublishedV1 } from '@trunkline/contracts';
import type { Status } from '@trunkline/domain';
import { publishedEvent } from '../statuses/publish-status.js';
import type { SocialPorts } from '../ports/social-ports.js';
import { isNews, readPost, type RemotePost } from './ingest-status.js';
import { peopleNamed } from './named-people.js';

/** `stands`: it was not ended by this actor, or by somebody else before or as well. */
export type RestoreOutcome = 'restored' | 'stands';

/**
 * A deleted post lives again: whoever ended it takes that back, and its own server shows it (the caller has asked). What
 * somebody else ended stays so.
 * @param deleterUri the author, or the group whose moderators deleted it
 */
export async function restoreStatus(ports: SocialPorts, status: Status, post: RemotePost, deleterUri: string): Promise<RestoreOutcome> {
  const { author, note } = post;
  const read = readPost(ports, post, await peopleNamed(ports, [note]));
  if (!('status' in read)) return 'stands';
  const isLate = !isNews(ports, note);
  return ports.store.transaction(async (tx) => {
    const endedAt = await tx.liftTombstone(note.uri, deleterUri);
    if (endedAt === null || (await tx.isTombstoned(author.uri, [note.uri])).size > 0) return 'stands';
    if (!(await tx.reviveStatus(status.id, endedAt, read.status))) return 'stands';
    await tx.noteEmojis(read.newer);
    if (!isLate) await tx.appendEvent(StatusPublishedV1, publishedEvent(read.status, status.id));
    return 'restored';
  });
}
