import type { Account, Status } from '@trunkline/domain';
import { fail, ok, type Result, type StatusId } from '@trunkline/kernel';
import { viewStatus, type Ballot } from '@trunkline/social';
import { actorOf } from './actor.js';
import type { ApplyPorts, FactsOf, Incoming } from './ports.js';
import { APPLIED, ignored, unresolved, type Verdict } from './verdict.js';

/**
 * Votes on a poll of somebody here, by people who may see it: one Note a choice, or (GoToSocial) several in one
 * activity. Options are named by their text, as it stands in the poll.
 */
export async function applyVote(ports: ApplyPorts, incoming: Incoming<'vote'>): Promise<Verdict> {
  const [status] = await ports.store.statusesByUris([incoming.facts.questionUri]);
  const chosen = choicesIn(incoming.facts, status);
  if (!chosen.ok) return chosen.error.verdict;
  const { statusId } = chosen.value;
  const actor = await actorOf(ports, incoming);
  if (!actor.ok) return unresolved('actor', actor.error);
  if ((await viewStatus(ports, actor.value.id, statusId)) === null) return ignored('not_visible');
  const [outcome = 'unknown_poll'] = await ports.store.transaction((tx) => tx.insertBallots([ballotOf(ports, actor.value, chosen.value)]));
  return outcome === 'voted' ? APPLIED : ignored(outcome);
}

/** What somebody chose of the options of a poll: by their places, with the uris of the votes. */
export interface Chosen {
  readonly statusId: StatusId;
  readonly choices: ReadonlyMap<number, string | null>;
}

/** @param status what the uri of the question leads to here */
export function choicesIn({ votes }: Pick<FactsOf<'vote'>, 'votes'>, status: Status | undefined): Result<Chosen, { readonly code: 'judged'; readonly verdict: Verdict }> {
  const no = (verdict: Verdict) => fail({ code: 'judged', verdict } as const);
  const poll = status?.local === true && status.deletedAt === null ? status.poll : null;
  if (status === undefined || poll === null) return no(ignored('unknown_poll'));
  const choices = new Map(votes.map(({ uri, choice }) => [poll.options.findIndex(({ title }) => title === choice.trim()), uri]));
  return choices.has(-1) ? no(ignored('unknown_choice')) : ok({ statusId: status.id, choices });
}

/** Other servers send the choices one by one, so more may come after these. */
export const ballotOf = ({ ids }: Pick<ApplyPorts, 'ids'>, { id: accountId }: Account, { statusId, choices }: Chosen): Ballot => ({
  statusId,
  accountId,
  votes: [...choices].map(([choice, uri]) => ({ id: ids.next(), choice, uri })),
  more: true,
});
