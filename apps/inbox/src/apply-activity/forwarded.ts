import { parseNote, sameHost, type IncomingActivity } from '@trunkline/activitypub';
import type { Status } from '@trunkline/domain';
import { deleteStatus, ingestEdit, ingestStatus, readNote } from '@trunkline/social';
import { isPassing } from '../passing-failures.js';
import { revokeIfGone, settleQuoteLater } from './answered-quote.js';
import { fetchAroundLater, verdictOf } from './create.js';
import type { ApplyPorts, Incoming } from './ports.js';
import { concernsUs } from './relevance.js';
import { APPLIED, ignored, retry, type Verdict } from './verdict.js';

/** What a forward says can be learned from the object's own server. */
export function canAskOrigin({ type, object: { uri }, actorUri }: IncomingActivity): boolean {
  return ['Create', 'Update', 'Delete'].includes(type) && uri !== null && uri !== actorUri && sameHost(uri, actorUri);
}

/**
 * An activity that another server passed on. Nothing in it is believed but the object's id, which is asked for at its own
 * server: what comes from there is as good as a delivery.
 *
 * @param byRelay a relay passed it on, which sends what is new everywhere
 */
export async function applyForwarded(ports: ApplyPorts, { activity, actor, facts }: Incoming, byRelay: boolean): Promise<Verdict> {
  const { uri } = activity.object;
  if (uri === null || !sameHost(uri, activity.actorUri)) return ignored('foreign_object');
  if (!['Create', 'Update', 'Delete'].includes(activity.type)) return ignored('forwarded_type');
  const [known] = await ports.store.statusesByUris([uri]);
  if (known === undefined && facts.kind === 'delete' && facts.what === 'stamp') return revokeIfGone(ports, uri, actor);
  // News about what is not here matters only when it is a new post.
  if (known === undefined && activity.type !== 'Create') return ignored('unknown_status');
  if (known?.local === true) return ignored('local_uri');
  const early = activity.type === 'Create' ? await withoutAsking(ports, { activity, actor, known }, byRelay) : null;
  if (early !== null) return early;
  const document = await ports.remote.fetchObject(uri);
  if (!document.ok) {
    const { code } = document.error;
    if (code === 'gone' && known !== undefined) return deleted(ports, known);
    return isPassing(code) ? retry(`object_unreachable: ${code}`) : ignored(`object_${code}`);
  }
  if (document.value.uri !== uri) return ignored('id_mismatch');
  return ingestFetched(ports, activity, document.value.json, { actor, byRelay });
}

/** What can be said of a forwarded Create at once: whoever sends the same again and again must not have its server asked each time. */
async function withoutAsking(
  ports: ApplyPorts,
  { activity, actor, known }: Pick<Incoming, 'activity' | 'actor'> & { readonly known: Status | undefined },
  byRelay: boolean,
): Promise<Verdict | null> {
  if (known !== undefined) return known.accountId === actor?.id ? verdictOf(known.deletedAt === null ? 'known' : 'tombstone') : ignored('foreign_author');
  const told = activity.object.json === null ? null : parseNote(activity.object.json, { actorUri: activity.actorUri });
  return byRelay || told?.ok !== true || (await concernsUs(ports, actor, told.value)) ? null : ignored('not_relevant');
}

async function ingestFetched(ports: ApplyPorts, activity: IncomingActivity, json: unknown, { actor, byRelay }: { readonly actor: Incoming['actor']; readonly byRelay: boolean }): Promise<Verdict> {
  const note = parseNote(json);
  if (!note.ok) return ignored(note.error.code);
  if (note.value.attributedTo !== activity.actorUri) return ignored('foreign_author');
  // A relay brings what concerns nobody yet, as long as everybody may read it.
  if (byRelay && note.value.visibility !== 'public') return ignored('not_public');
  if (activity.type === 'Create' && !byRelay && !(await concernsUs(ports, actor, note.value))) return ignored('not_relevant');
  const read = await readNote(ports, json);
  if (!read.ok) return read.error.code === 'unreachable' ? retry('actor_unreachable') : ignored(read.error.code);
  if (activity.type === 'Update') {
    const edit = await ingestEdit(ports, read.value.author, read.value.note);
    if (edit === 'edited') settleQuoteLater(ports, read.value.note);
    return verdictOf(edit);
  }
  const outcome = await ingestStatus(ports, read.value.author, read.value.note);
  if (outcome === 'stored') fetchAroundLater(ports, read.value.note);
  return verdictOf(outcome);
}

async function deleted(ports: ApplyPorts, status: Parameters<typeof deleteStatus>[1]): Promise<Verdict> {
  await deleteStatus(ports, status);
  return APPLIED;
}
