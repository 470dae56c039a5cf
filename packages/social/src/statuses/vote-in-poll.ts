import { StatusTalliedV1, StatusVotedV1 } from '@trunkline/contracts';
import { fail, ok, type AccountId, type Result, type StatusId } from '@trunkline/kernel';
import type { SocialPorts } from '../ports/social-ports.js';
import type { VoteOutcome } from '../ports/poll-rows.js';
import { viewStatus } from '../reading/view-statuses.js';

export type VoteFailure = { code: 'not_found' | 'own_poll' | Exclude<VoteOutcome, 'voted'>; safe: string };

const SAFE: Readonly<Record<Exclude<VoteOutcome, 'voted'>, string>> = {
  unknown_poll: 'Record not found',
  poll_ended: 'Validation failed: The poll has already ended',
  unknown_choice: 'Validation failed: The chosen option does not exist',
  one_choice: 'Validation failed: Only one option can be chosen',
  voted_before: 'Validation failed: You have already voted on this poll',
};

/** Somebody here votes on a poll that they may see. A poll of another server hears of each choice. */
export async function voteInPoll(
  ports: Pick<SocialPorts, 'store' | 'ids' | 'policy'>,
  voterId: AccountId,
  statusId: StatusId,
  choices: readonly number[],
): Promise<Result<void, VoteFailure>> {
  const status = (await viewStatus(ports, voterId, statusId))?.status;
  if (status === undefined || status.poll === null) return fail({ code: 'not_found', safe: 'Record not found' });
  if (status.accountId === voterId) return fail({ code: 'own_poll', safe: 'Validation failed: You cannot vote on your own poll' });
  const votes = choices.map((choice) => ({ id: ports.ids.next(), choice, uri: null }));
  const outcome = await ports.store.transaction(async (tx) => {
    const [voted = 'unknown_poll' as const] = await tx.insertBallots([{ statusId, accountId: voterId, votes, more: false }]);
    if (voted === 'voted' && !status.local) {
      await tx.appendEvents(StatusVotedV1, votes.map(({ id }) => ({ voteId: id, accountId: voterId, statusId })));
    }
    return voted;
  });
  return outcome === 'voted' ? ok(undefined) : fail({ code: outcome, safe: SAFE[outcome] });
}

/** So many at once. */
const DUE_MAX = 100;

/**
 * Tells of polls that ended, once, and from time to time of new votes on those from here. For a leader's loop.
 * @param untoldMs votes wait so long for others, so that a poll that many vote on is told of seldom
 * @param onEndedElsewhere told of each poll of another server that ended and that somebody here voted in: its outcome is not here yet
 * @returns how many polls were told of
 */
export async function tellDuePolls({ store }: Pick<SocialPorts, 'store'>, untoldMs: number, onEndedElsewhere: (statusId: StatusId) => Promise<void>): Promise<number> {
  const due = await store.transaction(async (tx) => {
    const taken = await tx.takeDuePolls({ untoldMs, limit: DUE_MAX });
    await tx.appendEvents(StatusTalliedV1, taken);
    return taken;
  });
  for (const { statusId, local, ended } of due) {
    if (ended && !local && (await store.votersHere(statusId, '0' as AccountId, 1)).length > 0) await onEndedElsewhere(statusId);
  }
  return due.length;
}
