import { PUBLIC_URI, type RemoteNote } from '@trunkline/activitypub';
import type { Account, QuoteGroup, QuotePolicy } from '@trunkline/domain';
import type { NewQuote } from '../ports/store-rows.js';

/** What a post of another server quotes: waiting until `settleQuote` has asked about it. */
export function quoteOfNote({ quote }: Pick<RemoteNote, 'quote'>): NewQuote | null {
  if (quote === null) return null;
  const state = quote.uri === null ? 'deleted' : 'pending';
  return { quotedId: null, quotedUri: quote.uri, state, stampUri: quote.stampUri, legacy: quote.legacy };
}

/** Who may quote a post, as its author's server says; null: it says nothing. Naming oneself alone means nobody. */
export function policyOfNote({ policy }: Pick<RemoteNote, 'policy'>, author: Pick<Account, 'uri' | 'followersUrl' | 'followingUrl'>): QuotePolicy | null {
  const rule = policy?.quote ?? null;
  return rule === null ? null : { automatic: groupsOf(rule.automatic, author), manual: groupsOf(rule.manual, author) };
}

/** Whom a policy names, as far as it can be told. */
export function groupsOf(uris: readonly string[], author: Pick<Account, 'uri' | 'followersUrl' | 'followingUrl'>): QuoteGroup[] {
  const groups = new Set<QuoteGroup>();
  for (const uri of uris) {
    if (uri === PUBLIC_URI) groups.add('public');
    else if (uri === author.followersUrl) groups.add('followers');
    else if (uri === author.followingUrl) groups.add('following');
    else if (uri !== author.uri) groups.add('other');
  }
  return [...groups];
}
