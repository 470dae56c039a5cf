import { addressedBy, isPublicUri, parseLocalUri, type IncomingActivity, type ObjectRef } from '@trunkline/activitypub';
import { boostVisibility, mayBoost, type Account, type Status, type Visibility } from '@trunkline/domain';
import { fail, nowDate, ok, type Failure, type Result } from '@trunkline/kernel';
import { boostRow, ingestStatus, publishedOr, resolveStatus, saveAndAnnounce, viewStatus, type NewStatus, type StatusView } from '@trunkline/social';
import { actorOf } from './actor.js';
import { settleQuoteLater } from './answered-quote.js';
import { fetchParentsLater, ownNote } from './create.js';
import type { ApplyPorts, Incoming } from './ports.js';
import { fetchForPeople, type Lead } from './read-for-people.js';
import { applyRelayed } from './relay.js';
import { hasLocalFollowers } from './relevance.js';
import { APPLIED, ignored, unresolved, type Verdict } from './verdict.js';

/**
 * A boost, when the booster is followed from here or the boosted post is ours. The post is read from its own server,
 * whatever stands inline; what its author did not make public cannot be boosted by others.
 */
export async function applyAnnounce(ports: ApplyPorts, incoming: Incoming<'boost'>): Promise<Verdict> {
  const { activity, facts } = incoming;
  const { uri } = facts;
  if ((await ports.relayBook.actors()).has(activity.actorUri)) return applyRelayed(ports, incoming);
  if (activity.id === null) return ignored('missing_id');
  const isLocal = parseLocalUri(ports.settings.baseUrl, uri)?.kind === 'status';
  if (!isLocal && !(await hasLocalFollowers(ports, incoming.actor))) return ignored('not_relevant');
  const booster = await actorOf(ports, incoming);
  if (!booster.ok) return unresolved('actor', booster.error);
  if (facts.embedded !== null) await storeOwn(ports, booster.value, facts.embedded, incoming);
  const found = await resolveStatus(ports, uri, { fetchPost: fetchForPeople(ports, incoming) });
  if (!found.ok) return unresolved('object', found.error);
  if (found.value.inReplyToUri !== null) fetchParentsLater(ports, found.value, incoming);
  if (found.value.quote?.state === 'pending' && !found.value.local) settleQuoteLater(ports, found.value);
  const target = boostable(await viewStatus(ports, booster.value.id, found.value.id), booster.value);
  if (!target.ok) return ignored(target.error.code);
  const row = boostOf(ports, booster.value, target.value, { ...activity, id: activity.id });
  // Null: it stands already, or was undone before it came. Both are as the booster wants it.
  await ports.store.transaction((tx) => saveAndAnnounce(tx, row));
  return APPLIED;
}

/** What somebody boosts who boosts this; `view`: null when they cannot see it. */
export function boostable(view: StatusView | null, booster: Account): Result<Status, Failure> {
  const target = view?.boosted?.status ?? view?.status;
  if (target === undefined) return fail({ code: 'not_visible' });
  return mayBoost({ authorId: target.accountId, visibility: target.visibility }, booster.id) ? ok(target) : fail({ code: 'not_public' });
}

export function boostOf(ports: Pick<ApplyPorts, 'clock' | 'ids'>, booster: Account, target: Status, activity: IncomingActivity & { readonly id: string }): NewStatus {
  const createdAt = publishedOr(activity.published, nowDate(ports.clock));
  return boostRow(target, {
    id: ports.ids.at(createdAt.getTime()),
    accountId: booster.id,
    uri: activity.id,
    visibility: boostVisibility(target.visibility, visibilityOf(activity)),
    local: false,
    createdAt,
  });
}

/** The booster's own post, which may be too private for anybody to fetch. It is as good as its Create. */
async function storeOwn(ports: ApplyPorts, author: Account, post: ObjectRef, lead: Lead): Promise<void> {
  const note = await ownNote(ports, post, lead);
  if (note.ok) await ingestStatus(ports, author, addressedBy(note.value, author.followersUrl));
}

/** Never wider than it was addressed. */
function visibilityOf({ to, cc }: IncomingActivity): Visibility {
  if (to.some(isPublicUri)) return 'public';
  return cc.some(isPublicUri) ? 'unlisted' : 'private';
}
