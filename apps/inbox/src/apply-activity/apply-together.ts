import { addressedBy, type IncomingActivity, type RemoteNote } from '@trunkline/activitypub';
import { StatusForwardedV1 } from '@trunkline/contracts';
import type { Account } from '@trunkline/domain';
import type { Snowflake } from '@trunkline/kernel';
import { namedUris, peopleByUri, peopleNamed, readPost, storePosts, type Ingested, type SocialTransaction } from '@trunkline/social';
import { refreshLater } from './actor.js';
import { settleQuoteLater } from './answered-quote.js';
import { refusalOf } from './apply-activity.js';
import { fetchParentsLater, meetNamedLater, verdictOf } from './create.js';
import { forwardOfAnswer } from './forward-answer.js';
import type { ApplyPorts } from './ports.js';
import { judgeReactions, needsNobody, storeReactions, targetsOf, type Targets } from './reactions-together.js';
import { concerning } from './relevance.js';
import { candidatesOf, type Candidate, type PostCandidate, type ReactionCandidate, type TogetherRow } from './together-candidates.js';
import { ignored, type Verdict } from './verdict.js';

/** What became of a row; `reason` when it is ignored. */
interface Settled {
  readonly id: Snowflake;
  readonly reason: string | null;
}

export interface TogetherPorts extends ApplyPorts {
  /** One transaction over social state and the ledger's rows. */
  settling<T>(work: (tx: SocialTransaction, settle: (rows: readonly Settled[]) => Promise<void>) => Promise<T>): Promise<T>;
}

interface Wanted {
  readonly row: TogetherRow;
  readonly activity: IncomingActivity;
  readonly author: Account;
  readonly note: RemoteNote;
}

type People = ReadonlyMap<string, Account>;
type Verdicts = Map<Snowflake, Verdict>;

/**
 * Applies and marks, in transactions of multi-row statements, those rows that need nothing but this database: at the head
 * of each actor's rows, of people who are known here, Creates with the post inline, and Likes and boosts of what is here. The
 * rules are those of one by one. What is not answered is left to that.
 *
 * @param rows in the order in which they came
 * @throws whatever a statement throws; then what is not marked is not applied
 */
export async function applyTogether(ports: TogetherPorts, rows: readonly TogetherRow[]): Promise<ReadonlyMap<Snowflake, Verdict>> {
  const relays = await ports.relayBook.actors();
  const candidates = candidatesOf(ports, relays.size === 0 ? rows : rows.filter((row) => !relays.has(row.actorUri)));
  if (candidates.length === 0) return new Map();
  const people = peopleByUri(await ports.store.accountsByUris(urisOf(candidates)));
  const targets = await targetsOf(ports, candidates, people);
  const ready = readyOf(ports, candidates, { people, targets, areAll: candidates.length === rows.length });
  const verdicts: Verdicts = new Map();
  const allowed = ready.filter(({ row, read }) => {
    const refusal = refusalOf(ports, read, people.get(row.actorUri) ?? null);
    if (refusal !== null) verdicts.set(row.id, ignored(refusal));
    return refusal === null;
  });
  const posts = allowed.filter((candidate) => candidate.kind === 'post');
  const reactions = allowed.filter((candidate) => candidate.kind === 'reaction');
  // What reactions are about stood before the posts: what a post brings has its reaction applied after it.
  if (posts.length > 0 || reactions.length === 0) await applyPosts(ports, posts, people, verdicts);
  if (reactions.length > 0) await applyReactions(ports, reactions, { people, targets }, verdicts);
  return verdicts;
}

/**
 * Of each actor the rows before the first one for which something has to be fetched, or an earlier row has to be applied.
 * `areAll`: no other row of the batch may bring what is not here.
 */
function readyOf(ports: TogetherPorts, candidates: readonly Candidate[], given: { readonly people: People; readonly targets: Targets; readonly areAll: boolean }): Candidate[] {
  const ended = new Set<string>();
  const coming = new Set<string | null>();
  return candidates.filter((candidate) => {
    const author = given.people.get(candidate.row.actorUri);
    const mayCome = candidate.kind === 'reaction' && (!given.areAll || coming.has(candidate.facts.uri));
    const isReady =
      author !== undefined && !ended.has(author.uri) && (candidate.kind === 'post' || needsNobody(ports, candidate, { author, targets: given.targets, mayCome }));
    if (!isReady) ended.add(candidate.row.actorUri);
    coming.add(uriMadeBy(candidate));
    return isReady;
  });
}

function uriMadeBy(candidate: Candidate): string | null {
  if (candidate.kind === 'reaction') return candidate.read.activity.id;
  return candidate.note.ok ? candidate.note.value.uri : null;
}

const urisOf = (candidates: readonly Candidate[]): string[] => [
  ...new Set(candidates.flatMap((candidate) => [candidate.row.actorUri, ...(candidate.kind === 'post' && candidate.note.ok ? namedUris(candidate.note.value) : [])])),
];

async function applyPosts(ports: TogetherPorts, posts: readonly PostCandidate[], people: People, verdicts: Verdicts): Promise<void> {
  const wanted: Wanted[] = [];
  for (const { row, read, note } of posts) {
    const author = people.get(row.actorUri);
    if (!note.ok) verdicts.set(row.id, note.error.verdict);
    else if (author !== undefined) wanted.push({ row, activity: read.activity, author, note: addressedBy(note.value, author.followersUrl) });
  }
  const relevant = await concerning(ports, wanted);
  for (const one of wanted) if (!relevant.has(one)) verdicts.set(one.row.id, ignored('not_relevant'));
  await store(ports, wanted.filter((one) => relevant.has(one)), people, verdicts);
}

async function applyReactions(
  ports: TogetherPorts,
  reactions: readonly ReactionCandidate[],
  given: { readonly people: People; readonly targets: Targets },
  verdicts: Verdicts,
): Promise<void> {
  const judged = await judgeReactions(ports, reactions, given.people, given.targets);
  const done = await ports.settling(async (tx, settle) => {
    const stored = judged.effects.length === 0 ? new Map<Snowflake, Verdict>() : await storeReactions(tx, ports.ids, judged.effects);
    const all = new Map([...verdicts, ...judged.verdicts, ...stored]);
    await settle(settledOf(all));
    return all;
  });
  for (const [id, verdict] of done) verdicts.set(id, verdict);
  for (const actorUri of new Set(reactions.map(({ row }) => row.actorUri))) {
    const actor = given.people.get(actorUri);
    if (actor !== undefined) refreshLater(ports, actor);
  }
}

async function forwardOf(ports: TogetherPorts, { row, activity, note }: Wanted) {
  const forward = forwardOfAnswer(ports, row.id, activity, note);
  return forward === null || !(await ports.mayForward(activity.actorUri)) ? null : forward;
}

/** New, and what it says that it answers is here: an id of ours that never was would reach anybody's followers. */
const isAnswerHere = (ingested: Ingested | undefined): boolean => ingested?.outcome === 'stored' && !ingested.orphan;

const settledOf = (verdicts: ReadonlyMap<Snowflake, Verdict>): Settled[] =>
  [...verdicts].map(([id, verdict]) => ({ id, reason: verdict.kind === 'ignored' ? verdict.reason : null }));

async function store(ports: TogetherPorts, wanted: readonly Wanted[], people: People, verdicts: Verdicts): Promise<void> {
  const named = await peopleNamed(ports, wanted.map(({ note }) => note), people);
  const posts = wanted.map(({ row, author, note }) => readPost(ports, { author, note, trace: row.trace }, named));
  const forwards = await Promise.all(wanted.map((one) => forwardOf(ports, one)));
  // Begun again after a deadlock, hence no effect but the transaction's own in here.
  const ingested = await ports.settling(async (tx, settle) => {
    const outcomes = posts.length === 0 ? [] : await storePosts(tx, posts);
    const judged = new Map([...verdicts, ...wanted.map(({ row }, index) => [row.id, verdictOf(outcomes[index]?.outcome ?? 'ignored')] as const)]);
    await tx.appendEvents(StatusForwardedV1, wanted.flatMap((_, index) => (isAnswerHere(outcomes[index]) ? (forwards[index] ?? []) : [])));
    await settle(settledOf(judged));
    return outcomes.map((outcome, index) => ({ ...outcome, wanted: wanted[index] }));
  });
  for (const { outcome, orphan, wanted: one } of ingested) {
    if (one === undefined) continue;
    verdicts.set(one.row.id, verdictOf(outcome));
    refreshLater(ports, one.author);
    if (orphan) fetchParentsLater(ports, one.note);
    if (outcome === 'stored') {
      settleQuoteLater(ports, one.note);
      meetNamedLater(ports, one.note, named);
    }
  }
}
