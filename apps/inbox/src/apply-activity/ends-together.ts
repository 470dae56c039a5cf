import type { Account, Status } from '@trunkline/domain';
import type { Snowflake, StatusId } from '@trunkline/kernel';
import { deleteStatusesIn, type SocialTransaction } from '@trunkline/social';
import { announceForwards, askForwards, forwardsOf } from './forward-answer.js';
import type { ApplyPorts } from './ports.js';
import type { EndCandidate } from './candidate-kinds.js';
import type { Knowledge } from './together-knowledge.js';
import type { VerdictBook } from './verdict-book.js';
import { APPLIED, ignored, type Verdict } from './verdict.js';

interface Wanted {
  readonly end: EndCandidate;
  readonly author: Account | null;
}

type Doomed = Pick<Status, 'id' | 'accountId' | 'boostOfId' | 'local'>;

/** The rules of `delete.ts` for posts and of `undo.ts` for boosts, for many at once. */
export async function applyEnds(ports: ApplyPorts, book: VerdictBook, ends: readonly EndCandidate[], known: Knowledge): Promise<void> {
  const wanted: Wanted[] = [];
  for (const end of ends) {
    const author = known.people.get(end.row.actorUri) ?? null;
    const status = end.uri === null ? undefined : known.statuses.get(end.uri);
    if (status !== undefined && status.accountId !== author?.id) book.note(end.row.id, ignored('foreign_author'));
    else wanted.push({ end, author });
  }
  if (wanted.length === 0) return;
  const forwarded = await mayBeForwarded(ports, wanted, known);
  await book.write((tx) => storeEnds(tx, wanted, { known, forwarded }));
}

/** Told by who interacts with what still stands: some of that goes with it. */
async function mayBeForwarded(ports: ApplyPorts, wanted: readonly Wanted[], { statuses }: Knowledge): Promise<ReadonlySet<Snowflake>> {
  const standing = wanted.flatMap(({ end }) => {
    const status = end.boostedUri !== null || end.uri === null ? undefined : statuses.get(end.uri);
    return status === undefined || status.deletedAt !== null ? [] : [{ rowId: end.row.id, activity: end.read.activity, status }];
  });
  return new Set((await askForwards(ports, standing)).flatMap((forward) => forward?.inboundId ?? []));
}

async function storeEnds(tx: SocialTransaction, wanted: readonly Wanted[], { known, forwarded }: { readonly known: Knowledge; readonly forwarded: ReadonlySet<Snowflake> }): Promise<Map<Snowflake, Verdict>> {
  const stones = wanted.flatMap(({ end }) => (end.uri === null ? [] : [{ uri: end.uri, actorUri: end.row.actorUri }]));
  await tx.holdOff(stones.map(({ uri }) => uri), countersOf(wanted, known));
  await tx.addTombstones(stones);
  // Looked up again after the tombstones: a Create that ran meanwhile is either seen here or finds them.
  const found = new Map((await tx.statusesByUris([...new Set(wanted.flatMap(({ end }) => [end.uri, end.boostedUri].filter((uri) => uri !== null)))])).map((status) => [status.uri, status]));
  const own = new Map(wanted.map((one) => [one, one.end.uri === null ? undefined : found.get(one.end.uri)]));
  const verdicts = new Map(wanted.map((one): [Snowflake, Verdict] => [one.end.row.id, isOwn(own.get(one), one) ? APPLIED : ignored('foreign_author')]));
  const ending = wanted.filter(({ end }) => verdicts.get(end.row.id)?.kind === 'applied');
  const boosts = await undoneBoosts(tx, ending, found);
  const doomed = new Map<StatusId, { readonly end: EndCandidate; readonly status: Doomed; readonly trace: string | null; readonly told: Status | null }>();
  for (const one of ending) {
    const [status, boost, { end }] = [own.get(one), boosts.get(one), one];
    if (status !== undefined && !doomed.has(status.id)) doomed.set(status.id, { end, status, trace: end.row.trace, told: status });
    if (boost !== undefined && !doomed.has(boost.id)) doomed.set(boost.id, { end, status: boost, trace: end.row.trace, told: null });
  }
  const deleted = await deleteStatusesIn(tx, [...doomed.values()]);
  await forward(tx, [...doomed.values()].flatMap(({ end, told }) => (told !== null && deleted.has(told.id) && forwarded.has(end.row.id) ? [{ end, status: told }] : [])));
  return verdicts;
}

const isOwn = (status: Status | undefined, { author }: Wanted): boolean => status === undefined || (status.accountId === author?.id && !status.local);

/** Counters that move, as far as it is known before. */
function countersOf(wanted: readonly Wanted[], { statuses }: Knowledge): StatusId[] {
  const involved = wanted.flatMap(({ end }) => [end.uri, end.boostedUri].flatMap((uri) => (uri === null ? [] : (statuses.get(uri) ?? []))));
  return [...new Set(involved.flatMap((status) => [status.id, status.inReplyToId ?? [], status.boostOfId ?? []].flat()))];
}

/** By what was boosted, since some servers undo under a fresh id. */
async function undoneBoosts(tx: SocialTransaction, ending: readonly Wanted[], found: ReadonlyMap<string, Status>): Promise<Map<Wanted, Doomed>> {
  const asked = ending.flatMap((one) => {
    const boosted = one.end.boostedUri === null ? undefined : found.get(one.end.boostedUri);
    return one.author === null || boosted === undefined ? [] : [{ one, mark: { accountId: one.author.id, statusId: boosted.id } }];
  });
  const standing = await tx.boostsBetween(asked.map(({ mark }) => mark));
  const undone = asked.flatMap(({ one, mark }) => {
    const boost = standing.find(({ accountId, statusId }) => accountId === mark.accountId && statusId === mark.statusId);
    return boost === undefined ? [] : [{ one, boost }];
  });
  await tx.addTombstones(undone.filter(({ one, boost }) => boost.uri !== one.end.uri).map(({ one, boost }) => ({ uri: boost.uri, actorUri: one.end.row.actorUri })));
  return new Map(undone.map(({ one, boost }) => [one, { id: boost.id, accountId: boost.accountId, boostOfId: boost.statusId, local: false }]));
}

/** Told to those whose threads they stood in. */
async function forward(tx: SocialTransaction, ended: readonly { readonly end: EndCandidate; readonly status: Status }[]): Promise<void> {
  const forwards = await forwardsOf(tx, ended.map(({ end, status }) => ({ rowId: end.row.id, activity: end.read.activity, status })));
  await announceForwards(tx, ended.map(({ end: { row } }, index) => ({ forward: forwards[index] ?? null, row })));
}
