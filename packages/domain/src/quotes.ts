import type { AccountId } from '@trunkline/kernel';
import type { Visibility } from './model.js';
import type { QuoteGroup, QuotePolicy, QuoteState, StatusQuote } from './quote-model.js';
import { NO_TIES, sightFor, type StatusFacts, type Viewer } from './visibility.js';

/** Policies that people here can choose. */
export const QUOTE_CHOICES = ['public', 'followers', 'nobody'] as const;
export type QuoteChoice = (typeof QUOTE_CHOICES)[number];

const NOBODY_QUOTES: QuotePolicy = Object.freeze<QuotePolicy>({ automatic: [], manual: [] });
const EVERYBODY_QUOTES: QuotePolicy = Object.freeze<QuotePolicy>({ automatic: ['public'], manual: [] });

/** A choice as a policy. What not everybody may see, nobody may quote. */
export function policyOfChoice(choice: QuoteChoice, visibility: Visibility): QuotePolicy {
  if (choice === 'nobody' || (visibility !== 'public' && visibility !== 'unlisted')) return NOBODY_QUOTES;
  return choice === 'public' ? EVERYBODY_QUOTES : { automatic: ['followers'], manual: [] };
}

/** What holds where the author said nothing: of ours everybody may quote what everybody may see; of others nobody. */
export function effectivePolicy(status: { readonly local: boolean; readonly visibility: Visibility; readonly quotePolicy: QuotePolicy | null }): QuotePolicy {
  if (status.quotePolicy !== null) return status.quotePolicy;
  return status.local ? policyOfChoice('public', status.visibility) : NOBODY_QUOTES;
}

/** What somebody who asks to quote is told; `unknown`: only the author's server can say. */
export type QuotePermission = 'automatic' | 'manual' | 'denied' | 'unknown';

/** What decides who may quote a status. */
export interface QuotableFacts {
  readonly authorId: AccountId;
  readonly visibility: Visibility;
  readonly isBoost: boolean;
  readonly policy: QuotePolicy;
}

/** Whether the viewer, who can see the status, may quote it. Nobody quotes a boost: it would pass by the policy of what it shows. */
export function quotePermission(status: QuotableFacts, viewer: Viewer | null): QuotePermission {
  if (viewer === null || status.isBoost || status.visibility === 'direct') return 'denied';
  if (viewer.id === status.authorId) return 'automatic';
  const ties = viewer.tiesTo(status.authorId);
  if (status.visibility === 'private' || ties.blockedEitherWay) return 'denied';
  const covers = (groups: readonly QuoteGroup[]): boolean => groups.includes('public') || (groups.includes('followers') && ties.follows);
  const { automatic, manual } = status.policy;
  if (covers(automatic)) return 'automatic';
  if (covers(manual)) return 'manual';
  const isOpenQuestion = [...automatic, ...manual].some((group) => group === 'following' || group === 'other');
  return isOpenQuestion ? 'unknown' : 'denied';
}

/** As clients are told: the stored states, and why this viewer does not get what others do. */
export type ShownQuoteState = QuoteState | 'blocked_account' | 'blocked_domain' | 'muted_account';

export interface ShownQuote {
  readonly state: ShownQuoteState;
  /** Whether the quoted status may be shown. */
  readonly isOpen: boolean;
}

/**
 * How a viewer, who can see the quoting status, gets its quote; null: as no quote at all (a link is in the text). The
 * quoted status is judged by the one visibility rule, whatever its author agreed to. `quoted`: null when it is not here.
 */
export function shownQuote(quote: StatusQuote | null, quoted: StatusFacts | null, viewer: Viewer | null): ShownQuote | null {
  if (quote === null) return null;
  if (quote.state !== 'accepted') return quote.legacy ? null : { state: quote.state, isOpen: false };
  if (quoted === null) return { state: 'unauthorized', isOpen: false };
  const ties = viewer === null ? NO_TIES : viewer.tiesTo(quoted.authorId);
  const sight = sightFor(quoted, null, viewer);
  if (sight === 'deleted') return { state: 'deleted', isOpen: false };
  if (sight === 'blocked' && ties.blocks) return { state: 'blocked_account', isOpen: false };
  if (sight !== 'visible') return { state: 'unauthorized', isOpen: false };
  if (ties.blocksDomain) return { state: 'blocked_domain', isOpen: false };
  return { state: ties.mutes ? 'muted_account' : 'accepted', isOpen: true };
}
