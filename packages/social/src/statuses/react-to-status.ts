import { StatusFavouritedV1, StatusUnfavouritedV1 } from '@trunkline/contracts';
import type { AccountId, StatusId } from '@trunkline/kernel';
import type { SocialPorts } from '../ports/social-ports.js';
import type { NewReaction, ReactionOutcome } from '../ports/store-rows.js';

/**
 * An emoji reaction. Whoever reacts also favours the status, once: most clients know nothing else (ADR 16). The caller
 * has checked visibility.
 */
export function reactToStatus(ports: Pick<SocialPorts, 'store' | 'ids'>, reaction: Omit<NewReaction, 'id'>): Promise<ReactionOutcome> {
  const { accountId, statusId, uri } = reaction;
  return ports.store.transaction(async (tx) => {
    const outcome = await tx.insertReaction({ ...reaction, id: ports.ids.next() });
    if (outcome !== 'stored') return outcome;
    const id = ports.ids.next();
    if (await tx.insertFavourite({ id, accountId, statusId, uri })) await tx.appendEvent(StatusFavouritedV1, { favouriteId: id, accountId, statusId });
    return outcome;
  });
}

/** Takes one back, and with the last of a person the favourite that it made; one made by a Like stays. */
export function unreactToStatus(
  ports: Pick<SocialPorts, 'store'>,
  reaction: { readonly accountId: AccountId; readonly statusId: StatusId; readonly name: string },
): Promise<boolean> {
  const { accountId, statusId } = reaction;
  return ports.store.transaction(async (tx) => {
    const gone = await tx.deleteReaction(reaction);
    if (gone === null) return false;
    const made = await tx.favourite(accountId, statusId);
    if (made?.uri !== gone.uri) return true;
    const [next] = await tx.reactionUris(accountId, statusId);
    if (next !== undefined) {
      await tx.renameFavourites([{ accountId, statusId, uri: next }]);
      return true;
    }
    const favourite = await tx.deleteFavourite(accountId, statusId);
    if (favourite !== null) await tx.appendEvent(StatusUnfavouritedV1, { favouriteId: favourite.id, accountId, statusId });
    return true;
  });
}
