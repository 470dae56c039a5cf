import { httpUri } from '../hosts.js';
import { isJsonObject, listOf, member, type JsonObject } from '../json.js';
import type { RemoteTags } from './parse-tags.js';
import { idOf } from './references.js';
import type { RemoteQuote } from './types.js';

const LEGACY = ['_misskey_quote', 'quoteUrl', 'quoteUri', 'quoteURL'] as const;

/**
 * What a post quotes. The members that name it may disagree (seen in Fedibird): the first one wins, in Mastodon's
 * order; links in `tag` (FEP-e232) come last. A post that quotes itself quotes nothing.
 */
export function readQuote(raw: JsonObject, uri: string, tags: RemoteTags): RemoteQuote | null {
  const quote = member(raw, 'quote');
  const named = idOf(quote);
  const stampUri = idOf(member(raw, 'quoteAuthorization'));
  if (named !== null) return named === uri ? null : { uri: named, stampUri, legacy: false };
  // Mastodon: the quoted post is deleted, and its id goes with it.
  if (isJsonObject(quote) && member(quote, 'type') === 'Tombstone') return { uri: null, stampUri: null, legacy: false };

  const legacy = [...LEGACY.map((name) => idOf(member(raw, name))), ...linked(tags)].find((entry) => entry !== null && entry !== uri);
  // BookWyrm's Quotation has the words of a book in `quote`, which are no address.
  return legacy === undefined || legacy === null ? null : { uri: legacy, stampUri: null, legacy: true };
}

const linked = (tags: RemoteTags): readonly (string | null)[] =>
  tags.links
    .filter((link) => listOf(member(link, 'rel')).some((rel) => typeof rel === 'string' && rel.endsWith('#_misskey_quote')))
    .map((link) => httpUri(member(link, 'href')));
