import { refOf, sameHost, type IncomingActivity } from '@trunkline/activitypub';
import type { Account, Status } from '@trunkline/domain';
import { ingestStatus, readNote, restoreStatus, saveAndAnnounceAll, type RemotePost } from '@trunkline/social';
import { isPassing } from '../passing-failures.js';
import { boostOf } from './announce.js';
import type { ApplyPorts } from './ports.js';
import { concernsUs } from './relevance.js';
import { APPLIED, ignored, retry, unresolved, type Verdict } from './verdict.js';

/**
 * An author takes back that they deleted a post (Lemmy). Only what they themselves ended lives again, and only when its own
 * server shows it: an Undo that is sent once more finds it gone there.
 */
export async function restoreOwn(ports: ApplyPorts, uri: string, actorUri: string, actor: Account | null): Promise<Verdict> {
  if (actor === null) return ignored('unknown_actor');
  if (!sameHost(uri, actorUri)) return ignored('foreign_object');
  if (!(await ports.store.isTombstoned(actorUri, [uri])).has(uri)) return ignored('nothing_to_undo');
  const [status] = await ports.store.statusesByUris([uri]);
  if (status !== undefined && (status.accountId !== actor.id || status.local)) return ignored('foreign_author');
  const post = await postAt(ports, uri, actor.id);
  if ('kind' in post) return post;
  if (status === undefined) return comesLate(ports, post, actorUri);
  return (await restoreStatus(ports, status, post, actorUri)) === 'restored' ? APPLIED : ignored('nothing_to_undo');
}

/** Deleted before it came: now it may come. */
async function comesLate(ports: ApplyPorts, post: RemotePost, actorUri: string): Promise<Verdict> {
  await ports.store.transaction((tx) => tx.liftTombstone(post.note.uri, actorUri));
  if (!(await concernsUs(ports, post.author, post.note))) return ignored('not_relevant');
  await ingestStatus(ports, post.author, post.note, { fetched: true });
  return APPLIED;
}

/**
 * The moderators of a group take back that they removed a post, or its author does by way of the group. A post of
 * somebody here was never gone; the group shows both again.
 */
export async function restoreInGroup(ports: ApplyPorts, group: Account, announce: IncomingActivity, uri: string): Promise<Verdict> {
  const [status] = await ports.store.statusesByUris([uri]);
  if (status === undefined) return ignored('unknown_status');
  if (!(await ports.store.isTombstoned(group.uri, [uri])).has(uri)) return ignored('nothing_to_undo');
  if (status.local) {
    await ports.store.transaction((tx) => tx.liftTombstone(uri, group.uri));
    return status.deletedAt === null ? showAgain(ports, group, status, announce) : ignored('unknown_status');
  }
  if (status.deletedAt === null) {
    // Of another server, where it was never gone.
    await ports.store.transaction((tx) => tx.liftTombstone(uri, group.uri));
    return showAgain(ports, group, status, announce);
  }
  const post = await postAt(ports, uri, status.accountId);
  if ('kind' in post) return post;
  if ((await restoreStatus(ports, status, post, group.uri)) !== 'restored') return ignored('nothing_to_undo');
  const [living] = await ports.store.statusesByUris([uri]);
  return living === undefined ? APPLIED : showAgain(ports, group, living, announce);
}

/** As of when it was written: nobody is told again. */
async function showAgain(ports: ApplyPorts, group: Account, status: Status, { id, ...announce }: IncomingActivity): Promise<Verdict> {
  const isAnswer = status.inReplyToId !== null || status.inReplyToUri !== null;
  const isOpen = status.visibility === 'public' || status.visibility === 'unlisted';
  if (isAnswer || !isOpen || id === null) return APPLIED;
  const boost = boostOf(ports, group, status, { ...announce, id, published: status.createdAt.toISOString() });
  await ports.store.transaction((tx) => saveAndAnnounceAll(tx, [{ status: boost, quiet: true }]));
  return APPLIED;
}

/** The post as its own server shows it, by the author who is known. */
async function postAt(ports: ApplyPorts, uri: string, authorId: Account['id']): Promise<RemotePost | Verdict> {
  const document = await ports.remote.fetchObject(uri, { fresh: true });
  if (!document.ok) return isPassing(document.error.code) ? retry(`object_unreachable: ${document.error.code}`) : ignored(`object_${document.error.code}`);
  if (document.value.uri !== uri) return ignored('id_mismatch');
  const read = await readNote(ports, refOf(document.value.json).json);
  if (!read.ok) return unresolved('object', read.error);
  return read.value.note.uri === uri && read.value.author.id === authorId ? read.value : ignored('foreign_author');
}
