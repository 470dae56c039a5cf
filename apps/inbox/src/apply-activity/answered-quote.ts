import { parseLocalUri, type CarriedActivity } from '@trunkline/activitypub';
import type { Account, Status } from '@trunkline/domain';
import { refuseQuote, revokeQuote, settleQuote } from '@trunkline/social';
import { isPassing } from '../passing-failures.js';
import type { ApplyPorts } from './ports.js';
import { APPLIED, ignored, retry, type Verdict } from './verdict.js';

/** A quote and what it quotes. */
export interface QuoteTie {
  readonly quoting: Status;
  readonly quoted: Status;
}

/**
 * The quote of somebody here that an Accept or Reject of a QuoteRequest is about: by our id of the request, else by the
 * post that it embeds. Only the author of what is quoted can answer, so the answer of anybody else finds nothing.
 */
export async function answeredQuote(ports: ApplyPorts, { uri, facts }: CarriedActivity, author: Account): Promise<QuoteTie | null> {
  const { baseUrl } = ports.settings;
  const request = uri === null ? null : parseLocalUri(baseUrl, uri);
  const embedded = facts?.kind === 'quote-request' && facts.quote.uri !== null ? parseLocalUri(baseUrl, facts.quote.uri) : null;
  const statusId = request?.kind === 'quote-request' ? request.statusId : embedded?.kind === 'status' ? embedded.statusId : null;
  const [quoting] = statusId === null ? [] : await ports.store.statusesByIds([statusId]);
  if (quoting === undefined || !quoting.local || quoting.deletedAt !== null || quoting.quote === null) return null;
  if (request?.kind === 'quote-request' && request.accountId !== quoting.accountId) return null;
  return tieBy(ports, quoting, author);
}

async function tieBy(ports: ApplyPorts, quoting: Status, author: Account): Promise<QuoteTie | null> {
  const [quoted] = quoting.quote?.quotedId == null ? [] : await ports.store.statusesByIds([quoting.quote.quotedId]);
  return quoted !== undefined && quoted.accountId === author.id ? { quoting, quoted } : null;
}

/**
 * The author of a quoted post deletes a stamp: every quote that stands by it is taken back. Null: no quote of theirs names it.
 *
 * @param onRevoked told of each quote that was taken back
 */
export async function revokeByStamp(ports: ApplyPorts, stampUri: string, author: Account | null, onRevoked?: (quoting: Status) => void): Promise<Verdict | null> {
  if (author === null) return null;
  let verdict: Verdict | null = null;
  for (const id of await ports.store.quotesByStamp(stampUri)) {
    const [quoting] = await ports.store.statusesByIds([id]);
    const tie = quoting === undefined ? null : await tieBy(ports, quoting, author);
    if (tie === null) continue;
    const isRevoked = await revokeQuote(ports, tie.quoting, tie.quoted);
    if (isRevoked) onRevoked?.(tie.quoting);
    verdict = isRevoked ? APPLIED : (verdict ?? ignored('nothing_to_revoke'));
  }
  return verdict;
}

/** Somebody passed on that a stamp was deleted: its own server is asked, and says nothing of those that are gone. */
export async function revokeIfGone(ports: ApplyPorts, stampUri: string, author: Account | null): Promise<Verdict> {
  if (author === null || (await ports.store.quotesByStamp(stampUri)).length === 0) return ignored('unknown_stamp');
  const document = await ports.remote.fetchObject(stampUri);
  if (document.ok) return ignored('stamp_stands');
  const { code } = document.error;
  if (code !== 'gone' && code !== 'not_found') return isPassing(code) ? retry(`object_unreachable: ${code}`) : ignored(`object_${code}`);
  return (await revokeByStamp(ports, stampUri, author)) ?? ignored('unknown_stamp');
}

/** Reject, or an Undo of the Accept. */
export async function refuseAnswered(ports: ApplyPorts, { quoting, quoted }: QuoteTie): Promise<Verdict> {
  return (await refuseQuote(ports, quoting, quoted)) ? APPLIED : ignored('nothing_to_reject');
}

/** A quote of the actor's own loses the consent that was given to it. */
export async function withdrawQuote(ports: ApplyPorts, quoteUri: string, actor: Account): Promise<Verdict> {
  const [quoting] = await ports.store.statusesByUris([quoteUri]);
  const quotedId = quoting?.accountId === actor.id ? (quoting.quote?.quotedId ?? null) : null;
  const [quoted] = quotedId === null ? [] : await ports.store.statusesByIds([quotedId]);
  if (quoting === undefined || quoted === undefined) return ignored('unknown_quote');
  return (await revokeQuote(ports, quoting, quoted)) ? APPLIED : ignored('nothing_to_undo');
}

/** Asks in the background what a post quotes and whether its author agreed; the post stands without waiting for it. */
export function settleQuoteLater(ports: ApplyPorts, { uri, quote }: { readonly uri: string; readonly quote: unknown }): void {
  if (quote === null) return;
  ports.later(`quote ${uri}`, async () => {
    const [status] = await ports.store.statusesByUris([uri]);
    if (status !== undefined && status.quote !== null) await settleQuote(ports, status.id);
  });
}
