import type { Account, Status } from '@trunkline/domain';
import type { StatusId } from '@trunkline/kernel';
import { deleteStatusesIn, type SocialTransaction } from '@trunkline/social';
import type { WithdrawCandidate } from './candidate-kinds.js';
import { isOfGroup } from './passed-on-choice.js';
import { shownKey, type Knowledge } from './together-knowledge.js';
import type { VerdictBook } from './verdict-book.js';
import { APPLIED, ignored } from './verdict.js';

interface Wanted {
  readonly one: WithdrawCandidate;
  readonly group: Account;
  readonly status: Status;
  /** The group shows it. */
  readonly isShown: boolean;
  /** It is gone altogether. */
  readonly ends: boolean;
}

/** The rules of `group-delivery.ts` for what a group takes away, for many at once. */
export async function applyWithdrawals(book: VerdictBook, withdrawals: readonly WithdrawCandidate[], known: Knowledge): Promise<void> {
  const wanted: Wanted[] = [];
  for (const one of withdrawals) {
    const [group, status] = [known.people.get(one.passedOn.groupUri), known.statuses.get(one.uri)];
    if (status === undefined) book.note(one.row.id, ignored('unknown_status'));
    else if (group !== undefined) wanted.push({ one, group, status, isShown: known.shown.has(shownKey(group.id, status.id)), ends: !status.local && isOfGroup(one, status, known) });
  }
  if (wanted.length === 0) return;
  await book.write(async (tx) => {
    await store(tx, wanted);
    return new Map(wanted.map(({ one }) => [one.row.id, APPLIED]));
  });
}

async function store(tx: SocialTransaction, wanted: readonly Wanted[]): Promise<void> {
  // So that the group, and nobody else, can take it back.
  const stones = wanted.flatMap(({ status, group, isShown, ends }) => (isShown || ends ? [{ uri: status.uri, actorUri: group.uri }] : []));
  await tx.holdOff(stones.map(({ uri }) => uri), [...new Set(wanted.flatMap(({ status }) => [status.id, status.inReplyToId ?? []].flat()))]);
  await tx.addTombstones(stones);
  const boosts = await tx.boostsBetween(wanted.map(({ group, status }) => ({ accountId: group.id, statusId: status.id })));
  const doomed = new Map<StatusId, Parameters<typeof deleteStatusesIn>[1][number]>();
  for (const { one, group, status, ends } of wanted) {
    const { trace } = one.row;
    const boost = boosts.find(({ accountId, statusId }) => accountId === group.id && statusId === status.id);
    if (boost !== undefined) doomed.set(boost.id, { status: { id: boost.id, accountId: boost.accountId, boostOfId: status.id, local: false }, trace });
    if (ends) doomed.set(status.id, { status, trace });
  }
  await deleteStatusesIn(tx, [...doomed.values()]);
}
