import type { Account, Status } from '@trunkline/domain';
import { isTooLate, keptHandle } from '@trunkline/social';
import { refusalOf } from './apply-activity.js';
import type { ApplyPorts } from './ports.js';
import type { Candidate, EditCandidate, ReactionCandidate } from './together-candidates.js';
import { isOurStatus, type Knowledge } from './together-knowledge.js';

/** With what takes more boosts with it, nobody else waits. */
const BOOSTS_MAX = 500;

/** In the order in which a pass applies them: what one actor says in another order takes several passes. */
const PLACES: Readonly<Record<Candidate['kind'], number>> = { follow: 0, post: 1, reaction: 1, edit: 2, unlike: 3, unfollow: 4, end: 5, profile: 6, leave: 7 };

/** What becomes of the candidates of one pass, each list in the order in which they came. */
export interface Choice {
  readonly ready: readonly Candidate[];
  readonly refused: readonly { readonly candidate: Candidate; readonly reason: string }[];
  /** For the next pass: they rest on what this one does. */
  readonly later: readonly Candidate[];
}

type Readiness = 'ready' | 'later' | 'apart';

/**
 * Divides the candidates of a batch, again for each pass. Whoever has a row that needs somebody else's answer (or what goes
 * one by one) goes on one by one from that row on.
 */
export class TogetherChoice {
  /** Actors who go on one by one. */
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
      const { actorUri } = candidate.row;
      const reason = refusalOf(this.ports, candidate.read, known.people.get(actorUri) ?? null);
      const place = PLACES[candidate.kind];
      const subject = `${actorUri} ${subjectOf(candidate)}`;
      const mustWait = postponed.has(actorUri) || place < (places.get(actorUri) ?? 0) || subjects.has(subject);
      const readiness = this.ended.has(actorUri) ? 'apart' : mustWait ? 'later' : reason === null ? this.readiness(candidate, known, comes) : 'ready';
      if (readiness === 'later') {
        postponed.add(actorUri);
        choice.later.push(candidate);
      } else if (readiness === 'apart') {
        this.ended.add(actorUri);
        for (const uri of madeBy(candidate)) this.comesApart.add(uri);
      } else if (reason !== null) choice.refused.push({ candidate, reason });
      else {
        places.set(actorUri, place);
        if (subjectOf(candidate) !== null) subjects.add(subject);
        for (const uri of madeBy(candidate)) comes.add(uri);
        choice.ready.push(candidate);
      }
    }
    return choice;
  }

  private readiness(candidate: Candidate, known: Knowledge, comes: ReadonlySet<string>): Readiness {
    const author = known.people.get(candidate.row.actorUri);
    switch (candidate.kind) {
      case 'post':
        return author === undefined ? 'apart' : 'ready';
      case 'reaction':
        return author === undefined ? 'apart' : this.reaction(candidate, { author, known, comes });
      case 'edit':
        return this.edit(candidate, { author, known, comes });
      case 'end':
        // What it says is passed on by what stood before the pass.
        if (candidate.uri !== null && comes.has(candidate.uri)) return 'later';
        return candidate.uri !== null && !endsAtOnce(known.statuses.get(candidate.uri), candidate.uri, known) ? 'apart' : 'ready';
      case 'profile':
        return author === undefined || keptHandle(author, candidate.actor) !== null ? 'ready' : 'apart';
      case 'leave':
        return author === undefined ? 'ready' : 'apart';
      case 'follow':
        return author === undefined && known.here.get(candidate.targetId)?.deletedAt === null ? 'apart' : 'ready';
      case 'unlike':
      case 'unfollow':
        return 'ready';
    }
  }

  /** Of something unknown, when an earlier row brings it, or it would have to be fetched. */
  private reaction({ facts }: ReactionCandidate, { author, known, comes }: { readonly author: Account; readonly known: Knowledge; readonly comes: ReadonlySet<string> }): Readiness {
    if (known.statuses.has(facts.uri)) return 'ready';
    if (comes.has(facts.uri)) return 'later';
    if (!this.areAll || this.comesApart.has(facts.uri)) return 'apart';
    return facts.kind === 'like' || (!isOurStatus(this.ports, facts.uri) && !known.followed.has(author.id)) ? 'ready' : 'apart';
  }

  private edit(candidate: EditCandidate, { author, known, comes }: { readonly author: Account | undefined; readonly known: Knowledge; readonly comes: ReadonlySet<string> }): Readiness {
    const { note } = candidate;
    if (!note.ok) return 'ready';
    const { uri } = note.value;
    if (known.statuses.has(uri)) return author === undefined ? 'apart' : 'ready';
    if (comes.has(uri)) return 'later';
    // What concerns somebody here may be as good as its Create.
    return known.relevant.has(candidate) && (author === undefined || (author.suspendedAt === null && !isTooLate(this.ports, note.value))) ? 'apart' : 'ready';
  }
}

/** Of these an actor has one in a pass. */
function subjectOf(candidate: Candidate): string | null {
  if (candidate.kind === 'profile') return 'profile';
  if (candidate.kind === 'edit') return candidate.note.ok ? candidate.note.value.uri : null;
  return candidate.kind === 'follow' || candidate.kind === 'unfollow' ? candidate.targetId : null;
}

function madeBy(candidate: Candidate): string[] {
  if (candidate.kind === 'reaction') return candidate.read.activity.id === null ? [] : [candidate.read.activity.id];
  return (candidate.kind === 'post' || candidate.kind === 'edit') && candidate.note.ok ? [candidate.note.value.uri] : [];
}

const endsAtOnce = (status: Status | undefined, uri: string, known: Knowledge): boolean => (status === undefined ? !known.stamps.has(uri) : status.boostsCount <= BOOSTS_MAX);
