import { hostOf, parseNote, readTypeOf, sameHost, type ActivityFacts, type IncomingActivity, type ObjectRef, type RemoteNote } from '@trunkline/activitypub';
import type { Candidate, PassedOn, Said } from './candidate-kinds.js';
import { namesLeave } from './create.js';
import { isAboutOurs } from './group-delivery.js';
import type { ApplyPorts, FactsOf } from './ports.js';
import { idleLinesOf, looseLinesOf, voteLinesOf } from './together-lines.js';

type Passed = Said & { readonly passedOn: PassedOn };

/**
 * What a member of a group says, as the group passes it on (see `group-delivery.ts`), as far as it can be said without asking anybody. It
 * follows what the same member said in the group, and what was said there of the same post.
 */
export function passedOnBy(ports: Pick<ApplyPorts, 'settings'>, { row, read }: Said, { groupUri, activity: inner, facts }: FactsOf<'group-delivery'>): Candidate {
  const { actorUri } = inner;
  const passedOn: PassedOn = { groupUri, read, isAboutOurs: isAboutOurs(ports, facts), isVouched: sameHost(actorUri, groupUri) };
  const [host, type] = [hostOf(actorUri), readTypeOf(inner)];
  const brings = facts.kind === 'create' ? facts.posts.flatMap(({ uri }) => uri ?? []) : [];
  const alone: Candidate = { row, read, passedOn, ...looseLinesOf(groupUri, [actorUri, ...aboutOf(inner, facts), ...brings]), kind: 'alone', brings };
  if (host === null || type === null) return alone;
  const said = { row: { ...row, actorUri }, read: { activity: inner, type, host }, passedOn };
  const candidate = candidateBy({ ...said, ...looseLinesOf(groupUri, [actorUri, ...aboutOf(inner, facts)]) }, facts) ?? alone;
  if (isVote(candidate) && !passedOn.isVouched && !passedOn.isAboutOurs) return nothing(said, 'group_vote');
  return isVote(candidate) ? { ...candidate, ...voteLinesOf(groupUri, actorUri, aboutOf(inner, facts)) } : candidate;
}

/** null: it is applied by itself. */
function candidateBy(said: Passed, facts: ActivityFacts): Candidate | null {
  switch (facts.kind) {
    case 'create':
      return shareOf(said, facts.posts);
    case 'update':
      if (facts.what === 'account' && facts.object.uri !== said.passedOn.groupUri) return nothing(said, 'foreign_profile');
      return facts.what === 'post' ? editOf(said, facts.object) : null;
    case 'delete':
      return facts.what === 'unknown' ? { ...said, kind: 'withdraw', uri: facts.uri } : moderation(said);
    case 'like':
    case 'reaction':
      return { ...said, kind: 'reaction', facts };
    case 'undo':
      return undoneBy(said, facts);
    default:
      return moderation(said);
  }
}

export const isVote = ({ kind }: Candidate): boolean => kind === 'reaction' || kind === 'unlike' || kind === 'unreact';

const nothing = (said: Omit<Passed, 'waitsFor' | 'holds'>, reason: string): Candidate => ({ ...said, ...idleLinesOf(said.passedOn.groupUri), kind: 'nothing', reason });
const moderation = (said: Passed): Candidate => nothing(said, 'group_moderation');

function undoneBy(said: Passed, { undone: { uri, facts } }: FactsOf<'undo'>): Candidate | null {
  switch (facts?.kind) {
    case 'like':
      return { ...said, kind: 'unlike', uri, statusUri: facts.uri };
    case 'reaction':
      return { ...said, kind: 'unreact', uri, facts };
    case 'delete':
      return facts.what === 'unknown' ? null : moderation(said);
    default:
      return moderation(said);
  }
}

function shareOf(said: Passed, [post, ...others]: readonly ObjectRef[]): Candidate | null {
  if (post?.uri == null || others.length > 0) return null;
  const { uri, json } = post;
  if (json === null || !sameHost(uri, said.passedOn.groupUri)) return { ...said, kind: 'share', uri, note: null };
  const note = noteOf(json, uri);
  if (note === null) return null;
  const { groupUri } = said.passedOn;
  const about = [said.row.actorUri, uri, ...(note.inReplyToUri === null ? [] : [note.inReplyToUri])];
  return { ...said, ...looseLinesOf(groupUri, about), kind: 'share', uri, note };
}

/** Whoever of them changed it: it is its author's. */
function editOf(said: Passed, { uri, json }: ObjectRef): Candidate | null {
  const note = uri === null || json === null ? null : noteOf(json, uri);
  return note === null ? null : { ...said, row: { ...said.row, actorUri: note.attributedTo }, kind: 'edit', note: { ok: true, value: note } };
}

/** null: there is more to be asked about it, or to be said. */
function noteOf(json: unknown, uri: string): RemoteNote | null {
  const note = parseNote(json);
  const isPlain = note.ok && note.value.uri === uri && sameHost(uri, note.value.attributedTo) && !note.value.isPollVote && !namesLeave(note.value);
  return isPlain ? note.value : null;
}

/** The post that it is about, if it is one. */
function aboutOf({ object }: IncomingActivity, facts: ActivityFacts): string[] {
  const about = facts.kind === 'undo' ? facts.undone.facts : facts;
  if (about !== null && 'uri' in about) return [about.uri];
  return object.uri === null ? [] : [object.uri];
}
