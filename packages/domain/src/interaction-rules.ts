import type { QuoteGroup, QuotePolicy } from './quote-model.js';

/** What an author elsewhere can ask to be asked about (GoToSocial). */
export type InteractionKind = 'like' | 'reply' | 'announce';

/** Who may do each of them at once, and who after the author said yes; null: whoever sees the post. */
export type InteractionRules = Readonly<Record<InteractionKind, QuotePolicy | null>> & {
  /** Its server takes requests (GoToSocial from 0.20 on); else the interaction itself, sent to the author alone, asks. */
  readonly byRequest: boolean;
};

/** Where something stands that leave was asked for. */
export type LeaveState = 'pending' | 'accepted' | 'rejected';

/** What somebody here asked leave for of an author elsewhere. */
export interface AskedLeave {
  readonly what: InteractionKind;
  readonly state: LeaveState;
  readonly byRequest: boolean;
  /** The author's consent; once they took it back, the one that was. Null: there never was one, so that nobody else has heard of it. */
  readonly stampUri: string | null;
}

/** `free`: nobody has to be asked; `denied`: nobody needs to be. */
export type Leave = 'free' | 'ask' | 'denied';

/** Who wants to interact, as far as it counts. */
export interface Interacting {
  /** The author, or for an answer somebody whom the post names or answers: these always may. */
  readonly isParty: boolean;
  readonly follows: boolean;
}

/**
 * Whether the author has to be asked. Also where followers may at once: who follows is for the author's server to say, and
 * only its consent shows others that it did.
 * @see GoToSocial docs/federation/interaction_policy.md (0.20)
 */
export function leaveFor(rule: QuotePolicy | null, { isParty, follows }: Interacting): Leave {
  if (isParty || rule === null || rule.automatic.includes('public')) return 'free';
  const mayBe = (group: QuoteGroup): boolean => group !== 'followers' || follows;
  return [...rule.automatic, ...rule.manual].some(mayBe) ? 'ask' : 'denied';
}
