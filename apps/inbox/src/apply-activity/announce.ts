import { isPublicUri, parseLocalUri, type IncomingActivity } from '@trunkline/activitypub';
import { boostVisibility, mayBoost, type Account, type Status, type Visibility } from '@trunkline/domain';
import { nowDate } from '@trunkline/kernel';
import { boostRow, publishedOr, resolveStatus, saveAndAnnounce, viewStatus } from '@trunkline/social';
import { actorOf } from './actor.js';
import { fetchParentsLater } from './create.js';
import type { ApplyPorts, Incoming } from './ports.js';
import { hasLocalFollowers } from './relevance.js';
import { APPLIED, ignored, unresolved, type Verdict } from './verdict.js';

/**
 * A boost, when the booster is followed from here or the boosted post is ours. The post is read from its own server,
 * whatever stands inline; what its author did not make public cannot be boosted by others.
 */
export async function applyAnnounce(ports: ApplyPorts, incoming: Incoming<'boost'>): Promise<Verdict> {
  const { activity, facts } = incoming;
  const { uri } = facts;
  if (activity.id === null) return ignored('missing_id');
  const isLocal = parseLocalUri(ports.settings.baseUrl, uri)?.kind === 'status';
  if (!isLocal && !(await hasLocalFollowers(ports, incoming.actor))) return ignored('not_relevant');
  const booster = await actorOf(ports, incoming);
  if (!booster.ok) return unresolved('actor', booster.error);
  const found = await resolveStatus(ports, uri);
  if (!found.ok) return unresolved('object', found.error);
  if (found.value.inReplyToUri !== null) fetchParentsLater(ports, found.value);
  const view = await viewStatus(ports, booster.value.id, found.value.id);
  const target = view?.boosted?.status ?? view?.status;
  if (target === undefined) return ignored('not_visible');
  if (!mayBoost({ authorId: target.accountId, visibility: target.visibility }, booster.value.id)) return ignored('not_public');
  return boost(ports, booster.value, target, { activity, uri: activity.id });
}

async function boost(
  ports: ApplyPorts,
  booster: Account,
  target: Status,
  { activity, uri }: { activity: IncomingActivity; uri: string },
): Promise<Verdict> {
  const createdAt = publishedOr(activity.published, nowDate(ports.clock));
  const row = boostRow(target, {
    id: ports.ids.at(createdAt.getTime()),
    accountId: booster.id,
    uri,
    visibility: boostVisibility(target.visibility, visibilityOf(activity)),
    local: false,
    createdAt,
  });
  // Null: it stands already, or was undone before it came. Both are as the booster wants it.
  await ports.store.transaction((tx) => saveAndAnnounce(tx, row));
  return APPLIED;
}

/** Never wider than it was addressed. */
function visibilityOf({ to, cc }: IncomingActivity): Visibility {
  if (to.some(isPublicUri)) return 'public';
  return cc.some(isPublicUri) ? 'unlisted' : 'private';
}
