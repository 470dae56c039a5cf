import { StatusQuotedV1 } from '@trunkline/contracts';
import type { QuoteState, Status } from '@trunkline/domain';
import { nowDate } from '@trunkline/kernel';
import type { QuoteChange } from '../ports/store-rows.js';
import type { SocialPorts } from '../ports/social-ports.js';
import type { SocialTransaction } from '../ports/social-store.js';

type Changing = Pick<SocialPorts, 'store' | 'clock'>;
type Quoting = Pick<Status, 'id' | 'accountId'>;
type Quoted = Pick<Status, 'id' | 'accountId'>;

/** States in which the quoted author has not spoken yet. */
export const UNANSWERED: readonly QuoteState[] = ['pending', 'unauthorized'];

/** Changes where a quote stands and says so. False: it was in none of the states `from`. */
export function moveQuote(
  ports: Changing,
  { quoting, quoted }: { readonly quoting: Quoting; readonly quoted: Quoted },
  change: QuoteChange & { readonly state: QuoteState },
  from: readonly QuoteState[],
): Promise<boolean> {
  return ports.store.transaction(async (tx) => {
    if (!(await tx.changeQuote(quoting.id, { ...change, quotedId: quoted.id }, from))) return false;
    await announceQuote(tx, ports, { quoting, quoted, state: change.state });
    return true;
  });
}

export const announceQuote = (
  tx: SocialTransaction,
  { clock }: Pick<SocialPorts, 'clock'>,
  { quoting, quoted, state }: { readonly quoting: Quoting; readonly quoted: Quoted; readonly state: QuoteState },
): Promise<void> =>
  tx.appendEvent(StatusQuotedV1, {
    statusId: quoting.id,
    authorId: quoting.accountId,
    quotedId: quoted.id,
    quotedAuthorId: quoted.accountId,
    state,
    changedAt: nowDate(clock).toISOString(),
  });

/** The quoted author agreed. A quote that was taken back or refused stays so. */
export const acceptQuote = (ports: Changing, quoting: Quoting, quoted: Quoted, given: { readonly stampUri: string | null; readonly requestUri?: string }): Promise<boolean> =>
  moveQuote(ports, { quoting, quoted }, { state: 'accepted', ...given }, [...UNANSWERED, 'accepted']);

/** The quoted author refuses; what they agreed to before is taken back. */
export async function refuseQuote(ports: Changing, quoting: Quoting, quoted: Quoted): Promise<boolean> {
  const tie = { quoting, quoted };
  if (await moveQuote(ports, tie, { state: 'rejected', stampUri: null }, UNANSWERED)) return true;
  return moveQuote(ports, tie, { state: 'revoked', stampUri: null }, ['accepted']);
}

/** The quoted author takes the consent back. */
export const revokeQuote = (ports: Changing, quoting: Quoting, quoted: Quoted): Promise<boolean> =>
  moveQuote(ports, { quoting, quoted }, { state: 'revoked' }, [...UNANSWERED, 'accepted']);
