import { hasOneMeaning, parseActivity } from '@trunkline/activitypub';
import { StatusForwardedV1 } from '@trunkline/contracts';
import type { Account } from '@trunkline/domain';
import { toFollowers, type PlanPorts, type PlanRule } from './plan.js';

/** One answer goes to every server of somebody's followers: what costs more than a long post to send is not passed on. */
const BODY_CHARS_MAX = 65_536;

/**
 * An answer to somebody here, its edit or its end goes on to their followers' servers as it came, signed on its way by
 * who was answered (ActivityPub 7.1.2): the author's server knows nothing of them. Not back to where it came from.
 */
export const planForwarded: PlanRule<typeof StatusForwardedV1> = {
  contract: StatusForwardedV1,
  orderKey: ({ about }) => `forward:${about}`,
  async plan(ports, event) {
    const received = await ports.receivedActivity(event.inboundId);
    const senders = (await ports.store.accountsByIds(event.senderIds)).filter(isHere);
    if (received === null || received.activityId === null) return null;
    // It is signed here on its way: nobody may find somebody else's word in it than its actor's.
    if (received.body.length > BODY_CHARS_MAX || !hasOneMeaning(received.body)) return null;
    const activity = parseActivity(JSON.parse(received.body));
    if (!activity.ok) return null;
    const speakers = activity.value.type === 'Delete' ? senders : await withoutParted(ports, senders, activity.value.actorUri);
    const [speaker] = speakers;
    if (speaker === undefined) return null;
    return {
      senderId: speaker.id,
      activity: { ...activity.value.raw, id: received.activityId },
      body: received.body,
      reach: { ...toFollowers(speaker.id), followersOf: speakers.map(({ id }) => id), exceptHost: received.signerHost },
    };
  },
};

const isHere = (account: Account): boolean => account.domain === null && account.suspendedAt === null && account.deletedAt === null;

/** Nobody passes on what somebody says whom they block, or who blocks them. */
async function withoutParted({ store, blocksAround }: PlanPorts, senders: readonly Account[], actorUri: string): Promise<Account[]> {
  const [actor] = await store.accountsByUris([actorUri]);
  if (actor === undefined) return [];
  const parted = await blocksAround(actor.id, senders.map(({ id }) => id));
  return senders.filter(({ id }) => !parted.has(id));
}
