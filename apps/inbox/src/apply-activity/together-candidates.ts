import { activityFacts, parseActor, parseLocalUri, type ActivityFacts, type IncomingActivity, type ObjectRef, type RemoteNote } from '@trunkline/activitypub';
import { fail, type Result } from '@trunkline/kernel';
import { lineOf, readStored } from './apply-activity.js';
import type { Candidate, EditCandidate, PostCandidate, ProfileCandidate, Said, TieCandidate, TogetherRow, VoteCandidate } from './candidate-kinds.js';
import { inlineNote, namesLeave, type NoteFailure } from './create.js';
import { inTurns } from './in-turns.js';
import { passedOnBy } from './passed-on-candidates.js';
import type { ApplyPorts, FactsOf } from './ports.js';
import { idleLinesOf, linesOf, looseLinesOf } from './together-lines.js';
import { ignored } from './verdict.js';

/** Of each line the rows before the first one that has to be applied by itself. */
export async function candidatesOf(ports: ApplyPorts, rows: readonly TogetherRow[]): Promise<Candidate[]> {
  const ended = new Set<string>();
  const read = await inTurns(rows, (row) => {
    const candidate = ended.has(lineOf(row)) ? null : readable(() => candidateOf(ports, row));
    if (candidate === null) ended.add(lineOf(row));
    return candidate;
  });
  return read.filter((candidate) => candidate !== null);
}

/** What cannot even be read is the trouble of its own row. */
function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

const TYPES: readonly string[] = ['Announce', 'Block', 'Create', 'Delete', 'EmojiReact', 'Follow', 'Like', 'Undo', 'Update'];

function candidateOf(ports: ApplyPorts, row: TogetherRow): Candidate | null {
  if (!TYPES.includes(row.activityType)) return null;
  const read = readStored(ports, row);
  if (!read.ok || row.signerHost !== read.value.host) return null;
  const { activity, type } = read.value;
  const said: Said = { row, read: read.value, passedOn: null, ...linesOf(row.actorUri) };
  if (type === 'Create') return postOf(ports, said, activity);
  const facts = activityFacts(activity);
  return facts.ok ? candidateBy(ports, said, facts.value) : { ...said, ...idleLinesOf(row.actorUri), kind: 'nothing', reason: facts.error.code };
}

function candidateBy(ports: ApplyPorts, base: Said, facts: ActivityFacts): Candidate | null {
  switch (facts.kind) {
    case 'group-delivery':
      return passedOnBy(ports, base, facts);
    case 'boost':
      return { ...base, ...looseLinesOf(base.row.actorUri, [facts.uri]), kind: 'reaction', facts };
    case 'like':
    case 'reaction':
      return { ...base, kind: 'reaction', facts };
    case 'update':
      if (facts.what === 'account') return profileOf(base, facts.object);
      return facts.what === 'post' ? editOf(ports, base, facts.object) : null;
    case 'delete':
      if (facts.what === 'account') return { ...base, kind: 'leave' };
      return facts.what === 'stamp' ? null : { ...base, kind: 'end', uri: facts.uri, boostedUri: null };
    case 'follow':
      return tieOf(ports, { ...base, kind: 'follow', undoneUri: null }, facts.objectUri);
    case 'block':
      // What moderators of groups do is another matter.
      return facts.groupUri === null ? tieOf(ports, { ...base, kind: 'block', undoneUri: null }, facts.uri) : null;
    case 'undo':
      return undoneBy(ports, base, facts);
    default:
      return null;
  }
}

function undoneBy(ports: ApplyPorts, base: Said, { undone: { uri, facts } }: FactsOf<'undo'>): Candidate | null {
  switch (facts?.kind) {
    case 'like':
      return { ...base, kind: 'unlike', uri, statusUri: facts.uri };
    case 'reaction':
      return { ...base, kind: 'unreact', uri, facts };
    case 'boost':
      return { ...base, kind: 'end', uri, boostedUri: facts.uri };
    case 'follow':
      return tieOf(ports, { ...base, kind: 'unfollow', undoneUri: uri }, facts.objectUri);
    case 'block':
      return facts.groupUri === null ? tieOf(ports, { ...base, kind: 'unblock', undoneUri: uri }, facts.uri) : null;
    default:
      return null;
  }
}

function tieOf(ports: ApplyPorts, base: Said & Pick<TieCandidate, 'kind' | 'undoneUri'>, targetUri: string): TieCandidate | null {
  const target = parseLocalUri(ports.settings.baseUrl, targetUri);
  return target?.kind === 'actor' ? { ...base, targetId: target.accountId } : null;
}

function editOf(ports: ApplyPorts, base: Said, object: ObjectRef): EditCandidate | null {
  const note = inlineNote(ports, object, base.row.actorUri);
  // A neighbour's post: their server is asked, by itself.
  return note === null || (!note.ok && note.error.code === 'foreign_author') || bringsLeave(note) ? null : { ...base, kind: 'edit', note };
}

const bringsLeave = (note: Result<RemoteNote, NoteFailure>): boolean => note.ok && namesLeave(note.value);

function profileOf(base: Said, object: ObjectRef): ProfileCandidate | null {
  const actor = object.json === null ? null : parseActor(object.json);
  return actor?.ok === true && actor.value.uri === base.row.actorUri ? { ...base, kind: 'profile', actor: actor.value } : null;
}

function postOf(ports: ApplyPorts, base: Said, activity: IncomingActivity): PostCandidate | VoteCandidate | null {
  const note = activity.objects.length > 1 ? null : inlineNote(ports, activity.object, base.row.actorUri);
  if (activity.objects.length > 1 || (note?.ok === true && note.value.isPollVote)) return voteOf(base, activity);
  // Where the post names nobody its activity may, which is read one by one.
  if (note === null || bringsLeave(note) || (note.ok && note.value.to.length === 0 && note.value.cc.length === 0)) return null;
  if (note.ok) return { ...base, kind: 'post', note };
  const refusal = refusalByFacts(activity);
  // Written in the name of another account: its server is asked, by itself.
  if (refusal === null && note.error.code === 'foreign_author') return null;
  return { ...base, kind: 'post', note: refusal ?? note };
}

function voteOf(base: Said, activity: IncomingActivity): VoteCandidate | null {
  const facts = activityFacts(activity);
  return facts.ok && facts.value.kind === 'vote' ? { ...base, kind: 'vote', facts: facts.value } : null;
}

/** Why it is let go, as one by one would say it. What can be read is not asked twice: this is the hot path. */
function refusalByFacts(activity: IncomingActivity): Result<RemoteNote, NoteFailure> | null {
  const facts = activityFacts(activity);
  return facts.ok ? null : fail({ code: facts.error.code, verdict: ignored(facts.error.code) });
}
