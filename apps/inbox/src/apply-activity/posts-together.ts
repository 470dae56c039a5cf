import { addressedBy, type IncomingActivity, type RemoteNote } from '@trunkline/activitypub';
import type { Account } from '@trunkline/domain';
import { peopleNamed, readPost, storePosts, type Ingested } from '@trunkline/social';
import { refreshLater } from './actor.js';
import { settleQuoteLater } from './answered-quote.js';
import { fetchParentsLater, meetNamedLater, verdictOf } from './create.js';
import { announceForwards, forwardOfAnswer } from './forward-answer.js';
import { inTurns } from './in-turns.js';
import type { ApplyPorts } from './ports.js';
import { concerning } from './relevance.js';
import type { PostCandidate, TogetherRow } from './candidate-kinds.js';
import type { Knowledge } from './together-knowledge.js';
import type { VerdictBook } from './verdict-book.js';
import { ignored } from './verdict.js';

interface Wanted {
  readonly row: TogetherRow;
  readonly activity: IncomingActivity;
  readonly author: Account;
  readonly note: RemoteNote;
}

/** The rules of `create.ts`, for many at once. */
export async function applyPosts(ports: ApplyPorts, book: VerdictBook, posts: readonly PostCandidate[], { people }: Knowledge): Promise<void> {
  const wanted: Wanted[] = [];
  for (const { row, read, note } of posts) {
    const author = people.get(row.actorUri);
    if (!note.ok) book.note(row.id, note.error.verdict);
    else if (author !== undefined) wanted.push({ row, activity: read.activity, author, note: addressedBy(note.value, author.followersUrl) });
  }
  if (wanted.length === 0) return;
  const relevant = await concerning(ports, wanted);
  for (const one of wanted) if (!relevant.has(one)) book.note(one.row.id, ignored('not_relevant'));
  if (relevant.size > 0) await store(ports, book, wanted.filter((one) => relevant.has(one)), people);
}

async function forwardOf(ports: ApplyPorts, { row, activity, note }: Wanted) {
  const forward = forwardOfAnswer(ports, row.id, activity, note);
  return forward === null || !(await ports.mayForward(activity.actorUri)) ? null : forward;
}

/** New, and what it says that it answers is here: an id of ours that never was would reach anybody's followers. */
const isAnswerHere = (ingested: Ingested | undefined): boolean => ingested?.outcome === 'stored' && !ingested.orphan;

async function store(ports: ApplyPorts, book: VerdictBook, wanted: readonly Wanted[], people: Knowledge['people']): Promise<void> {
  const named = await peopleNamed(ports, wanted.map(({ note }) => note), people);
  const posts = await inTurns(wanted, ({ row, author, note }) => readPost(ports, { author, note, trace: row.trace }, named));
  const forwards = await Promise.all(wanted.map((one) => forwardOf(ports, one)));
  let outcomes: readonly Ingested[] = [];
  await book.write(async (tx) => {
    outcomes = await storePosts(tx, posts);
    await announceForwards(tx, wanted.map(({ row }, index) => ({ forward: isAnswerHere(outcomes[index]) ? (forwards[index] ?? null) : null, row })));
    return new Map(wanted.map(({ row }, index) => [row.id, verdictOf(outcomes[index]?.outcome ?? 'ignored')]));
  });
  for (const [index, { outcome, orphan }] of outcomes.entries()) {
    const one = wanted[index];
    if (one === undefined) continue;
    refreshLater(ports, one.author);
    if (orphan) fetchParentsLater(ports, one.note, { rowId: one.row.id, activity: one.activity, actor: one.author, isFirstHand: true });
    if (outcome === 'stored') {
      settleQuoteLater(ports, one.note);
      meetNamedLater(ports, one.note, named);
    }
  }
}
