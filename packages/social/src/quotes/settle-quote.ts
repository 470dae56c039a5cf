import type { QuoteState, Status, StatusQuote } from '@trunkline/domain';
import type { StatusId } from '@trunkline/kernel';
import { stampHolds } from '../interactions/stamp-holds.js';
import type { SocialPorts } from '../ports/social-ports.js';
import { resolveStatus } from '../remote/resolve-status.js';
import { moveQuote, UNANSWERED } from './change-quote.js';

/** Where a quote stands after it was looked at. `unreachable`: a server that was needed did not answer. */
export type Settled = QuoteState | 'unreachable' | 'none';

/**
 * Finds out what a status of another server quotes, and whether the author agreed: fetches the quoted status, never what
 * that quotes in turn (a chain of quotes costs one fetch), and holds the stamp against both. Only a stamp counts, whatever
 * the policy says; quoting oneself needs none. What older software calls a quote is never accepted.
 */
export async function settleQuote(ports: SocialPorts, statusId: StatusId): Promise<Settled> {
  const [status] = await ports.store.statusesByIds([statusId]);
  const quote = status?.quote ?? null;
  if (status === undefined || status.deletedAt !== null || quote === null) return 'none';
  if (!UNANSWERED.includes(quote.state)) return quote.state;
  const found = await quotedStatus(ports, quote);
  if (found.status === null) {
    const { state } = found;
    if (state !== 'unreachable') await ports.store.transaction((tx) => tx.changeQuote(status.id, { state }, UNANSWERED));
    return state;
  }
  return judge(ports, status, quote, found.status);
}

type Found = { readonly status: Status } | { readonly status: null; readonly state: 'deleted' | 'rejected' | 'pending' | 'unreachable' };

async function quotedStatus(ports: SocialPorts, { quotedId, quotedUri }: StatusQuote): Promise<Found> {
  const [known] = quotedId === null ? [] : await ports.store.statusesByIds([quotedId]);
  if (known !== undefined) return known.deletedAt === null ? { status: known } : { status: null, state: 'deleted' };
  if (quotedUri === null) return { status: null, state: 'deleted' };
  const found = await resolveStatus(ports, quotedUri);
  // Nobody quotes a boost: its own server has no post at that id, and we hide behind no policy of somebody else.
  if (found.ok) return found.value.boostOfId === null ? { status: found.value } : { status: null, state: 'rejected' };
  if (found.error.code === 'gone') return { status: null, state: 'deleted' };
  return { status: null, state: found.error.code === 'unreachable' ? 'unreachable' : 'pending' };
}

async function judge(ports: SocialPorts, status: Status, quote: StatusQuote, quoted: Status): Promise<Settled> {
  const tie = { quoting: status, quoted };
  const move = async (state: 'accepted' | 'unauthorized' | 'revoked'): Promise<Settled> => {
    await moveQuote(ports, tie, { state }, UNANSWERED);
    return state;
  };
  if (quoted.accountId === status.accountId) return move('accepted');
  const { stampUri } = quote;
  if (quote.legacy || stampUri === null) {
    await ports.store.transaction((tx) => tx.changeQuote(status.id, { quotedId: quoted.id }, UNANSWERED));
    return quote.state;
  }
  const [author] = await ports.store.accountsByIds([quoted.accountId]);
  if (author === undefined) return quote.state;
  const verdict = await stampHolds(ports, stampUri, { kind: 'quote', interactingUri: status.uri, targetUri: quoted.uri, author });
  return verdict === 'unreachable' ? verdict : move(verdict);
}
