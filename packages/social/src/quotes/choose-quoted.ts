import { quoteStampUri } from '@trunkline/activitypub';
import type { Account, Status, Visibility } from '@trunkline/domain';
import { fail, ok, type Result, type StatusId } from '@trunkline/kernel';
import type { NewQuote } from '../ports/store-rows.js';
import type { SocialPorts } from '../ports/social-ports.js';
import { viewStatus } from '../reading/view-statuses.js';

export type QuoteFailure = { code: 'quoted_not_found' | 'quote_not_allowed'; safe: string };

export interface ChosenQuote {
  readonly quoted: Status;
  /** Never wider than what is quoted. */
  readonly visibility: Visibility;
}

/**
 * What somebody here wants to quote, if they may: by its author's policy, and no boost, behind which another's post would
 * be quoted past its policy. Only its author quotes what not everybody may see.
 */
export async function chooseQuoted(
  ports: Pick<SocialPorts, 'store' | 'policy'>,
  author: Account,
  quotedId: StatusId,
  wanted: Visibility,
): Promise<Result<ChosenQuote, QuoteFailure>> {
  const view = await viewStatus(ports, author.id, quotedId);
  if (view === null) return fail({ code: 'quoted_not_found', safe: 'The post you are trying to quote does not appear to exist.' });
  if (view.boosted !== null || view.permission === 'denied') return fail({ code: 'quote_not_allowed', safe: 'Validation failed: You are not allowed to quote this post' });
  const isOpen = wanted === 'public' || wanted === 'unlisted';
  return ok({ quoted: view.status, visibility: view.status.visibility === 'private' && isOpen ? 'private' : wanted });
}

/** The row of a quote of somebody here: allowed at once where this server keeps the policy, else its author is asked. */
export function newQuote(ports: Pick<SocialPorts, 'settings'>, author: Account, { id, quoted }: { readonly id: StatusId; readonly quoted: Status }): NewQuote {
  const tie = { quotedId: quoted.id, quotedUri: quoted.uri, legacy: false };
  if (quoted.accountId === author.id) return { ...tie, state: 'accepted', stampUri: null };
  if (quoted.local) return { ...tie, state: 'accepted', stampUri: quoteStampUri(ports.settings.baseUrl, quoted.accountId, id) };
  return { ...tie, state: 'pending', stampUri: null };
}
