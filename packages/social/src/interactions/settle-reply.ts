import type { StatusId } from '@trunkline/kernel';
import type { SocialPorts } from '../ports/social-ports.js';
import { stampHolds } from './stamp-holds.js';

/** `none`: there is nothing to be looked at. */
export type SettledReply = 'accepted' | 'refused' | 'unreachable' | 'none';

/**
 * An answer elsewhere to a post elsewhere whose author wants to be asked stands for itself until its author's server names a consent, and that
 * holds: then it becomes part of the thread. Costs one fetch, and none where nothing waits.
 * @see GoToSocial docs/federation/interaction_policy.md (0.20)
 */
export async function settleReply(ports: SocialPorts, uri: string): Promise<SettledReply> {
  const [reply] = await ports.store.statusesByUris([uri]);
  if (reply === undefined || reply.deletedAt !== null || reply.local || reply.inReplyToUri === null) return 'none';
  const stamp = await ports.store.consents.replyStamp(reply.id);
  if (stamp === null || stamp.state === 'refused') return 'none';
  const [parent] = await ports.store.statusesByUris([reply.inReplyToUri]);
  const [author] = parent === undefined || parent.deletedAt !== null || parent.local ? [] : await ports.store.accountsByIds([parent.accountId]);
  if (parent === undefined || author === undefined) return 'none';
  const verdict = await stampHolds(ports, stamp.uri, { kind: 'reply', interactingUri: reply.uri, targetUri: parent.uri, author });
  if (verdict === 'unreachable') return verdict;
  const state = verdict === 'accepted' ? 'accepted' : 'refused';
  await ports.store.transaction(async (tx) => {
    if ((await tx.consents.judgeReplyStamp(reply.id, stamp.uri, state)) && state === 'accepted') await tx.adoptOrphans([parent]);
  });
  return state;
}

/** The author of a post takes back that an answer stands under it. */
export const revokeReply = (ports: Pick<SocialPorts, 'store'>, statusId: StatusId, stampUri: string): Promise<boolean> =>
  ports.store.transaction(async (tx) => {
    if (!(await tx.consents.judgeReplyStamp(statusId, stampUri, 'refused'))) return false;
    await tx.consents.untieReply(statusId);
    return true;
  });
