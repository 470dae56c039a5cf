import {
  actorUris,
  PUBLIC_URI,
  quoteRequestUri,
  quoteStampUri,
  renderAcceptQuote,
  renderDeleteStamp,
  renderQuoteRequest,
  renderRejectQuote,
  renderUpdate,
  type QuoteRequestDocument,
} from '@trunkline/activitypub';
import { StatusQuotedV1, StatusUnquotedV1 } from '@trunkline/contracts';
import type { Account, Status } from '@trunkline/domain';
import { describeNote, isHeldBack } from '../describe/describe-status.js';
import { keyOfAddress, outboundPair, planOf, toAccount, type Plan, type PlanPorts, type PlanRule, type Told } from './plan.js';
import { reachOf, toldOf } from './plan-status.js';

type Quoted = Told<typeof StatusQuotedV1>;

/** What both posts are now, and who wrote them. */
interface QuoteNow {
  readonly event: Quoted;
  readonly quoting: Status;
  readonly quoted: Status;
  readonly quoter: Account;
  readonly author: Account;
}

/**
 * Where a quote stands concerns three kinds of servers: the quoted author's is asked, the quoting one's is answered, and
 * whoever holds a copy of the quote is told. Each event is held against what stands by now, and a later one speaks for it.
 */
export const planQuoted: PlanRule<typeof StatusQuotedV1> = {
  contract: StatusQuotedV1,
  // In one row with the quoting status's own Create and Delete.
  orderKey: ({ statusId }) => `status:${statusId}`,
  // A request holds the quote itself; what its readers are told does not.
  after: ({ statusId, state }) => (state === 'pending' ? null : statusId),
  async plan(ports, event) {
    const now = await loadQuote(ports, event);
    if (now === null || now.quoting.quote?.state !== event.state) return null;
    const { quoter, author } = now;
    if (event.state === 'pending') return quoter.domain === null && author.domain !== null ? askAuthor(ports, now) : null;
    if (event.state === 'revoked' && author.domain === null) return tellRevoked(ports, now);
    if (quoter.domain === null) return author.domain === null ? null : tellReaders(ports, now);
    return event.state === 'accepted' && author.domain === null ? agree(ports, now) : null;
  },
};

async function loadQuote(ports: PlanPorts, event: Quoted): Promise<QuoteNow | null> {
  const statuses = await ports.store.statusesByIds([event.statusId, event.quotedId]);
  const accounts = await ports.store.accountsByIds([event.authorId, event.quotedAuthorId]);
  const [quoting, quoted] = [statuses.find(({ id }) => id === event.statusId), statuses.find(({ id }) => id === event.quotedId)];
  const [quoter, author] = [accounts.find(({ id }) => id === event.authorId), accounts.find(({ id }) => id === event.quotedAuthorId)];
  if (quoting === undefined || quoted === undefined || quoter === undefined || author === undefined) return null;
  return quoting.deletedAt === null ? { event, quoting, quoted, quoter, author } : null;
}

async function askAuthor(ports: PlanPorts, { quoting, quoted, quoter, author }: QuoteNow): Promise<Plan | null> {
  const told = await toldOf(ports, quoting.id);
  if (told === null) return null;
  const request = { id: quoteRequestUri(ports.settings.baseUrl, quoter.id, quoting.id), actorUri: quoter.uri, quotedUri: quoted.uri, quoteUri: quoting.uri };
  return planOf(quoter.id, renderQuoteRequest(request, author.uri, describeNote(ports.settings, told.status, told.around)), toAccount(author.id));
}

async function agree(ports: PlanPorts, { event, quoting, quoted, quoter, author }: QuoteNow): Promise<Plan | null> {
  const requestUri = (await ports.store.quoteRequest(quoting.id))?.requestUri ?? null;
  const stampUri = quoting.quote?.stampUri ?? null;
  if (requestUri === null || stampUri === null) return null;
  const request: QuoteRequestDocument = { id: requestUri, actorUri: quoter.uri, quotedUri: quoted.uri, quoteUri: quoting.uri };
  const envelope = { id: `${author.uri}#accepts/quote_requests/${quoting.id}/${Date.parse(event.changedAt)}`, actorUri: author.uri, to: [quoter.uri], cc: [] };
  return planOf(author.id, renderAcceptQuote(envelope, request, stampUri), toAccount(quoter.id));
}

/** To the quoting author, and to all who may show the quote: those who hold the one post or the other. */
async function tellRevoked(ports: PlanPorts, { quoting, quoted, quoter, author }: QuoteNow): Promise<Plan | null> {
  const id = quoteStampUri(ports.settings.baseUrl, author.id, quoting.id);
  const isOpen = quoted.visibility === 'public' || quoted.visibility === 'unlisted';
  const envelope = { id: `${author.uri}#deletes/quote_authorizations/${quoting.id}`, actorUri: author.uri, to: isOpen ? [PUBLIC_URI] : [quoter.uri], cc: [] };
  const stamp = { id, authorUri: author.uri, quoteUri: quoting.uri, quotedUri: quoted.uri };
  const reach = await reachOf(ports, quoted, 'delete', null);
  const ofQuoter = quoter.domain === null && isOpen ? [quoter.id] : [];
  return planOf(author.id, renderDeleteStamp(envelope, stamp), {
    ...reach,
    followersOf: [...reach.followersOf, ...ofQuoter],
    accountIds: [...new Set([...reach.accountIds, quoter.id])],
  });
}

/** A quote of somebody here was agreed to, refused or taken back: an Update says it to whoever holds the post. It is no edit. */
async function tellReaders(ports: PlanPorts, { event, quoting }: QuoteNow): Promise<Plan | null> {
  const told = await toldOf(ports, quoting.id);
  if (told === null || isHeldBack(told.around)) return null;
  const { status, around } = told;
  const note = describeNote(ports.settings, status, around);
  return planOf(status.accountId, renderUpdate(`${note.id}#updates/${Date.parse(event.changedAt)}`, note), await reachOf(ports, status, 'update', null));
}

/** The asker is told no, whether their post is here or not. */
export const planUnquoted: PlanRule<typeof StatusUnquotedV1> = {
  contract: StatusUnquotedV1,
  orderKey: ({ requestUri }) => keyOfAddress('quote-request', requestUri),
  async plan(ports, event) {
    const pair = await outboundPair(ports.store, event.quotedAuthorId, event.askerId);
    const [quoted] = pair === null ? [] : await ports.store.statusesByIds([event.quotedId]);
    if (pair === null || quoted === undefined) return null;
    const actor = actorUris(ports.settings.baseUrl, pair.from.id).id;
    const request = { id: event.requestUri, actorUri: pair.to.uri, quotedUri: quoted.uri, quoteUri: event.quoteUri };
    const envelope = { id: `${actor}#rejects/quote_requests/${event.eventId}`, actorUri: actor, to: [pair.to.uri], cc: [] };
    return planOf(pair.from.id, renderRejectQuote(envelope, request), toAccount(pair.to.id));
  },
};
