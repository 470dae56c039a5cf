import { parseLocalUri } from '@trunkline/activitypub';
import type { Account, Status } from '@trunkline/domain';
import type { AccountId, Snowflake } from '@trunkline/kernel';
import {
  favouriteAll,
  isVisible,
  loadStatuses,
  peopleIn,
  saveAndAnnounceAll,
  viewerOf,
  type GivenFavourite,
  type NewStatus,
  type SocialTransaction,
  type StatusView,
} from '@trunkline/social';
import { boostable, boostOf } from './announce.js';
import { fetchParentsLater } from './create.js';
import type { ApplyPorts } from './ports.js';
import type { Candidate, ReactionCandidate } from './together-candidates.js';
import { APPLIED, ignored, unresolved, type Verdict } from './verdict.js';

/** What Likes and boosts are about, as far as it is here, and which boosters are followed from here. */
export interface Targets {
  readonly statuses: ReadonlyMap<string, Status>;
  readonly followed: ReadonlySet<AccountId>;
}

export async function targetsOf(ports: ApplyPorts, candidates: readonly Candidate[], people: ReadonlyMap<string, Account>): Promise<Targets> {
  const reactions = candidates.filter((candidate) => candidate.kind === 'reaction');
  if (reactions.length === 0) return { statuses: new Map(), followed: new Set() };
  const found = await ports.store.statusesByUris([...new Set(reactions.map(({ facts }) => facts.uri))]);
  const boosters = reactions.flatMap(({ row, facts }) => (facts.kind === 'boost' && !isOurStatus(ports, facts.uri) ? (people.get(row.actorUri)?.id ?? []) : []));
  const followed = boosters.length === 0 ? new Set<AccountId>() : await ports.store.followedHere([...new Set(boosters)]);
  return { statuses: new Map(found.map((status) => [status.uri, status])), followed };
}

const isOurStatus = (ports: Pick<ApplyPorts, 'settings'>, uri: string): boolean => parseLocalUri(ports.settings.baseUrl, uri)?.kind === 'status';

/** Whether all is here that decides about a Like or a boost of something unknown. `mayCome`: an earlier row may bring it. */
export function needsNobody(ports: ApplyPorts, { facts }: ReactionCandidate, given: { readonly author: Account; readonly targets: Targets; readonly mayCome: boolean }): boolean {
  const { statuses, followed } = given.targets;
  if (statuses.has(facts.uri)) return true;
  if (given.mayCome) return false;
  return facts.kind === 'like' || (!isOurStatus(ports, facts.uri) && !followed.has(given.author.id));
}

/** What a Like or a boost makes. */
type Effect = { readonly rowId: Snowflake } & ({ readonly like: GivenFavourite } | { readonly boost: NewStatus; readonly trace: string | null });

export interface ReactionsJudged {
  readonly effects: readonly Effect[];
  readonly verdicts: ReadonlyMap<Snowflake, Verdict>;
}

/** The rules of `like.ts` and `announce.ts`, asked for many at once. */
export async function judgeReactions(ports: ApplyPorts, reactions: readonly ReactionCandidate[], people: ReadonlyMap<string, Account>, targets: Targets): Promise<ReactionsJudged> {
  const effects: Effect[] = [];
  const verdicts = new Map<Snowflake, Verdict>();
  const sight = await sightOf(ports, reactions, people, targets);
  for (const reaction of reactions) {
    const actor = people.get(reaction.row.actorUri);
    if (actor === undefined) continue;
    const judged = judge(ports, reaction, { actor, targets, see: (status) => sight(actor, status) });
    if ('kind' in judged) verdicts.set(reaction.row.id, judged);
    else effects.push(judged);
  }
  return { effects, verdicts };
}

type See = (status: Status) => StatusView | null;

/** Everything that says who sees what, in three questions. */
async function sightOf(ports: ApplyPorts, reactions: readonly ReactionCandidate[], people: ReadonlyMap<string, Account>, { statuses }: Targets) {
  const ids = [...new Set(reactions.flatMap(({ facts }) => statuses.get(facts.uri)?.id ?? []))];
  const { views } = ids.length === 0 ? { views: new Map<string, StatusView>() } : await loadStatuses(ports, null, ids);
  const all = [...views.values()].flatMap((view) => [view.status, ...(view.boosted === null ? [] : [view.boosted.status])]);
  const actorIds = [...new Set(reactions.flatMap(({ row }) => people.get(row.actorUri)?.id ?? []))];
  const ties = await ports.store.tiesOfMany(actorIds, peopleIn(all));
  return (actor: Account, status: Status): StatusView | null => {
    const view = views.get(status.id);
    return view !== undefined && isVisible(ports, view, viewerOf(actor.id, ties.get(actor.id) ?? new Map())) ? view : null;
  };
}

function judge(
  ports: ApplyPorts,
  { row, read: { activity }, facts }: ReactionCandidate,
  { actor, targets, see }: { readonly actor: Account; readonly targets: Targets; readonly see: See },
): Effect | Verdict {
  const status = targets.statuses.get(facts.uri);
  if (facts.kind === 'like') {
    if (status === undefined) return ignored('unknown_status');
    if (see(status) === null) return ignored('not_visible');
    return { rowId: row.id, like: { accountId: actor.id, statusId: status.id, uri: activity.id, trace: row.trace } };
  }
  if (activity.id === null) return ignored('missing_id');
  if (status === undefined || (!isOurStatus(ports, facts.uri) && !targets.followed.has(actor.id))) return ignored('not_relevant');
  if (status.deletedAt !== null) return unresolved('object', { code: 'gone' });
  if (status.inReplyToUri !== null) fetchParentsLater(ports, status);
  const target = boostable(see(status), actor);
  if (!target.ok) return ignored(target.error.code);
  return { rowId: row.id, boost: boostOf(ports, actor, target.value, { ...activity, id: activity.id }), trace: row.trace };
}

/** Stores and announces what is new, as if it came one by one in this order. @returns what became of each row */
export async function storeReactions(tx: SocialTransaction, ids: ApplyPorts['ids'], effects: readonly Effect[]): Promise<Map<Snowflake, Verdict>> {
  const likes = effects.flatMap((effect) => ('like' in effect ? [{ rowId: effect.rowId, ...effect.like }] : []));
  const boosts = effects.flatMap((effect) => ('boost' in effect ? [{ status: effect.boost, trace: effect.trace }] : []));
  await tx.holdOff(
    [...likes.flatMap(({ uri }) => uri ?? []), ...boosts.map(({ status }) => status.uri)],
    [...likes.map(({ statusId }) => statusId), ...boosts.flatMap(({ status }) => status.boostOfId ?? [])],
  );
  const outcomes = likes.length === 0 ? [] : await favouriteAll(tx, ids, likes);
  // One that stands already, or was undone before it came, is as the booster wants it.
  if (boosts.length > 0) await saveAndAnnounceAll(tx, boosts);
  const undone = new Set(likes.filter((_, index) => outcomes[index] === 'undone').map(({ rowId }) => rowId));
  return new Map(effects.map(({ rowId }) => [rowId, undone.has(rowId) ? ignored('undone') : APPLIED]));
}
