import { quoteStampUri } from '@trunkline/activitypub';
import { StatusUnquotedV1 } from '@trunkline/contracts';
import type { Account, Status } from '@trunkline/domain';
import type { SocialPorts } from '../ports/social-ports.js';
import { viewStatus } from '../reading/view-statuses.js';
import { acceptQuote } from './change-quote.js';

export interface QuoteRequest {
  /** The peer's id of it, which the answer names. */
  readonly requestUri: string;
  readonly asker: Account;
  /** A status of this server. */
  readonly quoted: Status;
}

/** Whether the asker may quote, by the policy; null: they may not even know of the status. */
export async function mayQuote(ports: Pick<SocialPorts, 'store' | 'policy'>, { asker, quoted }: QuoteRequest): Promise<boolean | null> {
  const view = await viewStatus(ports, asker.id, quoted.id);
  // Who is blocked may know of what everybody may see.
  if (view === null) return quoted.visibility === 'public' || quoted.visibility === 'unlisted' ? false : null;
  return view.boosted === null && view.permission === 'automatic';
}

/** Agrees to a quote that stands here. Asked again it is answered again; what was taken back stays so, and is refused. */
export async function grantQuote(ports: Pick<SocialPorts, 'store' | 'clock' | 'settings'>, request: QuoteRequest, quoting: Status): Promise<boolean> {
  const { requestUri, quoted } = request;
  const stampUri = quoting.accountId === quoted.accountId ? null : quoteStampUri(ports.settings.baseUrl, quoted.accountId, quoting.id);
  if (await acceptQuote(ports, quoting, quoted, { stampUri, requestUri })) return true;
  await denyQuote(ports, request, quoting.uri);
  return false;
}

/** Has the asker told no. */
export const denyQuote = (ports: Pick<SocialPorts, 'store'>, { requestUri, asker, quoted }: QuoteRequest, quoteUri: string): Promise<void> =>
  ports.store.transaction((tx) =>
    tx.appendEvent(StatusUnquotedV1, { quotedId: quoted.id, quotedAuthorId: quoted.accountId, askerId: asker.id, requestUri, quoteUri }),
  );
