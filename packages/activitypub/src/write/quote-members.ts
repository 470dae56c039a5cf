import { escapeHtml } from '../html/escape-html.js';
import type { JsonObject } from '../json.js';
import type { LocalQuote } from './types.js';

/** `rel` by which FEP-e232 marks the link that is a quote. */
const QUOTE_REL = 'https://misskey-hub.net/ns#_misskey_quote';
const OBJECT_TYPE = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"';

/**
 * A quote under all its names: FEP-044f's, Fedibird's, Misskey's, and the one that older Akkoma and Misskey read. A quoted
 * post that is gone leaves a Tombstone without its id, as Mastodon does it.
 */
export function renderQuoteMembers(quote: LocalQuote): JsonObject {
  if (quote.uri === null) return { quote: { type: 'Tombstone' } };
  const { uri, stampUri } = quote;
  if (quote.isRefused === true) return { quote: uri };
  return { quote: uri, quoteUri: uri, quoteUrl: uri, _misskey_quote: uri, ...(stampUri === null ? {} : { quoteAuthorization: stampUri }) };
}

export const renderQuoteTag = (quote: LocalQuote): readonly JsonObject[] =>
  quote.uri === null || quote.isRefused === true ? [] : [{ type: 'Link', mediaType: OBJECT_TYPE, rel: QUOTE_REL, href: quote.uri, name: `RE: ${quote.url}` }];

/** The link for servers that know no quotes; those that do hide it by its class. */
export const quoteFallback = (quote: LocalQuote): string =>
  quote.uri === null || quote.isRefused === true ? '' : `<p class="quote-inline">RE: <a href="${escapeHtml(quote.url)}" rel="nofollow noopener" target="_blank">${escapeHtml(quote.url)}</a></p>`;
