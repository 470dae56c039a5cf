import type { QuoteChoice } from '@trunkline/domain';
import type { AccountId, StatusId } from '@trunkline/kernel';
import { notAllowed, recordNotFound } from '@trunkline/mastodon-api';
import { revokeQuote, setQuotePolicy, viewStatus, type SocialPorts, type StatusView } from '@trunkline/social';

type Ports = Pick<SocialPorts, 'store' | 'policy' | 'clock'>;

/** The author of a status does not want that quote of it any more. @throws AppError 404, 403 for whoever is not the author */
export async function takeBackQuote(ports: Ports, viewerId: AccountId, { quotedId, quotingId }: { readonly quotedId: StatusId; readonly quotingId: StatusId }): Promise<StatusView> {
  const quoted = await viewStatus(ports, viewerId, quotedId);
  // A quote may be one that the author is not shown: it is theirs to end all the same.
  const [quoting] = await ports.store.statusesByIds([quotingId]);
  if (quoted === null || quoting?.quote?.quotedId !== quoted.status.id) throw recordNotFound();
  if (quoted.status.accountId !== viewerId) throw notAllowed();
  await revokeQuote(ports, quoting, quoted.status);
  const view = await viewStatus(ports, viewerId, quotingId);
  if (view === null) throw recordNotFound();
  return view;
}

/** @throws AppError 404 for everybody but the author */
export async function choosePolicy(ports: Ports, viewerId: AccountId, statusId: StatusId, choice: QuoteChoice): Promise<StatusView> {
  const view = await viewStatus(ports, viewerId, statusId);
  if (view === null || view.boosted !== null || view.status.accountId !== viewerId) throw recordNotFound();
  await setQuotePolicy(ports, view.status, choice);
  return (await viewStatus(ports, viewerId, statusId)) ?? view;
}
