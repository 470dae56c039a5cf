import type { RemoteNote } from '@trunkline/activitypub';
import type { Account, QuoteState, Status, StatusQuote } from '@trunkline/domain';
import type { StatusId } from '@trunkline/kernel';
import type { NewQuote } from '../ports/store-rows.js';
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
 * Update once a quote is approved). Of those that do quote something each is looked at by itself.
 *
 * @returns those of which something did: their quotes are to be settled again
 */
export async function reviseQuotes(tx: SocialTransaction, retold: readonly Retold[]): Promise<Set<StatusId>> {
  const revised = await tx.setQuotePolicies(retold.map(({ author, note, known }) => ({ statusId: known.id, policy: policyOfNote(note, author) })));
  await tx.setInteractionRules(retold.map(({ author, note, known }) => ({ statusId: known.id, rules: rulesOfNote(note, author) })));
  for (const { note, known, isEdit } of retold) {
    const told = quoteOfNote(note);
    if ((told !== null || known.quote !== null) && (await reviseIn(tx, known, told, isEdit))) revised.add(known.id);
  }
  return revised;
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
