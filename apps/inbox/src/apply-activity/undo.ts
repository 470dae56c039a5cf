import type { IncomingActivity } from '@trunkline/activitypub';
import type { Account } from '@trunkline/domain';
import { rejectFollow, unblockAccount, unfavouriteStatus, unfollowAccount } from '@trunkline/social';
import { knownAccountAt } from './actor.js';
import { answeredFollower } from './answered-follow.js';
import { deleteOwnStatus } from './delete.js';
import { embeddedActivity, tombstone } from './embedded.js';
import type { ApplyPorts, Incoming } from './ports.js';
import { APPLIED, ignored, type Verdict } from './verdict.js';

/** Follows looked through for one that is only named by its id. */
const FOLLOWS_MAX = 80;

/**
 * Takes back a Follow, Like, Announce, Block or Accept of the same actor, embedded or by its id. What was not here yet
 * is kept from coming, Follows excepted: their ids are used again.
 */
export async function applyUndo(ports: ApplyPorts, { activity, actor }: Incoming): Promise<Verdict> {
  const { actorUri, object } = activity;
  const undone = embeddedActivity(object, actorUri);
  if (undone === null) return object.uri === null ? ignored('missing_id') : undoById(ports, object.uri, actorUri, actor);
  if (undone.actorUri !== actorUri) return ignored('foreign_activity');
  switch (undone.type) {
    case 'Follow':
      return undoFollow(ports, undone, actor);
    case 'Like':
      return undoLike(ports, undone, actor);
    case 'Announce':
      return undoAnnounce(ports, undone, actor);
    case 'Block':
      return undoBlock(ports, undone, actor);
    case 'Accept':
      return undoAccept(ports, undone, actor);
    default:
      return ignored('undone_type');
  }
}

async function undoFollow(ports: ApplyPorts, follow: IncomingActivity, actor: Account | null): Promise<Verdict> {
  const target = await knownAccountAt(ports, follow.object.uri);
  if (actor === null || target === null) return ignored('unknown_follow');
  return (await unfollowAccount(ports, actor.id, target.id)) ? APPLIED : ignored('nothing_to_undo');
}

async function undoLike(ports: ApplyPorts, like: IncomingActivity, actor: Account | null): Promise<Verdict> {
  await tombstone(ports, like.id, like.actorUri);
  const [status] = like.object.uri === null ? [] : await ports.store.statusesByUris([like.object.uri]);
  if (actor !== null && status !== undefined) await unfavouriteStatus(ports, actor.id, status.id);
  return APPLIED;
}

/** By the boost's own id; else by what was boosted, since some servers undo under a fresh id. */
async function undoAnnounce(ports: ApplyPorts, announce: IncomingActivity, actor: Account | null): Promise<Verdict> {
  if (announce.id !== null) {
    const byId = await deleteOwnStatus(ports, announce.id, announce.actorUri, actor);
    if (byId.kind !== 'applied') return byId;
  }
  const [target] = announce.object.uri === null ? [] : await ports.store.statusesByUris([announce.object.uri]);
  const [boostId] = actor === null || target === undefined ? [] : await ports.store.boostIds(actor.id, [target.id]);
  const [boost] = boostId === undefined ? [] : await ports.store.statusesByIds([boostId]);
  return boost === undefined ? APPLIED : deleteOwnStatus(ports, boost.uri, announce.actorUri, actor);
}

async function undoBlock(ports: ApplyPorts, block: IncomingActivity, actor: Account | null): Promise<Verdict> {
  await tombstone(ports, block.id, block.actorUri);
  const target = await knownAccountAt(ports, block.object.uri);
  if (actor !== null && target !== null) await unblockAccount(ports, actor.id, target.id);
  return APPLIED;
}

/** The one who let a follower in changes their mind. */
async function undoAccept(ports: ApplyPorts, accept: IncomingActivity, actor: Account | null): Promise<Verdict> {
  const follower = await answeredFollower(ports, accept.object, accept.actorUri);
  if (actor === null || follower === null) return ignored('unknown_follow');
  return (await rejectFollow(ports, follower.id, actor.id)) ? APPLIED : ignored('nothing_to_undo');
}

/** A bare id: a boost of the actor, or one of its newest follows. Anything else is kept from coming. */
async function undoById(ports: ApplyPorts, uri: string, actorUri: string, actor: Account | null): Promise<Verdict> {
  const [status] = await ports.store.statusesByUris([uri]);
  if (status !== undefined && status.boostOfId === null) return ignored('undone_type');
  if (status === undefined && actor !== null) {
    const targetId = await followedUnder(ports, actor, uri);
    if (targetId !== null) return (await unfollowAccount(ports, actor.id, targetId)) ? APPLIED : ignored('nothing_to_undo');
  }
  return deleteOwnStatus(ports, uri, actorUri, actor);
}

async function followedUnder(ports: ApplyPorts, actor: Account, followUri: string): Promise<Account['id'] | null> {
  for (const { id } of await ports.store.followingIds(actor.id, { limit: FOLLOWS_MAX, maxId: null, sinceId: null, minId: null })) {
    if ((await ports.store.follow(actor.id, id))?.uri === followUri) return id;
  }
  return null;
}
