import { addressedBy, parseNote, sameHost, type ObjectRef, type RemoteNote } from '@trunkline/activitypub';
import { fail, ok, type Result } from '@trunkline/kernel';
import { ingestStatus, meetNamed, resolveParents, resolveStatus, settleReply, type EditOutcome, type FetchPost } from '@trunkline/social';
import { isPassing } from '../passing-failures.js';
import { actorOf } from './actor.js';
import { settleQuoteLater } from './answered-quote.js';
import { isOurs } from './tombstones.js';
import type { ApplyPorts, Incoming } from './ports.js';
import { fetchForPeople, type Lead } from './read-for-people.js';
import { concernsUs } from './relevance.js';
import { APPLIED, ignored, retry, unresolved, type Verdict } from './verdict.js';

/** Of those that one activity brings. */
const POSTS_MAX = 10;

/**
 * A post, seldom several. Its author is the one who signed; the parents that it answers follow later, since nothing waits for them. Most
 * come here only when something has to be fetched for them: the others are stored together, see `apply-together.ts`.
 */
export async function applyCreate(ports: ApplyPorts, incoming: Incoming<'create'>): Promise<Verdict> {
  const verdicts: Verdict[] = [];
  for (const post of incoming.facts.posts.slice(0, POSTS_MAX)) verdicts.push(await createPost(ports, incoming, post));
  return verdicts.find(({ kind }) => kind === 'retry') ?? verdicts.find(({ kind }) => kind === 'applied') ?? verdicts[0] ?? ignored('missing_object');
}

async function createPost(ports: ApplyPorts, incoming: Incoming<'create'>, post: ObjectRef): Promise<Verdict> {
  const note = await ownNote(ports, post, incoming);
  if (!note.ok) return note.error.code === 'foreign_author' ? forGroup(ports, incoming, post) : note.error.verdict;
  // Before the author is asked for: a stranger's post that concerns nobody costs no fetch.
  if (!(await concernsUs(ports, incoming.actor, note.value))) return ignored('not_relevant');
  const author = await actorOf(ports, incoming);
  if (!author.ok) return unresolved('actor', author.error);
  const outcome = await ingestStatus(ports, author.value, addressedBy(note.value, author.value.followersUrl));
  if (outcome === 'stored') fetchAroundLater(ports, note.value, incoming);
  const isDone = outcome === 'stored' || outcome === 'known';
  // Looked at with the post already; again only while the consent's server is away.
  if (isDone && note.value.replyStampUri !== null && (await settleReply(ports, note.value.uri)) === 'unreachable') return retry('consent_unreachable');
  return verdictOf(outcome);
}

/**
 * What somebody wrote in the name of another account of their server, and says so: Mobilizon's members for their group. The
 * word of one account is none for another, so that the server itself is asked, when the post concerns anybody here.
 */
async function forGroup(ports: ApplyPorts, { activity, actor }: Incoming<'create'>, { uri, json }: ObjectRef): Promise<Verdict> {
  const note = parseNote(json);
  if (uri === null || !note.ok || note.value.uri !== uri || json?.['actor'] !== activity.actorUri) return ignored('foreign_author');
  const [author] = await ports.store.accountsByUris([note.value.attributedTo]);
  if (!(await concernsUs(ports, actor, note.value)) && !(await concernsUs(ports, author ?? null, note.value))) return ignored('foreign_author');
  const found = await resolveStatus(ports, uri);
  if (found.ok) return APPLIED;
  return found.error.code === 'unreachable' ? unresolved('object', found.error) : ignored('foreign_author');
}

const DONE: readonly EditOutcome[] = ['stored', 'known', 'edited', 'told'];

export const verdictOf = (outcome: EditOutcome): Verdict => (DONE.includes(outcome) ? APPLIED : ignored(outcome));

export type NoteFailure = { readonly code: string; readonly verdict: Verdict };

/**
 * The actor's own note: inline, or read from its id. Another's object in a signed wrapper is worth nothing, and an id
 * of ours never comes from outside.
 */
export async function ownNote(ports: ApplyPorts, object: ObjectRef, lead: Lead): Promise<Result<RemoteNote, NoteFailure>> {
  const { actorUri } = lead.activity;
  const read = inlineNote(ports, object, actorUri);
  if (read !== null || object.uri === null) return read ?? refuse('missing_id');
  const json = await fetchObject(fetchForPeople(ports, lead), object.uri);
  return json.ok ? noteIn(json.value, actorUri) : json;
}

/** As far as it can be said without asking anybody; null: it has to be fetched. */
export function inlineNote(ports: Pick<ApplyPorts, 'settings'>, object: ObjectRef, actorUri: string): Result<RemoteNote, NoteFailure> | null {
  if (object.uri === null) return refuse('missing_id');
  if (isOurs(ports, object.uri)) return refuse('local_uri');
  if (!sameHost(object.uri, actorUri)) return refuse('foreign_object');
  return object.json === null ? null : noteIn(object.json, actorUri);
}

function noteIn(json: unknown, actorUri: string): Result<RemoteNote, NoteFailure> {
  const note = parseNote(json, { actorUri });
  if (!note.ok) return refuse(note.error.code);
  return note.value.attributedTo === actorUri ? note : refuse('foreign_author');
}

async function fetchObject(fetchPost: FetchPost, uri: string): Promise<Result<unknown, NoteFailure>> {
  const document = await fetchPost(uri);
  if (document.ok) return ok(document.value.json);
  const { code } = document.error;
  return isPassing(code) ? fail({ code, verdict: retry(`object_unreachable: ${code}`) }) : refuse(`object_${code}`);
}

/** An answer that names the consent of whom it answers, which is asked for. */
export const namesLeave = (note: RemoteNote): boolean => note.inReplyToUri !== null && note.replyStampUri !== null;

const refuse = (code: string): Result<never, NoteFailure> => fail({ code, verdict: ignored(code) });

/** What a new post answers, and what it quotes. */
export function fetchAroundLater(ports: ApplyPorts, note: RemoteNote, lead?: Lead): void {
  fetchParentsLater(ports, note, lead);
  settleQuoteLater(ports, note);
  meetNamedLater(ports, note);
}

/** Whom a post names and nobody here knows yet; `known`: who is. */
export function meetNamedLater(ports: ApplyPorts, note: RemoteNote, known?: ReadonlyMap<string, unknown>): void {
  if (note.mentions.every(({ href }) => known?.has(href) === true)) return;
  ports.later(`mentions ${note.uri}`, () => meetNamed(ports, note));
}

/** Walks up the thread in the background; the status reads as a reply as soon as its parent is here. `lead`: what brought the post. */
export function fetchParentsLater(ports: ApplyPorts, note: Pick<RemoteNote, 'inReplyToUri' | 'uri'>, lead?: Lead): void {
  const { inReplyToUri, uri } = note;
  if (inReplyToUri === null) return;
  ports.later(`parents ${uri}`, async () => {
    const [status] = await ports.store.statusesByUris([uri]);
    if (status !== undefined && status.inReplyToUri !== null) await resolveParents(ports, status, lead === undefined ? undefined : fetchForPeople(ports, lead));
  });
}
