import type { Status } from '@trunkline/domain';
import type { StatusId } from '@trunkline/kernel';
import type { SocialReads, ThreadGroup } from '@trunkline/social';

/**
 * The groups whose threads these answers stand in. What is said in a group goes to the group (FEP-1b12), which passes it
 * on: else nobody but the server of whoever was answered would know. Of answers that not everybody may read there are none.
 */
export async function groupsOfAnswers(store: Pick<SocialReads, 'threadGroups'>, statuses: readonly Status[]): Promise<Map<StatusId, ThreadGroup[]>> {
  const answers = statuses.filter(({ id, conversationId, boostOfId, visibility }) => boostOfId === null && conversationId !== id && (visibility === 'public' || visibility === 'unlisted'));
  const groups = answers.length === 0 ? [] : await store.threadGroups([...new Set(answers.map(({ conversationId }) => conversationId))]);
  const byThread = Map.groupBy(groups, ({ conversationId }) => conversationId);
  return new Map(answers.map(({ id, conversationId }) => [id, byThread.get(conversationId) ?? []]));
}
