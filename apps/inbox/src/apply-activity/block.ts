import { blockAccount, unblockAccount } from '@trunkline/social';
import { actorOf, localAccountAt } from './actor.js';
import { isTombstoned } from './tombstones.js';
import type { ApplyPorts, Incoming } from './ports.js';
import { APPLIED, ignored, unresolved, type Verdict } from './verdict.js';

/** Somebody blocks one of our people: both follows end, and neither sees the other any more. */
export async function applyBlock(ports: ApplyPorts, incoming: Incoming<'block'>): Promise<Verdict> {
  const { activity, facts } = incoming;
  const target = await localAccountAt(ports, facts.uri);
  if (target === null) return ignored('unknown_target');
  const actor = await actorOf(ports, incoming);
  if (!actor.ok) return unresolved('actor', actor.error);
  if (await isTombstoned(ports, activity)) return ignored('undone');
  const blocked = await blockAccount(ports, actor.value.id, target.id, activity.id);
  if (!blocked.ok) return ignored(blocked.error.code);
  if (await isTombstoned(ports, activity)) await unblockAccount(ports, actor.value.id, target.id);
  return APPLIED;
}
