import { StatusFavouritedV1, StatusUnfavouritedV1 } from '@trunkline/contracts';
import type { Status } from '@trunkline/domain';
import { fail, ok, type AccountId, type Result, type StatusId } from '@trunkline/kernel';
import { askedFor, leaveToAct } from '../interactions/ask-leave.js';
import type { SocialPorts } from '../ports/social-ports.js';
import type { SocialTransaction } from '../ports/social-store.js';
import type { FavouriteOutcome, StatusMark } from '../ports/store-rows.js';
import { tracesOf, type Caused } from './caused.js';

/** Once, however often it is asked. `uri`: the peer's id of its Like. The caller has checked visibility. */
export function favouriteStatus(
  ports: Pick<SocialPorts, 'store' | 'ids'>,
  accountId: AccountId,
  statusId: StatusId,
  uri: string | null = null,
): Promise<boolean> {
  return ports.store.transaction(async (tx) => {
    const id = ports.ids.next();
    if (!(await tx.insertFavourite({ id, accountId, statusId, uri }))) {
      // One that an emoji reaction made is from now on a Like's, and outlives the reaction.
      await tx.renameFavourites([{ accountId, statusId, uri }]);
      return false;
    }
    await tx.appendEvent(StatusFavouritedV1, { favouriteId: id, accountId, statusId });
    return true;
  });
}

export type LikeFailure = { code: 'not_allowed'; safe: string };

/** Somebody here favourites a status that they can see. Its author elsewhere may have to be asked. */
export async function likeStatus(ports: Pick<SocialPorts, 'store' | 'ids'>, accountId: AccountId, status: Status): Promise<Result<boolean, LikeFailure>> {
  const leave = await leaveToAct(ports, accountId, 'like', status);
  if (leave.leave === 'denied') return fail({ code: 'not_allowed', safe: 'This action is not allowed' });
  const made = await ports.store.transaction(async (tx) => {
    const id = ports.ids.next();
    if (!(await tx.insertFavourite({ id, accountId, statusId: status.id, uri: null }))) return false;
    const asked = askedFor('like', leave, { interactionId: id, accountId, target: status });
    if (asked !== null) await tx.insertAsked(asked);
    await tx.appendEvent(StatusFavouritedV1, { favouriteId: id, accountId, statusId: status.id });
    return true;
  });
  return ok(made);
}

export interface GivenFavourite {
  readonly accountId: AccountId;
  readonly statusId: StatusId;
  readonly uri: string | null;
  /** The cause, as a traceparent. */
  readonly trace: string | null;
}

/** Many of other servers, as if they came one by one in this order. The caller has checked visibility, and called `holdOff` for the uris. */
export async function favouriteAll(tx: SocialTransaction, ids: SocialPorts['ids'], given: readonly GivenFavourite[]): Promise<FavouriteOutcome[]> {
  const ties = given.map(({ accountId, statusId, uri, trace }) => ({ id: ids.next(), accountId, statusId, uri, trace }));
  const outcomes = await tx.insertFavourites(ties);
  const made = ties.filter((_, index) => outcomes[index] === 'made');
  await tx.renameFavourites(ties.filter((_, index) => outcomes[index] === 'stands'));
  const payloads = made.map(({ id, accountId, statusId }) => ({ favouriteId: id, accountId, statusId }));
  await tx.appendEvents(StatusFavouritedV1, payloads, made.map(({ trace }) => trace));
  return outcomes;
}

export async function unfavouriteStatus(ports: Pick<SocialPorts, 'store'>, accountId: AccountId, statusId: StatusId): Promise<boolean> {
  return (await ports.store.transaction((tx) => unfavouriteAll(tx, [{ accountId, statusId }]))) === 1;
}

/** Many. @returns how many of them stood */
export async function unfavouriteAll(tx: SocialTransaction, marks: readonly Caused<StatusMark>[]): Promise<number> {
  const causes = new Map(marks.map((mark) => [`${mark.accountId} ${mark.statusId}`, mark]));
  const gone = await tx.deleteFavourites(marks);
  const payloads = gone.map(({ id, accountId, statusId }) => ({ favouriteId: id, accountId, statusId }));
  await tx.appendEvents(StatusUnfavouritedV1, payloads, tracesOf(gone.map(({ accountId, statusId }) => causes.get(`${accountId} ${statusId}`) ?? {})));
  return gone.length;
}
