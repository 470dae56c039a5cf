import { actorUris, renderVote, voteUris } from '@trunkline/activitypub';
import { StatusVotedV1 } from '@trunkline/contracts';
import { planOf, toAccount, type PlanRule } from './plan.js';

/** A choice of somebody here goes to the poll's author alone. Who deleted their account meanwhile has no vote any more. */
export const planVoted: PlanRule<typeof StatusVotedV1> = {
  contract: StatusVotedV1,
  orderKey: ({ accountId, statusId }) => `vote:${accountId}:${statusId}`,
  async plan(ports, event) {
    const vote = await ports.store.voteById(event.voteId);
    const [status] = await ports.store.statusesByIds([event.statusId]);
    const option = vote === null ? undefined : status?.poll?.options[vote.choice];
    const [author] = status === undefined ? [] : await ports.store.accountsByIds([status.accountId]);
    if (status === undefined || option === undefined || author === undefined || author.domain === null) return null;
    const { baseUrl } = ports.settings;
    const uris = voteUris(baseUrl, event.accountId, event.voteId);
    const activity = renderVote({
      id: uris.id,
      activityId: uris.activity,
      actorUri: actorUris(baseUrl, event.accountId).id,
      option: option.title,
      questionUri: status.uri,
      authorUri: author.uri,
    });
    return planOf(event.accountId, activity, toAccount(author.id));
  },
};
