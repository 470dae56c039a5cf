import { actorUris, renderBlock, renderDeletePerson, renderUndo, renderUpdatePerson } from '@trunkline/activitypub';
import { AccountBlockedV1, AccountDeletedV1, AccountUnblockedV1, AccountUpdatedV1 } from '@trunkline/contracts';
import type { AccountId, Snowflake } from '@trunkline/kernel';
import { describeActor } from '../describe/describe-actor.js';
import { outboundPair, planOf, toAccount, toFollowers, TO_EVERYBODY, type PlanPorts, type PlanRule } from './plan.js';

const accountKey = (event: { readonly accountId: AccountId }): string => `account:${event.accountId}`;
const concernsUs = (event: { readonly local: boolean }): boolean => event.local;

/**
 * A changed profile, to the servers of all followers, and of those whom the account has just spoken to. Of a suspension, and of
 * its end, every server hears: anybody may hold a copy, and may show it.
 */
export const planAccountUpdated: PlanRule<typeof AccountUpdatedV1> = {
  contract: AccountUpdatedV1,
  orderKey: accountKey,
  concernsUs,
  async plan(ports, event) {
    const [account] = await ports.store.accountsByIds([event.accountId]);
    if (account === undefined || account.domain !== null || account.deletedAt !== null) return null;
    const actor = describeActor(ports.settings, account, await ports.publicKeys(account.id));
    const activity = renderUpdatePerson(`${actor.uris.id}#updates/${event.eventId}`, actor, account.updatedAt);
    const isDecision = account.suspendedAt !== null || event.decided === true;
    if (isDecision) return planOf(account.id, activity, TO_EVERYBODY);
    return planOf(account.id, activity, { ...toFollowers(account.id), accountIds: await ports.acquaintances(account.id) });
  },
};

/** The end of an account, to every server known: its follows are gone, and anybody may hold a copy of its posts. */
export const planAccountDeleted: PlanRule<typeof AccountDeletedV1> = {
  contract: AccountDeletedV1,
  orderKey: accountKey,
  concernsUs,
  async plan(ports, event) {
    const [account] = await ports.store.accountsByIds([event.accountId]);
    if (account === undefined || account.domain !== null || account.deletedAt === null) return null;
    const { id } = actorUris(ports.settings.baseUrl, account.id);
    return planOf(account.id, renderDeletePerson(`${id}#delete`, id), TO_EVERYBODY);
  },
};

interface BlockEvent {
  readonly blockId: Snowflake;
  readonly accountId: AccountId;
  readonly targetId: AccountId;
}

const blockKey = ({ accountId, targetId }: BlockEvent): string => `block:${accountId}:${targetId}`;

/** A block is told to the blocked one's server alone, which then keeps the two apart on its side. */
export const planAccountBlocked: PlanRule<typeof AccountBlockedV1> = {
  contract: AccountBlockedV1,
  orderKey: blockKey,
  async plan(ports, event) {
    const pair = await outboundPair(ports.store, event.accountId, event.targetId);
    if (pair === null || !(await blocksNow(ports, event))) return null;
    return planOf(event.accountId, blockOf(ports, event, pair.to.uri), toAccount(event.targetId));
  },
};

export const planAccountUnblocked: PlanRule<typeof AccountUnblockedV1> = {
  contract: AccountUnblockedV1,
  orderKey: blockKey,
  async plan(ports, event) {
    const pair = await outboundPair(ports.store, event.accountId, event.targetId);
    if (pair === null || (await blocksNow(ports, event))) return null;
    const block = blockOf(ports, event, pair.to.uri);
    return planOf(event.accountId, renderUndo(`${String(block['id'])}/undo`, block), toAccount(event.targetId));
  },
};

const blockOf = (ports: PlanPorts, event: BlockEvent, targetUri: string): ReturnType<typeof renderBlock> => {
  const actor = actorUris(ports.settings.baseUrl, event.accountId).id;
  return renderBlock(`${actor}#blocks/${event.blockId}`, actor, targetUri);
};

async function blocksNow(ports: PlanPorts, { accountId, targetId }: BlockEvent): Promise<boolean> {
  return (await ports.blocksAround(accountId, [targetId])).get(targetId)?.blocks === true;
}
