import { activityFacts, parseActor, parseLocalUri, type ActivityFacts, type IncomingActivity, type ObjectRef, type RemoteActor, type RemoteNote } from '@trunkline/activitypub';
import { fail, type AccountId, type Result } from '@trunkline/kernel';
import { readStored, type ReadActivity, type StoredActivity } from './apply-activity.js';
import { inlineNote, type NoteFailure } from './create.js';
import type { ApplyPorts, FactsOf } from './ports.js';
import { ignored } from './verdict.js';

export interface TogetherRow extends StoredActivity {
  readonly activityType: string;
  readonly trace: string | null;
}

interface Base {
  readonly row: TogetherRow;
  readonly read: ReadActivity;
}

/** A Create with its post inline. */
export interface PostCandidate extends Base {
  readonly kind: 'post';
  readonly note: Result<RemoteNote, NoteFailure>;
}

/** A plain Like, or a boost. */
export interface ReactionCandidate extends Base {
  readonly kind: 'reaction';
  readonly facts: FactsOf<'like' | 'boost'>;
}

/** An Update with its post inline. */
export interface EditCandidate extends Base {
  readonly kind: 'edit';
  readonly note: Result<RemoteNote, NoteFailure>;
}

/** An Update with the actor's own document inline. */
export interface ProfileCandidate extends Base {
  readonly kind: 'profile';
  readonly actor: RemoteActor;
}

/** Something of the actor's own ends: a post, or a boost that is undone by its id or by what it boosted. */
export interface EndCandidate extends Base {
  readonly kind: 'end';
  /** null: the Undo says no id. */
  readonly uri: string | null;
  readonly boostedUri: string | null;
}

/** Delete of the actor itself. */
export interface LeaveCandidate extends Base {
  readonly kind: 'leave';
}

/** Undo of a Like. */
export interface UnlikeCandidate extends Base {
  readonly kind: 'unlike';
  readonly uri: string | null;
  readonly statusUri: string;
}

/** Follow of somebody here, or its Undo. */
export interface TieCandidate extends Base {
  readonly kind: 'follow' | 'unfollow';
  readonly targetId: AccountId;
}

/** What may be applied together with others, as far as it can be said without asking anybody. */
export type Candidate = PostCandidate | ReactionCandidate | EditCandidate | ProfileCandidate | EndCandidate | LeaveCandidate | UnlikeCandidate | TieCandidate;

/** Of each actor the rows before the first one that has to be applied by itself. */
export function candidatesOf(ports: ApplyPorts, rows: readonly TogetherRow[]): Candidate[] {
  const ended = new Set<string>();
  return rows.flatMap((row) => {
    const candidate = ended.has(row.actorUri) ? null : readable(() => candidateOf(ports, row));
    if (candidate !== null) return candidate;
    ended.add(row.actorUri);
    return [];
  });
}

/** What cannot even be read is the trouble of its own row. */
function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

const TYPES: readonly string[] = ['Announce', 'Create', 'Delete', 'Follow', 'Like', 'Undo', 'Update'];

function candidateOf(ports: ApplyPorts, row: TogetherRow): Candidate | null {
  if (!TYPES.includes(row.activityType)) return null;
  const read = readStored(ports, row);
  if (!read.ok || row.signerHost !== read.value.host) return null;
  const { activity, type } = read.value;
  const base = { row, read: read.value };
  if (type === 'Create') return postOf(ports, base, activity);
  const facts = activityFacts(activity);
  return facts.ok ? candidateBy(ports, base, facts.value) : null;
}

function candidateBy(ports: ApplyPorts, base: Base, facts: ActivityFacts): Candidate | null {
  switch (facts.kind) {
    case 'like':
    case 'boost':
      return { ...base, kind: 'reaction', facts };
    case 'update':
      if (facts.what === 'account') return profileOf(base, facts.object);
      return facts.what === 'post' ? editOf(ports, base, facts.object) : null;
    case 'delete':
      if (facts.what === 'account') return { ...base, kind: 'leave' };
      return facts.what === 'stamp' ? null : { ...base, kind: 'end', uri: facts.uri, boostedUri: null };
    case 'follow':
      return tieOf(ports, { ...base, kind: 'follow' }, facts.objectUri);
    case 'undo':
      return undoneBy(ports, base, facts);
    default:
      return null;
  }
}

function undoneBy(ports: ApplyPorts, base: Base, { undone: { uri, facts } }: FactsOf<'undo'>): Candidate | null {
  switch (facts?.kind) {
    case 'like':
      return { ...base, kind: 'unlike', uri, statusUri: facts.uri };
    case 'boost':
      return { ...base, kind: 'end', uri, boostedUri: facts.uri };
    case 'follow':
      return tieOf(ports, { ...base, kind: 'unfollow' }, facts.objectUri);
    default:
      return null;
  }
}

function tieOf(ports: ApplyPorts, base: Base & Pick<TieCandidate, 'kind'>, targetUri: string): TieCandidate | null {
  const target = parseLocalUri(ports.settings.baseUrl, targetUri);
  return target?.kind === 'actor' ? { ...base, targetId: target.accountId } : null;
}

function editOf(ports: ApplyPorts, base: Base, object: ObjectRef): EditCandidate | null {
  const note = inlineNote(ports, object, base.row.actorUri);
  return note === null ? null : { ...base, kind: 'edit', note };
}

function profileOf(base: Base, object: ObjectRef): ProfileCandidate | null {
  const actor = object.json === null ? null : parseActor(object.json);
  return actor?.ok === true && actor.value.uri === base.row.actorUri ? { ...base, kind: 'profile', actor: actor.value } : null;
}

function postOf(ports: ApplyPorts, base: Base, activity: IncomingActivity): PostCandidate | null {
  const note = activity.objects.length > 1 ? null : inlineNote(ports, activity.object, base.row.actorUri);
  if (note === null || (note.ok && note.value.isPollVote)) return null;
  if (note.ok) return { ...base, kind: 'post', note };
  const refusal = refusalByFacts(activity);
  // Written in the name of another account: its server is asked, by itself.
  if (refusal === null && note.error.code === 'foreign_author') return null;
  return { ...base, kind: 'post', note: refusal ?? note };
}

/** Why it is let go, as one by one would say it. What can be read is not asked twice: this is the hot path. */
function refusalByFacts(activity: IncomingActivity): Result<RemoteNote, NoteFailure> | null {
  const facts = activityFacts(activity);
  return facts.ok ? null : fail({ code: facts.error.code, verdict: ignored(facts.error.code) });
}
