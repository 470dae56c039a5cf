import { quoteRequestUri, quoteStampUri, renderQuoteRequest, renderStamp } from '@trunkline/activitypub';
import { notFound } from '@trunkline/kernel';
import { describeNote } from '../describe/describe-status.js';
import { idOf, localAccount, type DocumentSource } from './document.js';
import { isServerOf } from './reader.js';
import { around, readableStatus } from './status-documents.js';

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

/** What somebody here asked, while the quoting post stands: for whoever may see that post, and the server that was asked. */
export const quoteRequestDocument =
  (accountId: string, quotingId: string): DocumentSource =>
  async (ports, reader) => {
    const account = await localAccount(ports, accountId);
    const [quoting] = await ports.store.statusesByIds([idOf(quotingId)]);
    const quotedId = quoting?.accountId === account.id && quoting.deletedAt === null ? (quoting.quote?.quotedId ?? null) : null;
    const [quoted] = quotedId === null ? [] : await ports.store.statusesByIds([quotedId]);
    const [author] = quoted === undefined || quoted.local ? [] : await ports.store.accountsByIds([quoted.accountId]);
    if (quoting === undefined || quoted === undefined || author === undefined) throw notFound();
    const isAsked = await isServerOf(reader, author.uri);
    const isOpen = isAsked ? false : (await readableStatus(ports, reader, accountId, quotingId)).isOpen;
    const note = describeNote(ports.settings, quoting, await around(ports, quoting));
    const request = { id: quoteRequestUri(ports.settings.baseUrl, account.id, quoting.id), actorUri: account.uri, quotedUri: quoted.uri, quoteUri: quoting.uri };
    return { json: renderQuoteRequest(request, author.uri, note), pageUrl: quoting.url, isPrivate: !isOpen };
  };
