import type { RemoteNote } from '@trunkline/activitypub';
import type { Account, QuoteState, Status, StatusQuote } from '@trunkline/domain';
import type { NewQuote } from '../ports/store-rows.js';
import type { SocialPorts } from '../ports/social-ports.js';
import type { SocialTransaction } from '../ports/social-store.js';
import { rulesOfNote } from '../interactions/ask-leave.js';
import { policyOfNote, quoteOfNote } from './read-remote.js';

/** A post as its author's server tells it again. `isEdit`: its text is newer than what stood here. */
export interface Retold {
  readonly author: Account;
  readonly note: RemoteNote;
  readonly known: Status;
  readonly isEdit: boolean;
}

/** Where a quote may stand when its author's server names another stamp for it. */
const STAMPABLE: readonly QuoteState[] = ['pending', 'unauthorized', 'accepted', 'revoked'];

/**
 * What a post quotes, the stamp that allows it and the policy of its own may change without an edit (Mastodon sends an
 * Update once a quote is approved). True: something did, and the quote is to be settled again.
 */
export function reviseQuote(ports: Pick<SocialPorts, 'store'>, { author, note, known, isEdit }: Retold): Promise<boolean> {
  return ports.store.transaction(async (tx) => {
    const isNewPolicy = await tx.setQuotePolicy(known.id, policyOfNote(note, author));
    await tx.setInteractionRules(known.id, rulesOfNote(note, author));
    const isNewQuote = await reviseIn(tx, known, quoteOfNote(note), isEdit);
    return isNewPolicy || isNewQuote;
  });
}

async function reviseIn(tx: SocialTransaction, known: Status, told: NewQuote | null, isEdit: boolean): Promise<boolean> {
  const before = known.quote;
  if (told === null) {
    if (before === null || !isEdit) return false;
    await tx.replaceQuote(known.id, null);
    return true;
  }
  if (before === null || (told.quotedUri !== null && told.quotedUri !== before.quotedUri)) {
    await tx.replaceQuote(known.id, told);
    return true;
  }
  if (told.quotedUri === null) return tx.changeQuote(known.id, { state: 'deleted' }, STAMPABLE);
  return restamp(tx, known, { before, told });
}

/** Stamps of ours need no retelling: they stand in our own rows. */
async function restamp(tx: SocialTransaction, known: Status, { before, told }: { readonly before: StatusQuote; readonly told: NewQuote }): Promise<boolean> {
  if (told.legacy || told.stampUri === before.stampUri) return false;
  const [quoted] = before.quotedId === null ? [] : await tx.statusesByIds([before.quotedId]);
  if (quoted?.local === true || (quoted !== undefined && quoted.accountId === known.accountId)) return false;
  return tx.changeQuote(known.id, { state: 'pending', stampUri: told.stampUri }, STAMPABLE);
}
