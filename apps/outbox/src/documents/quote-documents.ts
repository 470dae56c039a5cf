import { quoteStampUri, renderStamp } from '@trunkline/activitypub';
import { notFound } from '@trunkline/kernel';
import { idOf, type DocumentSource } from './document.js';
import { readableStatus } from './status-documents.js';

/**
 * The consent to a quote of a status of ours while it stands, for whoever may see that status: its id says which one quotes.
 * Neither post stands in it.
 */
export const stampDocument =
  (accountId: string, quotingId: string): DocumentSource =>
  async (ports, reader) => {
    const [quoting] = await ports.store.statusesByIds([idOf(quotingId)]);
    const quote = quoting?.quote ?? null;
    if (quoting === undefined || quoting.deletedAt !== null || quote?.state !== 'accepted' || quote.quotedId === null) throw notFound();
    const { status: quoted, isOpen } = await readableStatus(ports, reader, accountId, quote.quotedId);
    const id = quoteStampUri(ports.settings.baseUrl, quoted.accountId, quoting.id);
    if (quoted.deletedAt !== null || quote.stampUri !== id) throw notFound();
    const [author] = await ports.store.accountsByIds([quoted.accountId]);
    if (author === undefined) throw notFound();
    return { json: renderStamp({ id, authorUri: author.uri, quoteUri: quoting.uri, quotedUri: quoted.uri }), pageUrl: quoted.url, isPrivate: !isOpen };
  };
