import type { Account, Status } from '@trunkline/domain';
import { isTooLate, keptHandle } from '@trunkline/social';
import { refusalOf } from './apply-activity.js';
import type { ApplyPorts } from './ports.js';
import { senderOf, type Candidate, type EditCandidate, type ReactionCandidate, type WithdrawCandidate } from './candidate-kinds.js';
import { isEditByOrigin, isOfGroup, isReadAtOrigin, refusalByGroup } from './passed-on-choice.js';
import { isContradicted } from './told-by-origin.js';
import { isOurStatus, type Knowledge } from './together-knowledge.js';

/** With what takes more boosts with it, nobody else waits. */
const BOOSTS_MAX = 500;

/** In the order in which a pass applies them: what one actor says in another order takes several passes. */
const PLACES: Readonly<Record<Candidate['kind'], number>> = {
  alone: 0, follow: 0, post: 1, share: 1, vote: 1, reaction: 1, edit: 2, unlike: 3, unreact: 3, unfollow: 4, block: 4, unblock: 5, end: 5, withdraw: 5, profile: 6, leave: 7, nothing: 8,
};

/** What becomes of the candidates of one pass, each list in the order in which they came. */
export interface Choice {
  readonly ready: readonly Candidate[];
  readonly refused: readonly { readonly candidate: Candidate; readonly reason: string }[];
  /** For the next pass: they rest on what this one does. */
  readonly later: readonly Candidate[];
}

type Readiness = 'ready' | 'later' | 'apart';

/**
 * Divides the candidates of a batch, again for each pass. What needs somebody else's answer (or is of a kind that goes one by one) goes on
 * one by one, and so does all that waits for it.
 */
export class TogetherChoice {
  /** Lines that go on one by one. */
  private readonly ended = new Set<string>();
  /** What they would bring. */
  private readonly comesApart = new Set<string>();

  /** @param areAll no other row of the batch may bring what is not here */
  constructor(
    private readonly ports: Pick<ApplyPorts, 'policy' | 'settings' | 'clock'>,
    private readonly areAll: boolean,
  ) {}

  choose(candidates: readonly Candidate[], known: Knowledge): Choice {
    const choice = { ready: [] as Candidate[], refused: [] as { candidate: Candidate; reason: string }[], later: [] as Candidate[] };
    const places = new Map<string, number>();
    const subjects = new Set<string>();
    const postponed = new Set<string>();
    const comes = new Set<string>();
    for (const candidate of candidates) {
      const { waitsFor, holds } = candidate;
      const reason = this.refusal(candidate, known);
      const place = PLACES[candidate.kind];
      const subject = `${candidate.row.actorUri} ${subjectOf(candidate)}`;
      const mustWait = subjects.has(subject) || waitsFor.some((line) => postponed.has(line) || place < (places.get(line) ?? 0));
      const isApart = waitsFor.some((line) => this.ended.has(line));
      const readiness = isApart ? 'apart' : mustWait ? 'later' : reason === null ? this.readiness(candidate, known, comes) : 'ready';
      if (readiness === 'later') {
        for (const line of holds) postponed.add(line);
        choice.later.push(candidate);
      } else if (readiness === 'apart') {
        for (const line of holds) this.ended.add(line);
        for (const uri of madeBy(candidate)) this.comesApart.add(uri);
      } else if (reason !== null) choice.refused.push({ candidate, reason });
      else {
        for (const line of holds) places.set(line, Math.max(place, places.get(line) ?? 0));
        if (subjectOf(candidate) !== null) subjects.add(subject);
        for (const uri of madeBy(candidate)) comes.add(uri);
        choice.ready.push(candidate);
      }
    }
    return choice;
  }

  /** Why nothing comes of it, as one by one would say it; null: something may. */
  private refusal(candidate: Candidate, known: Knowledge): string | null {
    const { passedOn } = candidate;
    const sender = known.people.get(senderOf(candidate)) ?? null;
    const reason = refusalOf(this.ports, passedOn?.read ?? candidate.read, sender);
    // What cannot be understood is told of those, too, who are gone.
    if (candidate.kind === 'nothing' && passedOn === null) return reason === null || reason === 'actor_gone' ? candidate.reason : reason;
    const byGroup = reason !== null || passedOn === null ? reason : refusalByGroup(candidate, passedOn, { group: sender, known });
    return byGroup ?? (candidate.kind === 'nothing' ? candidate.reason : null);
  }

  private readiness(candidate: Candidate, known: Knowledge, comes: ReadonlySet<string>): Readiness {
    const author = known.people.get(candidate.row.actorUri);
    switch (candidate.kind) {
      case 'post':
      case 'vote':
        return author === undefined ? 'apart' : 'ready';
      case 'reaction':
        return this.reaction(candidate, { author, known, comes });
      case 'edit':
        return this.edit(candidate, { author, known, comes });
      case 'end':
        // What it says is passed on by what stood before the pass.
        if (candidate.uri !== null && comes.has(candidate.uri)) return 'later';
        return candidate.uri !== null && !endsAtOnce(known.statuses.get(candidate.uri), candidate.uri, known) ? 'apart' : 'ready';
      case 'profile':
        return author === undefined || keptHandle(author, candidate.actor) !== null ? 'ready' : 'apart';
      case 'follow':
      case 'block':
        return author === undefined && known.here.get(candidate.targetId)?.deletedAt === null ? 'apart' : 'ready';
      case 'share':
        if (isReadAtOrigin(this.ports, candidate, known)) return 'apart';
        return candidate.note !== null || known.statuses.has(candidate.uri) ? 'ready' : comes.has(candidate.uri) ? 'later' : 'apart';
      case 'withdraw':
        return this.withdrawal(candidate, known, comes);
      case 'unlike':
      case 'unreact':
        // Whether it says so itself its own server is asked.
        return candidate.passedOn?.isVouched === false ? 'apart' : 'ready';
      case 'unfollow':
      case 'unblock':
      case 'leave':
      case 'nothing':
        return 'ready';
      case 'alone':
        return 'apart';
    }
  }

  /** Of something unknown, when an earlier row brings it, or it would have to be fetched; by somebody unknown, unless nothing comes of it. */
  private reaction(
    { facts, passedOn }: ReactionCandidate,
    { author, known, comes }: { readonly author: Account | undefined; readonly known: Knowledge; readonly comes: ReadonlySet<string> },
  ): Readiness {
    if (passedOn?.isVouched === false) return 'apart';
    const isKnown = known.statuses.has(facts.uri);
    const comesToNothing = facts.kind === 'boost' ? !isOurStatus(this.ports, facts.uri) && (author === undefined || !known.followed.has(author.id)) : !isKnown;
    if (isKnown) return author === undefined && !comesToNothing ? 'apart' : 'ready';
    const absent = this.absent(facts.uri, comes);
    return absent === 'ready' && !comesToNothing ? 'apart' : absent;
  }

  /** What is not here: whether that is sure. */
  private absent(uri: string, comes: ReadonlySet<string>): Readiness {
    if (comes.has(uri)) return 'later';
    return !this.areAll || this.comesApart.has(uri) ? 'apart' : 'ready';
  }

  private withdrawal(candidate: WithdrawCandidate, known: Knowledge, comes: ReadonlySet<string>): Readiness {
    const status = known.statuses.get(candidate.uri);
    if (status === undefined) return this.absent(candidate.uri, comes);
    if (status.local) return 'ready';
    return isOfGroup(candidate, status, known) && status.boostsCount <= BOOSTS_MAX ? 'ready' : 'apart';
  }

  private edit(candidate: EditCandidate, { author, known, comes }: { readonly author: Account | undefined; readonly known: Knowledge; readonly comes: ReadonlySet<string> }): Readiness {
    const { note } = candidate;
    if (!note.ok) return 'ready';
    const { uri } = note.value;
    const standing = known.statuses.get(uri);
    if (candidate.passedOn !== null) {
      if (standing === undefined) return this.absent(uri, comes);
      return !standing.local && isEditByOrigin(this.ports, candidate, { note: note.value, standing, author, known }) ? 'apart' : 'ready';
    }
    if (standing !== undefined) return author === undefined || isContradicted(candidate.read.activity, note.value, standing, author) ? 'apart' : 'ready';
    if (comes.has(uri)) return 'later';
    // What concerns somebody here may be as good as its Create.
    return known.relevant.has(candidate) && (author === undefined || (author.suspendedAt === null && !isTooLate(this.ports, note.value))) ? 'apart' : 'ready';
  }
}

/** Of these an actor has one in a pass. */
function subjectOf(candidate: Candidate): string | null {
  if (candidate.kind === 'profile' || candidate.kind === 'leave') return candidate.kind;
  // What somebody likes and reacts to goes by the one that came first.
  if (candidate.kind === 'reaction') return candidate.facts.kind === 'boost' ? null : candidate.facts.uri;
  if (candidate.kind === 'unreact') return candidate.facts.uri;
  if (candidate.kind === 'edit') return candidate.note.ok ? candidate.note.value.uri : null;
  return 'targetId' in candidate ? candidate.targetId : null;
}

function madeBy(candidate: Candidate): readonly string[] {
  if (candidate.kind === 'alone') return candidate.brings;
  if (candidate.kind === 'share') return [...(candidate.note === null ? [] : [candidate.uri]), candidate.passedOn.read.activity.id ?? []].flat();
  if (candidate.kind === 'reaction') return candidate.read.activity.id === null ? [] : [candidate.read.activity.id];
  return (candidate.kind === 'post' || candidate.kind === 'edit') && candidate.note.ok ? [candidate.note.value.uri] : [];
}

const endsAtOnce = (status: Status | undefined, uri: string, known: Knowledge): boolean => (status === undefined ? !known.stamps.has(uri) : status.boostsCount <= BOOSTS_MAX);
