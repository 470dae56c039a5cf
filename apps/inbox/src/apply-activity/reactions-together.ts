import type { Account, Status } from '@trunkline/domain';
import type { Snowflake } from '@trunkline/kernel';
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
import { refreshLater } from './actor.js';
import { boostable, boostOf } from './announce.js';
import { fetchParentsLater } from './create.js';
import type { ApplyPorts } from './ports.js';
import type { ReactionCandidate } from './together-candidates.js';
import { isOurStatus, type Knowledge } from './together-knowledge.js';
import type { VerdictBook } from './verdict-book.js';
import { APPLIED, ignored, unresolved, type Verdict } from './verdict.js';

/** What a Like or a boost makes. */
type Effect = { readonly rowId: Snowflake } & ({ readonly like: GivenFavourite } | { readonly boost: NewStatus; readonly trace: string | null });

/** The rules of `like.ts` and `announce.ts`, asked for many at once. */
export async function applyReactions(ports: ApplyPorts, book: VerdictBook, reactions: readonly ReactionCandidate[], known: Knowledge): Promise<void> {
  if (reactions.length === 0) return;
  const effects: Effect[] = [];
  const sight = await sightOf(ports, reactions, known);
  for (const reaction of reactions) {
    const actor = known.people.get(reaction.row.actorUri);
    if (actor === undefined) continue;
    const judged = judge(ports, reaction, { actor, known, see: (status) => sight(actor, status) });
    if ('kind' in judged) book.note(reaction.row.id, judged);
    else effects.push(judged);
  }
  if (effects.length > 0) await book.write((tx) => storeReactions(tx, ports.ids, effects));
  for (const actorUri of new Set(reactions.map(({ row }) => row.actorUri))) {
    const actor = known.people.get(actorUri);
    if (actor !== undefined) refreshLater(ports, actor);
  }
}

type See = (status: Status) => StatusView | null;

/** Everything that says who sees what, in three questions. */
async function sightOf(ports: ApplyPorts, reactions: readonly ReactionCandidate[], { people, statuses }: Knowledge) {
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
  { actor, known, see }: { readonly actor: Account; readonly known: Knowledge; readonly see: See },
): Effect | Verdict {
  const status = known.statuses.get(facts.uri);
  if (facts.kind === 'like') {
    if (status === undefined) return ignored('unknown_status');
    if (see(status) === null) return ignored('not_visible');
    return { rowId: row.id, like: { accountId: actor.id, statusId: status.id, uri: activity.id, trace: row.trace } };
  }
  if (activity.id === null) return ignored('missing_id');
  if (status === undefined || (!isOurStatus(ports, facts.uri) && !known.followed.has(actor.id))) return ignored('not_relevant');
  if (status.deletedAt !== null) return unresolved('object', { code: 'gone' });
  if (status.inReplyToUri !== null) fetchParentsLater(ports, status);
  const target = boostable(see(status), actor);
  if (!target.ok) return ignored(target.error.code);
  return { rowId: row.id, boost: boostOf(ports, actor, target.value, { ...activity, id: activity.id }), trace: row.trace };
}

/** Stores and announces what is new, as if it came one by one in this order. @returns what became of each row */
async function storeReactions(tx: SocialTransaction, ids: ApplyPorts['ids'], effects: readonly Effect[]): Promise<Map<Snowflake, Verdict>> {
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
