import { parseActor, type CarriedActivity } from '@trunkline/activitypub';
import type { Account } from '@trunkline/domain';
import { ingestActor, refuseAsked, rejectFollow, unblockAccount, unfavouriteStatus, unfollowAccount, unreactToStatus } from '@trunkline/social';
import { isPassing } from '../passing-failures.js';
import { knownAccountAt } from './actor.js';
import { answeredFollower } from './answered-follow.js';
import { answeredLeave } from './answered-leave.js';
import { answeredQuote, refuseAnswered, withdrawQuote } from './answered-quote.js';
import { deleteOwnStatus } from './delete.js';
import { tombstone } from './tombstones.js';
import type { ApplyPorts, FactsKind, FactsOf, Incoming } from './ports.js';
import { undoReaction } from './react.js';
import { restoreOwn } from './restore.js';
import { APPLIED, ignored, retry, unresolved, type Verdict } from './verdict.js';

/**
 * Takes back a Follow, Like, Announce, Block, Accept, a request for leave or the deletion of a post or an account, of the same actor, embedded or by its id. What was not here yet
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
      return undoLike(ports, { uri, actorUri, facts }, actor);
    case 'reaction':
      return undoReacting(ports, { uri, actorUri, facts }, actor);
    case 'boost':
      return undoBoost(ports, { uri, actorUri, facts }, actor);
    case 'block':
      return undoBlock(ports, { uri, actorUri, facts }, actor);
    case 'accept':
      return undoAccept(ports, { uri, actorUri, facts }, actor);
    case 'delete':
      if (facts.what === 'account') return returned(ports, actorUri, actor);
      return facts.what === 'unknown' ? restoreOwn(ports, facts.uri, actorUri, actor) : ignored('undone_type');
    case 'quote-request':
      return undoQuoteRequest(ports, facts, actor);
    case 'interaction-request':
      // With the request goes what was asked for.
      return facts.instrument.uri === null ? ignored('missing_id') : undoById(ports, facts.instrument.uri, actorUri, actor);
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

async function undoLike(ports: ApplyPorts, { uri, actorUri, facts }: Undone<'like'>, actor: Account | null): Promise<Verdict> {
  await tombstone(ports, uri, actorUri);
  const [status] = await ports.store.statusesByUris([facts.uri]);
  if (actor !== null && status !== undefined) await unfavouriteStatus(ports, actor.id, status.id);
  return APPLIED;
}

async function undoReacting(ports: ApplyPorts, { uri, actorUri, facts }: Undone<'reaction'>, actor: Account | null): Promise<Verdict> {
  await tombstone(ports, uri, actorUri);
  const [status] = await ports.store.statusesByUris([facts.uri]);
  if (actor !== null && status !== undefined) await undoReaction(ports, facts, actor, status);
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
  // A ban from a group ends: who was let go may ask again.
  if (facts.groupUri !== null) return ignored('group_moderation');
  const target = await knownAccountAt(ports, facts.uri);
  if (actor !== null && target !== null) await unblockAccount(ports, actor.id, target.id);
  return APPLIED;
}

/** Whoever asked to quote does not want to any more. */
async function undoQuoteRequest(ports: ApplyPorts, { quote }: FactsOf<'quote-request'>, actor: Account | null): Promise<Verdict> {
  return actor === null || quote.uri === null ? ignored('unknown_actor') : withdrawQuote(ports, quote.uri, actor);
}

/** The one who let a follower in, or agreed to be quoted, changes their mind. */
async function undoAccept(ports: ApplyPorts, { uri, actorUri, facts }: Undone<'accept'>, actor: Account | null): Promise<Verdict> {
  // Without what it answered: its id may be known.
  const isHollow = facts.answered.uri === null && facts.answered.facts === null;
  if (uri !== null && isHollow) return undoById(ports, uri, actorUri, actor);
  // Some give each Accept of a follow the same id: it is not kept from coming again.
  return endAccepted(ports, facts.answered, actorUri, actor);
}

async function endAccepted(ports: ApplyPorts, answered: CarriedActivity, actorUri: string, actor: Account | null): Promise<Verdict> {
  const quote = actor === null ? null : await answeredQuote(ports, answered, actor);
  if (quote !== null) return refuseAnswered(ports, quote);
  const asked = actor === null ? null : await answeredLeave(ports, answered, actor);
  if (asked !== null) return (await refuseAsked(ports, asked)) ? APPLIED : ignored('nothing_to_undo');
  const follower = await answeredFollower(ports, answered, actorUri);
  if (actor === null || follower === null) return ignored('unknown_follow');
  return (await rejectFollow(ports, follower.id, actor.id)) ? APPLIED : ignored('nothing_to_undo');
}

/**
 * Misskey says that a suspended person is deleted, and takes that back. They are as their server shows them now; posts
 * that went with them stay gone.
 */
async function returned(ports: ApplyPorts, actorUri: string, actor: Account | null): Promise<Verdict> {
  if (actor === null) return ignored('unknown_actor');
  // Fresh: that it was gone a moment ago, when somebody looked, is what this takes back.
  const document = await ports.remote.fetchObject(actorUri, { fresh: true });
  if (!document.ok) return isPassing(document.error.code) ? retry(`actor_unreachable: ${document.error.code}`) : ignored(`actor_${document.error.code}`);
  const read = parseActor(document.value.json);
  if (!read.ok || read.value.uri !== actorUri) return ignored('actor_invalid');
  await ports.store.transaction((tx) => tx.reviveAccount(actor.id));
  const stored = await ingestActor(ports, read.value);
  return stored.ok ? APPLIED : unresolved('actor', stored.error);
}

/** A bare id: what the actor did under it. What is not here is kept from coming. */
async function undoById(ports: ApplyPorts, uri: string, actorUri: string, actor: Account | null): Promise<Verdict> {
  return (await undoAct(ports, uri, actorUri, actor)) ?? (await undoWord(ports, uri, actor)) ?? undoRest(ports, uri, actorUri, actor);
}

/** What it is neither as an act nor as a word: the id of a request to quote, or what is not here and is kept from coming. */
const undoRest = async (ports: ApplyPorts, uri: string, actorUri: string, actor: Account | null): Promise<Verdict> =>
  (await undoRequestById(ports, uri, actor)) ?? deleteOwnStatus(ports, uri, actorUri, actor);

/** A boost, follow, block, favourite or reaction that stands; null: it is none. */
async function undoAct(ports: ApplyPorts, uri: string, actorUri: string, actor: Account | null): Promise<Verdict | null> {
  const [status] = await ports.store.statusesByUris([uri]);
  if (status !== undefined) return status.boostOfId === null ? ignored('undone_type') : deleteOwnStatus(ports, uri, actorUri, actor);
  const act = actor === null ? null : await ports.store.actUnder(actor.id, uri);
  if (actor === null || act === null) return null;
  // Ids of follows are used again.
  if (act.kind === 'follow') return (await unfollowAccount(ports, actor.id, act.objectId)) ? APPLIED : ignored('nothing_to_undo');
  await tombstone(ports, uri, actorUri);
  if (act.kind === 'block') await unblockAccount(ports, actor.id, act.objectId);
  else if (act.kind === 'favourite') await unfavouriteStatus(ports, actor.id, act.objectId);
  else await unreactToStatus(ports, { accountId: actor.id, statusId: act.objectId, name: act.emoji ?? '' });
  return APPLIED;
}

/** The id of an Accept, or of a request for leave; null: it is neither. */
async function undoWord(ports: ApplyPorts, uri: string, actor: Account | null): Promise<Verdict | null> {
  const word = actor === null ? null : await ports.store.consents.heardUnder(actor.id, uri);
  if (actor === null || word === null) return null;
  if (word.what === 'accept') return endAccepted(ports, { uri: word.aboutUri, actorUri: null, facts: null }, actor.uri, actor);
  // Once: two requests may each say that they are about the other.
  return (await undoAct(ports, word.aboutUri, actor.uri, actor)) ?? undoRest(ports, word.aboutUri, actor.uri, actor);
}

/** The id of a QuoteRequest that was granted; null: it is none. */
async function undoRequestById(ports: ApplyPorts, uri: string, actor: Account | null): Promise<Verdict | null> {
  const quotingId = actor === null ? null : await ports.store.quoteByRequest(actor.id, uri);
  const [quoting] = quotingId === null ? [] : await ports.store.statusesByIds([quotingId]);
  return actor === null || quoting === undefined ? null : withdrawQuote(ports, quoting.uri, actor);
}
