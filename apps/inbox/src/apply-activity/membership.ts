import { sameHost } from '@trunkline/activitypub';
import type { Account, Status } from '@trunkline/domain';
import { isPinnable, REMOTE_PINS_MAX, resolveStatus } from '@trunkline/social';
import type { ApplyPorts, Incoming } from './ports.js';
import { hasLocalFollowers } from './relevance.js';
import { APPLIED, ignored, unresolved, type Verdict } from './verdict.js';

/** Add and Remove: what somebody has on top of their profile. Other collections (moderators of groups, hashtags) are not kept. */
export async function applyMembership(ports: ApplyPorts, { actor, facts }: Incoming<'add' | 'remove'>): Promise<Verdict> {
  if (actor === null) return ignored('unknown_actor');
  const { kind, collectionUri, hashtag, object } = facts;
  if (hashtag !== null) return ignored('featured_hashtag');
  if (collectionUri !== actor.featuredUrl) return ignored('other_collection');
  if (object.uri === null) return ignored('missing_id');
  // Its own text is what its address serves, whatever stands inline.
  if (!sameHost(object.uri, actor.uri)) return ignored('foreign_object');
  const [known] = await ports.store.statusesByUris([object.uri]);
  return kind === 'remove' ? unpin(ports, actor, known) : pin(ports, actor, object.uri, known);
}

async function unpin(ports: ApplyPorts, actor: Account, status: Status | undefined): Promise<Verdict> {
  if (status === undefined) return ignored('unknown_status');
  if (status.accountId !== actor.id) return ignored('foreign_author');
  await ports.store.transaction((tx) => tx.deletePin(actor.id, status.id));
  return APPLIED;
}

async function pin(ports: ApplyPorts, actor: Account, uri: string, known: Status | undefined): Promise<Verdict> {
  // Nobody here looks at the profile often enough to fetch a post for it.
  if (known === undefined && !(await hasLocalFollowers(ports, actor))) return ignored('not_relevant');
  const found = known ?? (await resolveStatus(ports, uri));
  if ('ok' in found && !found.ok) return unresolved('object', found.error);
  const status = 'ok' in found ? found.value : found;
  if (status.accountId !== actor.id) return ignored('foreign_author');
  if (!isPinnable(actor, status)) return ignored('not_pinnable');
  await ports.store.transaction((tx) => tx.insertPin({ id: ports.ids.next(), accountId: actor.id, statusId: status.id }, REMOTE_PINS_MAX));
  return APPLIED;
}
