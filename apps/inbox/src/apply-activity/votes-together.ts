import type { Snowflake } from '@trunkline/kernel';
import type { Ballot } from '@trunkline/social';
import { refreshLater } from './actor.js';
import type { ApplyPorts } from './ports.js';
import { sightOf } from './sight-together.js';
import type { VoteCandidate } from './candidate-kinds.js';
import type { Knowledge } from './together-knowledge.js';
import type { VerdictBook } from './verdict-book.js';
import { APPLIED, ignored, type Verdict } from './verdict.js';
import { ballotOf, choicesIn } from './vote.js';

/** The rules of `vote.ts`, for many at once: a crowd votes on one poll within minutes. */
export async function applyVotes(ports: ApplyPorts, book: VerdictBook, votes: readonly VoteCandidate[], known: Knowledge): Promise<void> {
  if (votes.length === 0) return;
  const cast: { readonly rowId: Snowflake; readonly ballot: Ballot }[] = [];
  const see = await sightOf(ports, votes.map(({ row, facts }) => ({ actorUri: row.actorUri, uri: facts.questionUri })), known);
  for (const { row, facts } of votes) {
    const actor = known.people.get(row.actorUri);
    if (actor === undefined) continue;
    const chosen = choicesIn(facts, known.statuses.get(facts.questionUri));
    if (!chosen.ok) book.note(row.id, chosen.error.verdict);
    else if (see(actor, chosen.value.statusId) === null) book.note(row.id, ignored('not_visible'));
    else cast.push({ rowId: row.id, ballot: ballotOf(ports, actor, chosen.value) });
  }
  if (cast.length > 0) {
    await book.write(async (tx) => {
      const outcomes = await tx.insertBallots(cast.map(({ ballot }) => ballot));
      return new Map(cast.map(({ rowId }, index): [Snowflake, Verdict] => {
        const outcome = outcomes[index] ?? 'unknown_poll';
        return [rowId, outcome === 'voted' ? APPLIED : ignored(outcome)];
      }));
    });
  }
  for (const actorUri of new Set(votes.map(({ row }) => row.actorUri))) {
    const actor = known.people.get(actorUri);
    if (actor !== undefined) refreshLater(ports, actor);
  }
}
