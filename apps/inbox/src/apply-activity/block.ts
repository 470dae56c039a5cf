import { sameHost } from '@trunkline/activitypub';
import type { Account } from '@trunkline/domain';
import { blockAccount, rejectFollow, unblockAccount } from '@trunkline/social';
import { actorOf, knownAccountAt, localAccountAt } from './actor.js';
import { isTombstoned } from './tombstones.js';
import type { ApplyPorts, Incoming } from './ports.js';
import { APPLIED, ignored, unresolved, type Verdict } from './verdict.js';

/**
 * Somebody blocks one of our people: both follows end, and neither sees the other any more. A moderator's ban from a
 * group or a whole server (Lemmy) is no quarrel between two people: the group lets our person go, the moderator does not.
 */
export async function applyBlock(ports: ApplyPorts, incoming: Incoming<'block'>): Promise<Verdict> {
  const { activity, facts } = incoming;
  const target = await localAccountAt(ports, facts.uri);
  if (target === null) return ignored('unknown_target');
  if (facts.groupUri !== null) return banned(ports, target, facts.groupUri, activity.actorUri);
  const actor = await actorOf(ports, incoming);
  if (!actor.ok) return unresolved('actor', actor.error);
  if (await isTombstoned(ports, activity)) return ignored('undone');
  const blocked = await blockAccount(ports, actor.value.id, target.id, activity.id);
  if (!blocked.ok) return ignored(blocked.error.code);
  if (await isTombstoned(ports, activity)) await unblockAccount(ports, actor.value.id, target.id);
  return APPLIED;
}

async function banned(ports: ApplyPorts, target: Account, groupUri: string, moderatorUri: string): Promise<Verdict> {
  const group = await knownAccountAt(ports, groupUri);
  if (group === null || group.domain === null || !sameHost(groupUri, moderatorUri)) return ignored('group_moderation');
  return (await rejectFollow(ports, target.id, group.id)) ? APPLIED : ignored('group_moderation');
}
