import { viewStatus } from '@trunkline/social';
import { actorOf } from './actor.js';
import type { ApplyPorts, Incoming } from './ports.js';
import { APPLIED, ignored, unresolved, type Verdict } from './verdict.js';

/**
 * Votes on a poll of somebody here, by people who may see it: one Note a choice, or (GoToSocial) several in one
 * activity. Options are named by their text, as it stands in the poll.
 */
export async function applyVote(ports: ApplyPorts, incoming: Incoming<'vote'>): Promise<Verdict> {
  const { questionUri, votes } = incoming.facts;
  const [status] = await ports.store.statusesByUris([questionUri]);
  const poll = status?.local === true && status.deletedAt === null ? status.poll : null;
  if (status === undefined || poll === null) return ignored('unknown_poll');
  const chosen = new Map(votes.map(({ uri, choice }) => [poll.options.findIndex(({ title }) => title === choice.trim()), uri]));
  if (chosen.has(-1)) return ignored('unknown_choice');
  const actor = await actorOf(ports, incoming);
  if (!actor.ok) return unresolved('actor', actor.error);
  if ((await viewStatus(ports, actor.value.id, status.id)) === null) return ignored('not_visible');
  const outcome = await ports.store.transaction((tx) =>
    tx.insertVotes({
      statusId: status.id,
      accountId: actor.value.id,
      votes: [...chosen].map(([choice, uri]) => ({ id: ports.ids.next(), choice, uri })),
      more: true,
    }),
  );
  return outcome === 'voted' ? APPLIED : ignored(outcome);
}
