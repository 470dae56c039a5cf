import { activityFacts, type IncomingActivity, type RemoteNote } from '@trunkline/activitypub';
import { fail, type Result } from '@trunkline/kernel';
import { readStored, type ReadActivity, type StoredActivity } from './apply-activity.js';
import { inlineNote, type NoteFailure } from './create.js';
import type { ApplyPorts, FactsOf } from './ports.js';
import { ignored } from './verdict.js';

export interface TogetherRow extends StoredActivity {
  readonly activityType: string;
  readonly trace: string | null;
}

/** A Create with its post inline. */
export interface PostCandidate {
  readonly kind: 'post';
  readonly row: TogetherRow;
  readonly read: ReadActivity;
  readonly note: Result<RemoteNote, NoteFailure>;
}

/** A plain Like, or a boost. */
export interface ReactionCandidate {
  readonly kind: 'reaction';
  readonly row: TogetherRow;
  readonly read: ReadActivity;
  readonly facts: FactsOf<'like' | 'boost'>;
}

/** What may be applied together with others, as far as it can be said without asking anybody. */
export type Candidate = PostCandidate | ReactionCandidate;

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

function candidateOf(ports: ApplyPorts, row: TogetherRow): Candidate | null {
  if (!['Create', 'Like', 'Announce'].includes(row.activityType)) return null;
  const read = readStored(ports, row);
  if (!read.ok || row.signerHost !== read.value.host) return null;
  return read.value.type === 'Create' ? postOf(ports, row, read.value) : reactionOf(row, read.value);
}

function postOf(ports: ApplyPorts, row: TogetherRow, read: ReadActivity): PostCandidate | null {
  const { activity } = read;
  const note = activity.objects.length > 1 ? null : inlineNote(ports, activity.object, row.actorUri);
  if (note === null || (note.ok && note.value.isPollVote)) return null;
  if (note.ok) return { kind: 'post', row, read, note };
  const refusal = refusalByFacts(activity);
  // Written in the name of another account: its server is asked, by itself.
  if (refusal === null && note.error.code === 'foreign_author') return null;
  return { kind: 'post', row, read, note: refusal ?? note };
}

/** Why it is let go, as one by one would say it. What can be read is not asked twice: this is the hot path. */
function refusalByFacts(activity: IncomingActivity): Result<RemoteNote, NoteFailure> | null {
  const facts = activityFacts(activity);
  return facts.ok ? null : fail({ code: facts.error.code, verdict: ignored(facts.error.code) });
}

function reactionOf(row: TogetherRow, read: ReadActivity): ReactionCandidate | null {
  const facts = activityFacts(read.activity);
  if (!facts.ok || (facts.value.kind !== 'like' && facts.value.kind !== 'boost')) return null;
  return { kind: 'reaction', row, read, facts: facts.value };
}
