import { parseActivity, parseLocalUri, readTypeOf, sameHost, type IncomingActivity, type ObjectRef } from '@trunkline/activitypub';
import { isNarrower, type Account, type Status } from '@trunkline/domain';
import { deleteStatus, ingestEdit, ingestStatus, readNote, resolveAccount, resolveStatus, saveAndAnnounce } from '@trunkline/social';
import { boostOf } from './announce.js';
import { settleQuoteLater } from './answered-quote.js';
import { fetchParentsLater, verdictOf } from './create.js';
import type { ApplyPorts, FactsKind, FactsOf, Handler, Incoming } from './ports.js';
import { hasLocalFollowers } from './relevance.js';
import { restoreInGroup } from './restore.js';
import { editByOrigin } from './told-by-origin.js';
import { APPLIED, ignored, unresolved, type Verdict } from './verdict.js';

/** Of those that one activity brings. */
const POSTS_MAX = 5;

type Delivered = { readonly group: Account; readonly announce: IncomingActivity; readonly inner: IncomingActivity };

/**
 * A group passes on what somebody did in it (FEP-1b12: Lemmy, Mbin, PieFed, NodeBB, Discourse). The group's word is good
 * for what lies on its own server; everything else is asked for where it lies. Its posts come to its followers as boosts
 * of the group, answers within them stand in their threads.
 *
 * @param handle applies what a member did as if that had come from the member
 */
export async function applyGroupDelivery(ports: ApplyPorts, incoming: Incoming<'group-delivery'>, handle: Handler<FactsKind>): Promise<Verdict> {
  const { actor: group, activity: announce } = incoming;
  const { activity: inner, facts } = incoming.facts;
  if (group === null) return ignored('unknown_actor');
  if (group.actorType !== 'Group') return ignored('not_a_group');
  if (!isAboutOurs(ports, facts) && !(await hasLocalFollowers(ports, group))) return ignored('not_relevant');
  const delivered = { group, announce, inner };
  switch (facts.kind) {
    case 'create':
      return first(facts.posts.slice(0, POSTS_MAX).map((post) => () => created(ports, delivered, post)));
    case 'update':
      return facts.what === 'account' ? groupChanged(ports, group, facts) : updated(ports, delivered, facts.object);
    case 'delete':
      return facts.what === 'unknown' ? deleted(ports, delivered, facts.uri) : ignored('group_moderation');
    case 'like':
    case 'reaction':
      return ofMember(ports, incoming, handle);
    case 'undo':
      if (facts.undone.facts?.kind === 'delete' && facts.undone.facts.what === 'unknown') return restoreInGroup(ports, group, announce, facts.undone.facts.uri);
      return facts.undone.facts?.kind === 'like' || facts.undone.facts?.kind === 'reaction' ? ofMember(ports, incoming, handle) : ignored('group_moderation');
    default:
      return ignored('group_moderation');
  }
}

/** Whether it is about a post of somebody here. */
export function isAboutOurs(ports: Pick<ApplyPorts, 'settings'>, facts: FactsOf<FactsKind>): boolean {
  const about = facts.kind === 'undo' ? facts.undone.facts : facts;
  return about !== null && 'uri' in about && about.uri !== null && parseLocalUri(ports.settings.baseUrl, about.uri)?.kind === 'status';
}

async function first(works: readonly (() => Promise<Verdict>)[]): Promise<Verdict> {
  let verdict = ignored('missing_object');
  for (const work of works) {
    const next = await work();
    if (next.kind === 'retry') return next;
    if (verdict.kind !== 'applied') verdict = next;
  }
  return verdict;
}

async function created(ports: ApplyPorts, { group, announce }: Delivered, { uri, json }: ObjectRef): Promise<Verdict> {
  if (uri === null) return ignored('missing_id');
  const stored = json !== null && sameHost(uri, group.uri) ? await storeOwn(ports, uri, json) : null;
  if (stored !== null && stored.kind !== 'applied') return stored;
  const found = await resolveStatus(ports, uri);
  if (!found.ok) return unresolved('object', found.error);
  const status = found.value;
  if (status.inReplyToUri !== null) fetchParentsLater(ports, status);
  if (status.quote?.state === 'pending' && !status.local) settleQuoteLater(ports, status);
  if (!isShownBy(status) || announce.id === null) return APPLIED;
  const row = boostOf(ports, group, status, { ...announce, id: announce.id });
  // Null: the group shows it already, or took it back before.
  await ports.store.transaction((tx) => saveAndAnnounce(tx, row));
  return APPLIED;
}

/** Whether it is a boost of the group: answers within it stand in their threads. */
export const isShownBy = ({ inReplyToId, inReplyToUri, visibility }: Status): boolean =>
  inReplyToId === null && inReplyToUri === null && (visibility === 'public' || visibility === 'unlisted');

/** A post of the group's own server, as the group passes it on. */
async function storeOwn(ports: ApplyPorts, uri: string, json: unknown): Promise<Verdict> {
  const read = await readNote(ports, json);
  if (!read.ok) return unresolved('object', read.error);
  if (read.value.note.uri !== uri) return ignored('id_mismatch');
  return verdictOf(await ingestStatus(ports, read.value.author, read.value.note));
}

/**
 * A changed post: read where it lies, unless that is the group's own server and the post stands in the group. A copy that is for
 * fewer people than the post was may be addressed to the group's alone: then, too, its own address says whose it is.
 */
async function updated(ports: ApplyPorts, { group }: Delivered, { uri, json }: ObjectRef): Promise<Verdict> {
  const [known] = uri === null ? [] : await ports.store.statusesByUris([uri]);
  if (uri === null || known === undefined) return ignored('unknown_status');
  if (known.local) return ignored('local_uri');
  if (json === null || !(await isOfGroup(ports, group, known))) return editByOrigin(ports, known);
  const read = await readNote(ports, json);
  if (!read.ok) return unresolved('object', read.error);
  const { author, note } = read.value;
  if (note.uri !== uri) return ignored('id_mismatch');
  const isForFewer = note.isPlainlyAddressed && isNarrower(note.visibility, known.visibility);
  return isForFewer ? editByOrigin(ports, known) : verdictOf(await ingestEdit(ports, author, note));
}

/** What moderators change of the group itself is what its own address serves. */
async function groupChanged(ports: ApplyPorts, group: Account, facts: FactsOf<'update'>): Promise<Verdict> {
  if (facts.object.uri !== group.uri) return ignored('foreign_profile');
  const read = await resolveAccount(ports, group.uri, { refresh: true });
  return read.ok ? APPLIED : unresolved('actor', read.error);
}

/**
 * Its author or a moderator takes a post away. In the group, on its own server, it is gone; elsewhere only when its address says
 * so. Whatever holds for the post, the group does not show it any more.
 */
async function deleted(ports: ApplyPorts, { group }: Delivered, uri: string): Promise<Verdict> {
  const [status] = await ports.store.statusesByUris([uri]);
  if (status === undefined) return ignored('unknown_status');
  const isTheirs = await isOfGroup(ports, group, status);
  const isShown = (await ports.store.boostIds(group.id, [status.id])).length > 0;
  const ends = !status.local && (isTheirs || (await isGone(ports, uri)));
  // So that the group, and nobody else, can take it back.
  if (isShown || ends) await ports.store.transaction((tx) => tx.addTombstone(uri, group.uri));
  await withdraw(ports, group, status);
  if (ends) await deleteStatus(ports, status);
  return APPLIED;
}

/** It lies on the group's server, and the group shows it or the post that began its thread. What its neighbours write elsewhere is not the group's. */
async function isOfGroup(ports: ApplyPorts, group: Account, { id, uri, conversationId }: Status): Promise<boolean> {
  return sameHost(uri, group.uri) && (await ports.store.boostIds(group.id, [id, conversationId])).length > 0;
}

async function withdraw(ports: ApplyPorts, group: Account, status: Status): Promise<void> {
  const ids = await ports.store.boostIds(group.id, [status.id]);
  for (const shown of ids.length === 0 ? [] : await ports.store.statusesByIds(ids)) await deleteStatus(ports, shown);
}

async function isGone(ports: ApplyPorts, uri: string): Promise<boolean> {
  const document = await ports.remote.fetchObject(uri);
  if (!document.ok) return document.error.code === 'gone' || document.error.code === 'not_found';
  const { json } = document.value;
  return typeof json === 'object' && json !== null && 'type' in json && json.type === 'Tombstone';
}

/** A member's vote: from the group's own server as it is; from elsewhere only when it is about a post of ours, and is there. */
async function ofMember(ports: ApplyPorts, incoming: Incoming<'group-delivery'>, handle: Handler<FactsKind>): Promise<Verdict> {
  const { activity: inner, facts } = incoming.facts;
  const isVouched = sameHost(inner.actorUri, incoming.activity.actorUri);
  if (!isVouched && !isAboutOurs(ports, facts)) return ignored('group_vote');
  if (!isVouched && !(await standsAtItsOrigin(ports, inner))) return ignored('unproven');
  const [actor = null] = await ports.store.accountsByUris([inner.actorUri]);
  if (actor !== null && (actor.domain === null || actor.deletedAt !== null || actor.suspendedAt !== null)) return ignored('actor_suspended');
  return handle(ports, { rowId: incoming.rowId, activity: inner, facts, actor, isFirstHand: false });
}

/** Whether the member's server shows the very same under the activity's id. */
async function standsAtItsOrigin(ports: ApplyPorts, inner: IncomingActivity): Promise<boolean> {
  if (inner.id === null || !sameHost(inner.id, inner.actorUri)) return false;
  const document = await ports.remote.fetchObject(inner.id);
  const read = document.ok && document.value.uri === inner.id ? parseActivity(document.value.json) : null;
  if (read === null || !read.ok) return false;
  const { value } = read;
  return value.actorUri === inner.actorUri && readTypeOf(value) === readTypeOf(inner) && value.object.uri === inner.object.uri;
}
