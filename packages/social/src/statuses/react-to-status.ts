import { StatusFavouritedV1, StatusUnfavouritedV1 } from '@trunkline/contracts';
import type { SocialPorts } from '../ports/social-ports.js';
import type { SocialTransaction } from '../ports/social-store.js';
import type { NewReaction, ReactionMark, ReactionOutcome, StatusMark } from '../ports/store-rows.js';
import { tracesOf, type Caused } from './caused.js';

/** An emoji reaction of another server; the caller has checked visibility. */
export function reactToStatus(ports: Pick<SocialPorts, 'store' | 'ids'>, reaction: GivenReaction): Promise<ReactionOutcome> {
  return ports.store.transaction(async (tx) => {
    // An Undo that comes at this moment finds it, or leaves its mark first.
    await tx.holdOff(reaction.uri === null ? [] : [reaction.uri], [reaction.statusId]);
    return (await reactAll(tx, ports.ids, [reaction]))[0] ?? 'unknown_status';
  });
}

/** `trace`: the cause, as a traceparent. */
export type GivenReaction = Caused<Omit<NewReaction, 'id'>>;

/**
 * Many, of each person and status one, as if they came one by one in this order. Whoever reacts also favours the status, once: most clients know nothing
 * else (ADR 16). The caller has checked visibility, and called `holdOff` for the uris.
 */
export async function reactAll(tx: SocialTransaction, ids: SocialPorts['ids'], given: readonly GivenReaction[]): Promise<ReactionOutcome[]> {
  const outcomes = await tx.insertReactions(given.map(({ trace: _, ...reaction }) => ({ ...reaction, id: ids.next() })));
  const stored = given.filter((_, index) => outcomes[index] === 'stored');
  const marks = stored.map(({ accountId, statusId, uri, trace }) => ({ id: ids.next(), accountId, statusId, uri, trace }));
  const made = await tx.insertFavourites(marks);
  const fresh = marks.filter((_, index) => made[index] === 'made');
  await tx.appendEvents(StatusFavouritedV1, fresh.map(({ id, accountId, statusId }) => ({ favouriteId: id, accountId, statusId })), tracesOf(fresh));
  return outcomes;
}

/** Takes one back, see `unreactAll`. */
export const unreactToStatus = (ports: Pick<SocialPorts, 'store'>, reaction: ReactionMark): Promise<void> => ports.store.transaction((tx) => unreactAll(tx, [reaction]));

/**
 * Takes back many, of each person and status one, and with the last of a person the favourite that it made; one made by a Like stays. A
 * favourite made by one of several goes by the first of those that are left.
 */
export async function unreactAll(tx: SocialTransaction, given: readonly Caused<ReactionMark>[]): Promise<void> {
  const causes = new Map(given.map((mark) => [keyOf(mark), mark]));
  const gone = new Map((await tx.deleteReactions(given)).map((stood) => [keyOf(stood), stood]));
  const favourites = await tx.favouritesBetween([...gone.values()]);
  const made = favourites.filter((favourite) => favourite.uri === gone.get(keyOf(favourite))?.uri);
  const next = new Map((await tx.firstReactions(made)).map((first) => [keyOf(first), first]));
  await tx.renameFavourites([...next.values()]);
  const last = made.filter((favourite) => !next.has(keyOf(favourite)));
  const ended = await tx.deleteFavourites(last);
  const payloads = ended.map(({ id, accountId, statusId }) => ({ favouriteId: id, accountId, statusId }));
  await tx.appendEvents(StatusUnfavouritedV1, payloads, tracesOf(ended.map((mark) => causes.get(keyOf(mark)) ?? {})));
}

const keyOf = ({ accountId, statusId }: StatusMark): string => `${accountId} ${statusId}`;
