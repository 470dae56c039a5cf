import { addressedBy, type RemoteNote } from '@trunkline/activitypub';
import type { Account, Status } from '@trunkline/domain';
import type { Snowflake } from '@trunkline/kernel';
import { peopleNamed, readPost, saveAndAnnounceAll, storePosts, type ReadPost, type SocialTransaction } from '@trunkline/social';
import { boostOf } from './announce.js';
import { settleQuoteLater } from './answered-quote.js';
import type { ShareCandidate } from './candidate-kinds.js';
import { fetchParentsLater, verdictOf } from './create.js';
import { isShownBy } from './group-delivery.js';
import { inTurns } from './in-turns.js';
import type { ApplyPorts } from './ports.js';
import type { Knowledge } from './together-knowledge.js';
import type { VerdictBook } from './verdict-book.js';
import { APPLIED, unresolved, type Verdict } from './verdict.js';

interface Wanted {
  readonly share: ShareCandidate;
  readonly group: Account;
  /** null: the post was not here before. */
  readonly status: Status | null;
}

interface Fresh extends Wanted {
  readonly author: Account;
  readonly note: RemoteNote;
}

const GONE = unresolved('object', { code: 'gone' });

/** The rules of `group-delivery.ts` for new posts, for many at once. */
export async function applyShares(ports: ApplyPorts, book: VerdictBook, shares: readonly ShareCandidate[], { people, statuses }: Knowledge): Promise<void> {
  const wanted: Wanted[] = [];
  for (const share of shares) {
    const [group, status = null, author] = [people.get(share.passedOn.groupUri), statuses.get(share.uri), share.note === null ? null : people.get(share.note.attributedTo)];
    const refused = status === null ? null : refusalOf(status, author ?? null);
    if (refused !== null) book.note(share.row.id, refused);
    else if (group !== undefined) wanted.push({ share, group, status });
  }
  if (wanted.length === 0) return;
  const fresh = wanted.flatMap((one): Fresh[] => {
    const { note } = one.share;
    const author = note === null ? undefined : people.get(note.attributedTo);
    return one.status !== null || note === null || author === undefined ? [] : [{ ...one, author, note: addressedBy(note, author.followersUrl) }];
  });
  const named = await peopleNamed(ports, fresh.map(({ note }) => note), people);
  const reads = await inTurns(fresh, ({ share, author, note }) => readPost(ports, { author, note, trace: share.row.trace }, named));
  let shown: readonly Status[] = [];
  await book.write(async (tx) => {
    await holdOff(tx, wanted, fresh);
    const verdicts = await store(tx, fresh, reads);
    const standing = new Map((await tx.statusesByUris([...new Set(wanted.map(({ share }) => share.uri))])).map((status) => [status.uri, status]));
    const living = wanted.flatMap((one) => {
      const status = standing.get(one.share.uri);
      return verdicts.has(one.share.row.id) || status === undefined || status.deletedAt !== null ? [] : [{ ...one, status }];
    });
    // One that stands already, or was taken back before, is as the group wants it.
    await saveAndAnnounceAll(tx, living.flatMap(({ share, group, status }) => boostsBy(ports, share, group, status)));
    shown = living.map(({ status }) => status);
    const applied = new Set(living.map(({ share }) => share.row.id));
    return new Map(wanted.map(({ share: { row } }): [Snowflake, Verdict] => [row.id, verdicts.get(row.id) ?? (applied.has(row.id) ? APPLIED : GONE)]));
  });
  for (const status of shown) {
    if (status.inReplyToUri !== null) fetchParentsLater(ports, status);
    if (status.quote?.state === 'pending' && !status.local) settleQuoteLater(ports, status);
  }
}

/** `author`: null when the group's word is not asked. */
function refusalOf(status: Status, author: Account | null): Verdict | null {
  if (author !== null && status.accountId !== author.id) return verdictOf('foreign_author');
  if (status.deletedAt === null) return null;
  return author === null ? GONE : verdictOf('tombstone');
}

/** Everything at once: nobody waits in a ring. */
const holdOff = (tx: SocialTransaction, wanted: readonly Wanted[], fresh: readonly Fresh[]): Promise<void> =>
  tx.holdOff(
    [...new Set([...fresh.flatMap(({ note }) => [note.uri, note.inReplyToUri ?? []].flat()), ...wanted.flatMap(({ share }) => share.passedOn.read.activity.id ?? [])])],
    [...new Set(wanted.flatMap(({ status }) => status?.id ?? []))],
  );

/** @returns what became of those that may not stand */
async function store(tx: SocialTransaction, fresh: readonly Fresh[], reads: readonly ReadPost[]): Promise<Map<Snowflake, Verdict>> {
  const outcomes = reads.length === 0 ? [] : await storePosts(tx, reads);
  return new Map(fresh.flatMap(({ share }, index): [Snowflake, Verdict][] => {
    const verdict = verdictOf(outcomes[index]?.outcome ?? 'ignored');
    return verdict.kind === 'applied' ? [] : [[share.row.id, verdict]];
  }));
}

function boostsBy(ports: ApplyPorts, { passedOn, row }: ShareCandidate, group: Account, status: Status) {
  const { activity: announce } = passedOn.read;
  if (!isShownBy(status) || announce.id === null) return [];
  return [{ status: boostOf(ports, group, status, { ...announce, id: announce.id }), trace: row.trace }];
}
