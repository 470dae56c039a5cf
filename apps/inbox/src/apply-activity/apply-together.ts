import { activityFacts, addressedBy, type IncomingActivity, type RemoteNote } from '@trunkline/activitypub';
import type { Account } from '@trunkline/domain';
import { fail, type Result, type Snowflake } from '@trunkline/kernel';
import { namedUris, peopleByUri, readPost, storePosts, type SocialTransaction } from '@trunkline/social';
import { refreshLater } from './actor.js';
import { readStored, refusalOf, type ReadActivity, type StoredActivity } from './apply-activity.js';
import { fetchParentsLater, inlineNote, verdictOf, type NoteFailure } from './create.js';
import type { ApplyPorts } from './ports.js';
import { concerning } from './relevance.js';
import { ignored, type Verdict } from './verdict.js';

export interface TogetherRow extends StoredActivity {
  readonly activityType: string;
  readonly trace: string | null;
}

/** What became of a row; `reason` when it is ignored. */
interface Settled {
  readonly id: Snowflake;
  readonly reason: string | null;
}

export interface TogetherPorts extends ApplyPorts {
  /** One transaction over social state and the ledger's rows. */
  settling<T>(work: (tx: SocialTransaction, settle: (rows: readonly Settled[]) => Promise<void>) => Promise<T>): Promise<T>;
}

interface Candidate {
  readonly row: TogetherRow;
  readonly read: ReadActivity;
  readonly note: Result<RemoteNote, NoteFailure>;
}

interface Wanted {
  readonly row: TogetherRow;
  readonly author: Account;
  readonly note: RemoteNote;
}

/**
 * Applies and marks, in one transaction of multi-row statements, those rows that need nothing but this database: the
 * Creates at the head of each actor's rows, written by people who are known here, with the post inline. The rules are
 * those of one by one. What is not answered is left to that.
 *
 * @param rows in the order in which they came
 * @throws whatever a statement throws; then nothing is applied
 */
export async function applyTogether(ports: TogetherPorts, rows: readonly TogetherRow[]): Promise<ReadonlyMap<Snowflake, Verdict>> {
  const candidates = candidatesOf(ports, rows);
  if (candidates.length === 0) return new Map();
  const people = peopleByUri(await ports.store.accountsByUris(urisOf(candidates)));
  const verdicts = new Map<Snowflake, Verdict>();
  const wanted: Wanted[] = [];
  for (const { row, read, note } of candidates) {
    const author = people.get(row.actorUri);
    // Has to be read from its server first; the same holds for all of its rows.
    if (author === undefined) continue;
    const refusal = refusalOf(ports, read, author);
    if (refusal !== null) verdicts.set(row.id, ignored(refusal));
    else if (!note.ok) verdicts.set(row.id, note.error.verdict);
    else wanted.push({ row, author, note: addressedBy(note.value, author.followersUrl) });
  }
  const relevant = await concerning(ports, wanted);
  for (const one of wanted) if (!relevant.has(one)) verdicts.set(one.row.id, ignored('not_relevant'));
  await store(ports, wanted.filter((one) => relevant.has(one)), people, verdicts);
  return verdicts;
}

/** Of each actor the rows before the first one that has to be applied by itself. */
function candidatesOf(ports: TogetherPorts, rows: readonly TogetherRow[]): Candidate[] {
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

function candidateOf(ports: TogetherPorts, row: TogetherRow): Candidate | null {
  if (row.activityType !== 'Create') return null;
  const read = readStored(ports, row);
  if (!read.ok || read.value.type !== 'Create' || row.signerHost !== read.value.host) return null;
  const { activity } = read.value;
  const note = activity.objects.length > 1 ? null : inlineNote(ports, activity.object, row.actorUri);
  if (note === null || (note.ok && note.value.isPollVote)) return null;
  return { row, read: read.value, note: note.ok ? note : refusalByFacts(activity) ?? note };
}

/** Why it is let go, as one by one would say it. What can be read is not asked twice: this is the hot path. */
function refusalByFacts(activity: IncomingActivity): Result<RemoteNote, NoteFailure> | null {
  const facts = activityFacts(activity);
  return facts.ok ? null : fail({ code: facts.error.code, verdict: ignored(facts.error.code) });
}

const urisOf = (candidates: readonly Candidate[]): string[] => [
  ...new Set(candidates.flatMap(({ row, note }) => [row.actorUri, ...(note.ok ? namedUris(note.value) : [])])),
];

async function store(ports: TogetherPorts, wanted: readonly Wanted[], people: ReadonlyMap<string, Account>, verdicts: Map<Snowflake, Verdict>): Promise<void> {
  const posts = wanted.map(({ row, author, note }) => readPost(ports, { author, note, trace: row.trace }, people));
  // Begun again after a deadlock, hence no effect but the transaction's own in here.
  const ingested = await ports.settling(async (tx, settle) => {
    const outcomes = posts.length === 0 ? [] : await storePosts(tx, posts);
    const judged = new Map([...verdicts, ...wanted.map(({ row }, index) => [row.id, verdictOf(outcomes[index]?.outcome ?? 'ignored')] as const)]);
    await settle([...judged].map(([id, verdict]) => ({ id, reason: verdict.kind === 'ignored' ? verdict.reason : null })));
    return outcomes.map((outcome, index) => ({ ...outcome, wanted: wanted[index] }));
  });
  for (const { outcome, orphan, wanted: one } of ingested) {
    if (one === undefined) continue;
    verdicts.set(one.row.id, verdictOf(outcome));
    refreshLater(ports, one.author);
    if (orphan) fetchParentsLater(ports, one.note);
  }
}
