import type { Snowflake } from '@trunkline/kernel';
import { isTieType } from '../tie-types.js';
import { applyBlocks, applyUnblocks } from './blocks-together.js';
import { senderOf, type Candidate, type TieCandidate, type TogetherRow } from './candidate-kinds.js';
import { applyEdits } from './edits-together.js';
import { applyEnds } from './ends-together.js';
import { applyLeaves } from './leaves-together.js';
import type { ApplyPorts } from './ports.js';
import { PartlyApplied } from './partly-applied.js';
import { applyPosts } from './posts-together.js';
import { applyProfiles } from './profiles-together.js';
import { applyReactions } from './reactions-together.js';
import { applyShares } from './shares-together.js';
import { applyFollows, applyUnfollows, applyUnlikes } from './ties-together.js';
import { candidatesOf } from './together-candidates.js';
import { TogetherChoice } from './together-choice.js';
import { applyVotes } from './votes-together.js';
import { lookUp, type Knowledge } from './together-knowledge.js';
import { applyUnreacts } from './unreacts-together.js';
import { VerdictBook, type Settling } from './verdict-book.js';
import { ignored, type Verdict } from './verdict.js';
import { applyWithdrawals } from './withdrawals-together.js';

export interface TogetherPorts extends ApplyPorts {
  readonly settling: Settling;
  /** Those of the rows before which their actor said something about ties that still waits elsewhere. */
  readonly behindTies: (rows: readonly TogetherRow[], beside: readonly Snowflake[]) => Promise<ReadonlySet<Snowflake>>;
}

/**
 * Applies and marks, in transactions of multi-row statements, those rows that need nothing but this database: at the head of
 * each actor's rows, Creates and Updates with the post inline, Updates of profiles, Likes and boosts of what is here, votes, Deletes of
 * posts, Follows and Blocks of people here, Deletes of accounts, what takes Likes, reactions, boosts, Follows and Blocks back, and what groups
 * pass on of all this. The rules are those of one by one. What is not answered is left to that. What one actor says is applied in its order: in passes, where a pass has one
 * place for each kind. Of what a group passes on only that has an order which is one member's, or about one post.
 *
 * @param rows in the order in which they came
 * @param signal when it fires nobody waits any longer: no further transaction is begun
 * @throws PartlyApplied, or whatever a statement throws; then nothing is applied
 */
export async function applyTogether(ports: TogetherPorts, rows: readonly TogetherRow[], signal?: AbortSignal): Promise<ReadonlyMap<Snowflake, Verdict>> {
  const relays = await ports.relayBook.actors();
  const read = await candidatesOf(ports, relays.size === 0 ? rows : rows.filter((row) => !relays.has(row.actorUri)));
  const candidates = await inTurn(ports, read, rows);
  const choice = new TogetherChoice(ports, candidates.length === rows.length);
  const book = new VerdictBook(ports.settling, signal);
  try {
    let left: readonly Candidate[] = candidates;
    while (left.length > 0) left = await pass(ports, book, choice, left);
    await book.close();
  } catch (error) {
    throw book.settled.size === 0 ? error : new PartlyApplied(book.settled, error);
  }
  return book.settled;
}

/** Of each actor those before the first one that has to wait for what another copy has in hand. */
async function inTurn(ports: TogetherPorts, candidates: readonly Candidate[], rows: readonly TogetherRow[]): Promise<readonly Candidate[]> {
  const ties = candidates.map(({ row }) => row).filter(({ activityType }) => isTieType(activityType));
  if (ties.length === 0) return candidates;
  const behind = await ports.behindTies(ties, rows.map(({ id }) => id));
  const ended = new Set<string>();
  return candidates.filter((candidate) => {
    if (behind.has(candidate.row.id)) ended.add(senderOf(candidate));
    return !ended.has(senderOf(candidate));
  });
}

/** @returns what is left for the next one */
async function pass(ports: TogetherPorts, book: VerdictBook, choice: TogetherChoice, candidates: readonly Candidate[]): Promise<readonly Candidate[]> {
  const known = await lookUp(ports, candidates);
  const { ready, refused, later } = choice.choose(candidates, known);
  for (const { candidate, reason } of refused) book.note(candidate.row.id, ignored(reason));
  await applyReady(ports, book, ready, known);
  return later;
}

/** In the order of `PLACES`, see `together-choice.ts`. */
async function applyReady(ports: TogetherPorts, book: VerdictBook, ready: readonly Candidate[], known: Knowledge): Promise<void> {
  const ties = (kind: TieCandidate['kind']): TieCandidate[] => ready.filter((one): one is TieCandidate => one.kind === kind);
  await applyFollows(ports, book, ties('follow'), known);
  // What reactions are about stood before the posts: what a post brings has its reaction applied in the next pass.
  await applyPosts(ports, book, ready.filter((one) => one.kind === 'post'), known);
  await applyShares(ports, book, ready.filter((one) => one.kind === 'share'), known);
  await applyVotes(ports, book, ready.filter((one) => one.kind === 'vote'), known);
  await applyReactions(ports, book, ready.filter((one) => one.kind === 'reaction'), known);
  await applyEdits(ports, book, ready.filter((one) => one.kind === 'edit'), known);
  await applyUnlikes(book, ready.filter((one) => one.kind === 'unlike'), known);
  await applyUnreacts(book, ready.filter((one) => one.kind === 'unreact'), known);
  await applyUnfollows(book, ties('unfollow'), known);
  await applyBlocks(ports, book, ties('block'), known);
  await applyUnblocks(book, ties('unblock'), known);
  await applyEnds(ports, book, ready.filter((one) => one.kind === 'end'), known);
  await applyWithdrawals(book, ready.filter((one) => one.kind === 'withdraw'), known);
  await applyProfiles(ports, book, ready.filter((one) => one.kind === 'profile'), known);
  await applyLeaves(ports, book, ready.filter((one) => one.kind === 'leave'), known);
}
