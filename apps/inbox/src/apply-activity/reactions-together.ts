import type { Account, Status } from '@trunkline/domain';
import type { Snowflake } from '@trunkline/kernel';
import {
  favouriteAll,
  reactAll,
  saveAndAnnounceAll,
  type GivenFavourite,
  type GivenReaction,
  type NewStatus,
  type SocialTransaction,
  type StatusView,
} from '@trunkline/social';
import { refreshLater } from './actor.js';
import { boostable, boostOf } from './announce.js';
import { fetchParentsLater } from './create.js';
import type { ApplyPorts } from './ports.js';
import { isShown, reactionBy, reactionVerdict } from './react.js';
import { sightOf } from './sight-together.js';
import type { ReactionCandidate } from './candidate-kinds.js';
import { isOurStatus, type Knowledge } from './together-knowledge.js';
import type { VerdictBook } from './verdict-book.js';
import { APPLIED, ignored, unresolved, type Verdict } from './verdict.js';

/** What a Like, a reaction or a boost makes. */
type Effect = { readonly rowId: Snowflake } & ({ readonly like: GivenFavourite } | { readonly react: GivenReaction } | { readonly boost: NewStatus; readonly trace: string | null });

/** The rules of `like.ts`, `react.ts` and `announce.ts`, asked for many at once. */
export async function applyReactions(ports: ApplyPorts, book: VerdictBook, reactions: readonly ReactionCandidate[], known: Knowledge): Promise<void> {
  if (reactions.length === 0) return;
  const effects: Effect[] = [];
  const sight = await sightOf(ports, reactions.map(({ row, facts }) => ({ actorUri: row.actorUri, uri: facts.uri })), known);
  for (const reaction of reactions) {
    const actor = known.people.get(reaction.row.actorUri);
    if (actor === undefined) {
      book.note(reaction.row.id, byUnknown(reaction));
      continue;
    }
    const judged = judge(ports, reaction, { actor, known, see: (status) => sight(actor, status.id) });
    if ('kind' in judged) book.note(reaction.row.id, judged);
    else effects.push(judged);
  }
  if (effects.length > 0) await book.write((tx) => storeReactions(tx, ports.ids, effects));
  for (const actorUri of new Set(reactions.map(({ row }) => row.actorUri))) {
    const actor = known.people.get(actorUri);
    if (actor !== undefined) refreshLater(ports, actor);
  }
}

/** Nothing comes of it: else they would have been asked for. */
const byUnknown = ({ facts, read }: ReactionCandidate): Verdict => ignored(facts.kind !== 'boost' ? 'unknown_status' : read.activity.id === null ? 'missing_id' : 'not_relevant');

function judge(
  ports: ApplyPorts,
  { row, read: { activity }, facts }: ReactionCandidate,
  { actor, known, see }: { readonly actor: Account; readonly known: Knowledge; readonly see: (status: Status) => StatusView | null },
): Effect | Verdict {
  const status = known.statuses.get(facts.uri);
  if (facts.kind !== 'boost') {
    if (status === undefined) return ignored('unknown_status');
    if (see(status) === null) return ignored('not_visible');
    if (facts.kind === 'reaction' && isShown(ports, facts, actor)) return { rowId: row.id, react: { ...reactionBy(actor, status, facts, activity.id), trace: row.trace } };
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
  const reactions = effects.flatMap((effect) => ('react' in effect ? [{ rowId: effect.rowId, ...effect.react }] : []));
  const boosts = effects.flatMap((effect) => ('boost' in effect ? [{ status: effect.boost, trace: effect.trace }] : []));
  await tx.holdOff(
    [...[...likes, ...reactions].flatMap(({ uri }) => uri ?? []), ...boosts.map(({ status }) => status.uri)],
    [...[...likes, ...reactions].map(({ statusId }) => statusId), ...boosts.flatMap(({ status }) => status.boostOfId ?? [])],
  );
  const outcomes = likes.length === 0 ? [] : await favouriteAll(tx, ids, likes);
  const reacted = reactions.length === 0 ? [] : await reactAll(tx, ids, reactions.map(({ rowId: _, ...reaction }) => reaction));
  // One that stands already, or was undone before it came, is as the booster wants it.
  if (boosts.length > 0) await saveAndAnnounceAll(tx, boosts);
  const verdicts = new Map<Snowflake, Verdict>([
    ...likes.map(({ rowId }, index): [Snowflake, Verdict] => [rowId, outcomes[index] === 'undone' ? ignored('undone') : APPLIED]),
    ...reactions.map(({ rowId }, index): [Snowflake, Verdict] => [rowId, reactionVerdict(reacted[index] ?? 'unknown_status')]),
  ]);
  return new Map(effects.map(({ rowId }) => [rowId, verdicts.get(rowId) ?? APPLIED]));
}
