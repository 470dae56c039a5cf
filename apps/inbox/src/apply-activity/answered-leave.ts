import { parseLocalUri, type CarriedActivity, type LocalUri } from '@trunkline/activitypub';
import type { Account } from '@trunkline/domain';
import type { Snowflake } from '@trunkline/kernel';
import { refuseAsked, revokeReply, type AskedRow } from '@trunkline/social';
import type { ApplyPorts } from './ports.js';
import { APPLIED, ignored, type Verdict } from './verdict.js';

/**
 * What somebody here asked leave for that an Accept or Reject is about: by our id of the request, by what stands inside, or
 * (GoToSocial before 0.20) by the id of the Like, answer or Announce itself. Only the author who was asked can answer.
 */
export async function answeredLeave(ports: ApplyPorts, { uri, facts }: CarriedActivity, author: Account): Promise<AskedRow | null> {
  const instrument = facts?.kind === 'interaction-request' ? facts.instrument.uri : null;
  for (const named of [uri, instrument]) {
    const local = named === null ? null : parseLocalUri(ports.settings.baseUrl, named);
    const id = local === null ? null : interactionIn(local);
    const asked = id === null ? undefined : (await ports.store.askedInteractions([id])).get(id);
    const [target] = asked === undefined ? [] : await ports.store.statusesByIds([asked.statusId]);
    if (asked !== undefined && target?.accountId === author.id && local !== null && 'accountId' in local && local.accountId === asked.accountId) return asked;
  }
  return null;
}

function interactionIn(local: LocalUri): Snowflake | null {
  switch (local.kind) {
    case 'interaction-request':
      return local.interactionId;
    case 'like':
      return local.likeId;
    case 'status':
    case 'activity':
      return local.statusId;
    default:
      return null;
  }
}

/** An author takes a consent back: what somebody here did by it ends, and what others answered leaves the thread. Null: nothing stands by it. */
export async function withdrawLeave(ports: ApplyPorts, stampUri: string, author: Account | null): Promise<Verdict | null> {
  let verdict: Verdict | null = null;
  const ids = author === null ? [] : await ports.store.askedByStamp(stampUri);
  for (const asked of (await ports.store.askedInteractions(ids)).values()) {
    const [target] = await ports.store.statusesByIds([asked.statusId]);
    if (target?.accountId !== author?.id) continue;
    verdict = (await refuseAsked(ports, asked)) ? APPLIED : (verdict ?? ignored('nothing_to_revoke'));
  }
  return author === null ? verdict : ((await withdrawReplies(ports, stampUri, author)) ?? verdict);
}

/** The same for answers of others, which stand in the author's thread by it. */
async function withdrawReplies(ports: ApplyPorts, stampUri: string, author: Account): Promise<Verdict | null> {
  const replies = await ports.store.statusesByIds(await ports.store.consents.repliesByStamp(stampUri));
  const theirs = replies.filter(({ inReplyToAccountId }) => inReplyToAccountId === author.id);
  for (const { id } of theirs) await revokeReply(ports, id, stampUri);
  return theirs.length === 0 ? null : APPLIED;
}
