import { addressedBy } from '@trunkline/activitypub';
import type { Account } from '@trunkline/domain';
import { peopleNamed, readEdit, storeEdits, type EditOutcome } from '@trunkline/social';
import { refreshLater } from './actor.js';
import { settleQuoteLater } from './answered-quote.js';
import { verdictOf } from './create.js';
import { announceForwards, askForwards } from './forward-answer.js';
import { inTurns } from './in-turns.js';
import type { ApplyPorts } from './ports.js';
import type { EditCandidate } from './candidate-kinds.js';
import type { Knowledge } from './together-knowledge.js';
import type { VerdictBook } from './verdict-book.js';
import { ignored, type Verdict } from './verdict.js';

/** The rules of `update.ts` for posts, for many at once. */
export async function applyEdits(ports: ApplyPorts, book: VerdictBook, edits: readonly EditCandidate[], known: Knowledge): Promise<void> {
  const wanted = edits.flatMap((edit) => {
    const { note, row } = edit;
    const author = known.people.get(row.actorUri);
    const status = note.ok ? known.statuses.get(note.value.uri) : undefined;
    if (!note.ok) book.note(row.id, note.error.verdict);
    else if (status === undefined) book.note(row.id, verdictOnUnknown(edit, author, known));
    else if (edit.passedOn !== null && status.local) book.note(row.id, ignored('local_uri'));
    else if (author !== undefined) return [{ edit, author, status, note: addressedBy(note.value, author.followersUrl) }];
    return [];
  });
  if (wanted.length === 0) return;
  const named = await peopleNamed(ports, wanted.map(({ note }) => note), known.people);
  const reads = await inTurns(wanted, ({ edit, author, status, note }) => readEdit(ports, { author, note, known: status, trace: edit.row.trace }, named));
  const forwards = await askForwards(ports, wanted.flatMap(({ edit, author, status }) => (edit.passedOn === null && status.accountId === author.id && status.deletedAt === null ? [{ rowId: edit.row.id, activity: edit.read.activity, status }] : [])));
  const forwardOf = new Map(forwards.flatMap((forward) => (forward === null ? [] : [[forward.inboundId, forward]])));
  let outcomes: EditOutcome[] = [];
  await book.write(async (tx) => {
    outcomes = await storeEdits(tx, reads);
    const verdicts = outcomes.map(verdictOf);
    await announceForwards(tx, wanted.map(({ edit: { row } }, index) => ({ forward: verdicts[index]?.kind === 'applied' ? (forwardOf.get(row.id) ?? null) : null, row })));
    return new Map(wanted.map(({ edit }, index) => [edit.row.id, verdicts[index] ?? verdictOf('ignored')]));
  });
  for (const [index, { edit, author, note }] of wanted.entries()) {
    if (edit.passedOn !== null) continue;
    refreshLater(ports, author);
    if (outcomes[index] === 'edited' || outcomes[index] === 'told') settleQuoteLater(ports, note);
  }
}

/** Those that could be stored anew go one by one. */
function verdictOnUnknown(edit: EditCandidate, author: Account | undefined, known: Knowledge): Verdict {
  if (edit.passedOn !== null) return ignored('unknown_status');
  if (!known.relevant.has(edit)) return ignored('not_relevant');
  return author?.suspendedAt == null ? verdictOf('ignored') : ignored('actor_suspended');
}
