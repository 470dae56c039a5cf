import { favouriteStatus, unfavouriteStatus, viewStatus } from '@trunkline/social';
import { actorOf } from './actor.js';
import { isTombstoned } from './tombstones.js';
import type { ApplyPorts, Incoming } from './ports.js';
import { APPLIED, ignored, unresolved, type Verdict } from './verdict.js';

/** A favourite on a status that is known here and that the actor may see. */
export async function applyLike(ports: ApplyPorts, incoming: Incoming<'like'>): Promise<Verdict> {
  const { activity, facts } = incoming;
  const [status] = await ports.store.statusesByUris([facts.uri]);
  if (status === undefined) return ignored('unknown_status');
  const actor = await actorOf(ports, incoming);
  if (!actor.ok) return unresolved('actor', actor.error);
  if ((await viewStatus(ports, actor.value.id, status.id)) === null) return ignored('not_visible');
  if (await isTombstoned(ports, activity)) return ignored('undone');
  await favouriteStatus(ports, actor.value.id, status.id, activity.id);
  // An Undo between the question and the effect left its mark before it looked for the favourite.
  if (await isTombstoned(ports, activity)) await unfavouriteStatus(ports, actor.value.id, status.id);
  return APPLIED;
}
