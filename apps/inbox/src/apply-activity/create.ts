import { parseNote, sameHost, type ObjectRef, type RemoteNote } from '@trunkline/activitypub';
import { fail, ok, type Result } from '@trunkline/kernel';
import { ingestStatus, resolveParents, type IngestOutcome } from '@trunkline/social';
import { isPassing } from '../passing-failures.js';
import { actorOf } from './actor.js';
import { isOurs } from './embedded.js';
import type { ApplyPorts, Incoming } from './ports.js';
import { concernsUs } from './relevance.js';
import { APPLIED, ignored, retry, unresolved, type Verdict } from './verdict.js';

/** A post. Its author is the one who signed; the parents that it answers follow later, since nothing waits for them. */
export async function applyCreate(ports: ApplyPorts, incoming: Incoming): Promise<Verdict> {
  const { activity } = incoming;
  const read = await ownNote(ports, activity.object, activity.actorUri);
  if (!read.ok) return read.error.verdict;
  // Before the author is asked for: a stranger's post that concerns nobody costs no fetch.
  if (!(await concernsUs(ports, incoming.actor, read.value.note))) return ignored('not_relevant');
  const author = await actorOf(ports, incoming);
  if (!author.ok) return unresolved('actor', author.error);
  const { followersUrl: followersUri } = author.value;
  const note = parseNote(read.value.json, { followersUri, actorUri: activity.actorUri });
  if (!note.ok) return ignored(note.error.code);
  const outcome = await ingestStatus(ports, author.value, note.value);
  if (outcome === 'stored') fetchParentsLater(ports, note.value);
  return verdictOf(outcome);
}

export const verdictOf = (outcome: IngestOutcome | 'edited'): Verdict =>
  outcome === 'stored' || outcome === 'known' || outcome === 'edited' ? APPLIED : ignored(outcome);

/**
 * The actor's own note: inline, or read from its id. Another's object in a signed wrapper is worth nothing, and an id
 * of ours never comes from outside.
 */
export async function ownNote(
  ports: ApplyPorts,
  object: ObjectRef,
  actorUri: string,
): Promise<Result<{ note: RemoteNote; json: unknown }, { code: string; verdict: Verdict }>> {
  if (object.uri === null) return refuse('missing_id');
  if (isOurs(ports, object.uri)) return refuse('local_uri');
  if (!sameHost(object.uri, actorUri)) return refuse('foreign_object');
  const json = object.json === null ? await fetchObject(ports, object.uri) : ok<unknown>(object.json);
  if (!json.ok) return json;
  const note = parseNote(json.value, { actorUri });
  if (!note.ok) return refuse(note.error.code);
  if (note.value.attributedTo !== actorUri) return refuse('foreign_author');
  return ok({ note: note.value, json: json.value });
}

async function fetchObject(ports: ApplyPorts, uri: string): Promise<Result<unknown, { code: string; verdict: Verdict }>> {
  const document = await ports.remote.fetchObject(uri);
  if (document.ok) return ok(document.value.json);
  const { code } = document.error;
  return isPassing(code) ? fail({ code, verdict: retry(`object_unreachable: ${code}`) }) : refuse(`object_${code}`);
}

const refuse = (code: string) => fail({ code, verdict: ignored(code) });

/** Walks up the thread in the background; the status reads as a reply as soon as its parent is here. */
export function fetchParentsLater(ports: ApplyPorts, note: Pick<RemoteNote, 'inReplyToUri' | 'uri'>): void {
  const { inReplyToUri, uri } = note;
  if (inReplyToUri === null) return;
  ports.later(`parents ${uri}`, async () => {
    const [status] = await ports.store.statusesByUris([uri]);
    if (status !== undefined && status.inReplyToUri !== null) await resolveParents(ports, status);
  });
}
