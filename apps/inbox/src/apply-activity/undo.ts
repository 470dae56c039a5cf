import type { CarriedActivity } from '@trunkline/activitypub';
import type { Account } from '@trunkline/domain';
import { rejectFollow, unblockAccount, unfavouriteStatus, unfollowAccount } from '@trunkline/social';
import { knownAccountAt } from './actor.js';
import { answeredFollower } from './answered-follow.js';
import { deleteOwnStatus } from './delete.js';
import { tombstone } from './tombstones.js';
import type { ApplyPorts, FactsKind, FactsOf, Incoming } from './ports.js';
import { APPLIED, ignored, type Verdict } from './verdict.js';

/** Follows looked through for one that is only named by its id. */
const FOLLOWS_MAX = 80;

/**
 * Takes back a Follow, Like, Announce, Block or Accept of the same actor, embedded or by its id. What was not here yet
 * is kept from coming, Follows excepted: their ids are used again.
 */
export async function applyUndo(ports: ApplyPorts, { activity, actor, facts: { undone } }: Incoming<'undo'>): Promise<Verdict> {
  const { actorUri } = activity;
  const { uri, facts } = undone;
  if (facts === null) return uri === null ? ignored('missing_id') : undoById(ports, uri, actorUri, actor);
  switch (facts.kind) {
    case 'follow':
      return undoFollow(ports, facts, actor);
    case 'like':
    case 'reaction':
      return undoLike(ports, { uri, actorUri, facts }, actor);
    case 'boost':
      return undoBoost(ports, { uri, actorUri, facts }, actor);
    case 'block':
      return undoBlock(ports, { uri, actorUri, facts }, actor);
    case 'accept':
      return undoAccept(ports, { uri, actorUri, facts }, actor);
    default:
      return ignored('undone_type');
  }
}

/** What is undone; it is the undoing actor's own. */
interface Undone<K extends FactsKind> extends CarriedActivity {
  readonly actorUri: string;
  readonly facts: FactsOf<K>;
}

async function undoFollow(ports: ApplyPorts, { objectUri }: FactsOf<'follow'>, actor: Account | null): Promise<Verdict> {
  const target = await knownAccountAt(ports, objectUri);
  if (actor === null || target === null) return ignored('unknown_follow');
  return (await unfollowAccount(ports, actor.id, target.id)) ? APPLIED : ignored('nothing_to_undo');
}

async function undoLike(ports: ApplyPorts, { uri, actorUri, facts }: Undone<'like' | 'reaction'>, actor: Account | null): Promise<Verdict> {
  await tombstone(ports, uri, actorUri);
  const [status] = await ports.store.statusesByUris([facts.uri]);
  if (actor !== null && status !== undefined) await unfavouriteStatus(ports, actor.id, status.id);
  return APPLIED;
}

/** By the boost's own id; else by what was boosted, since some servers undo under a fresh id. */
async function undoBoost(ports: ApplyPorts, { uri, actorUri, facts }: Undone<'boost'>, actor: Account | null): Promise<Verdict> {
  if (uri !== null) {
    const byId = await deleteOwnStatus(ports, uri, actorUri, actor);
    if (byId.kind !== 'applied') return byId;
  }
  const [target] = await ports.store.statusesByUris([facts.uri]);
  const [boostId] = actor === null || target === undefined ? [] : await ports.store.boostIds(actor.id, [target.id]);
  const [boost] = boostId === undefined ? [] : await ports.store.statusesByIds([boostId]);
  return boost === undefined ? APPLIED : deleteOwnStatus(ports, boost.uri, actorUri, actor);
}

async function undoBlock(ports: ApplyPorts, { uri, actorUri, facts }: Undone<'block'>, actor: Account | null): Promise<Verdict> {
  await tombstone(ports, uri, actorUri);
  const target = await knownAccountAt(ports, facts.uri);
  if (actor !== null && target !== null) await unblockAccount(ports, actor.id, target.id);
  return APPLIED;
}

/** The one who let a follower in changes their mind. */
async function undoAccept(ports: ApplyPorts, { actorUri, facts }: Undone<'accept'>, actor: Account | null): Promise<Verdict> {
  const follower = await answeredFollower(ports, facts.answered, actorUri);
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
