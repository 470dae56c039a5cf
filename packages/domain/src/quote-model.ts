import type { StatusId } from '@trunkline/kernel';

/**
 * Where a quote stands with the quoted author. `pending`: not answered. `unauthorized`: it claimed an approval that does
 * not hold. `deleted`: one of the two posts is gone.
 */
export type QuoteState = 'pending' | 'accepted' | 'rejected' | 'revoked' | 'unauthorized' | 'deleted';

/** What a status quotes. Quotes of quotes are statuses of their own: nothing is followed further. */
export interface StatusQuote {
  /** null: not here yet, or gone without a trace. */
  readonly quotedId: StatusId | null;
  /** null: gone, and the author does not say what it was. */
  readonly quotedUri: string | null;
  readonly state: QuoteState;
  /** The approval (FEP-044f): claimed while the quote waits, proven once it is accepted. */
  readonly stampUri: string | null;
  /** Made by software that asks nobody: never accepted, unless one quotes oneself. */
  readonly legacy: boolean;
}

/** Of whom a policy speaks, as far as the field agrees on it; `other`: people by name, and collections of which nothing is known here. */
export type QuoteGroup = 'public' | 'followers' | 'following' | 'other';

/** Who may quote at once, and who after the author said yes. */
export interface QuotePolicy {
  readonly automatic: readonly QuoteGroup[];
  readonly manual: readonly QuoteGroup[];
}
