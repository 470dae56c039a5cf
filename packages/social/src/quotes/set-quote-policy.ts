import { StatusEditedV1 } from '@trunkline/contracts';
import { policyOfChoice, type QuoteChoice, type Status } from '@trunkline/domain';
import { nowDate } from '@trunkline/kernel';
import type { SocialPorts } from '../ports/social-ports.js';

/** The author chooses anew who may quote a status. What was agreed to before stays agreed to. */
export function setQuotePolicy(ports: Pick<SocialPorts, 'store' | 'clock'>, status: Pick<Status, 'id' | 'accountId' | 'visibility'>, choice: QuoteChoice): Promise<boolean> {
  return ports.store.transaction(async (tx) => {
    if (!(await tx.setQuotePolicy(status.id, policyOfChoice(choice, status.visibility)))) return false;
    // Other servers learn of it by an Update; it is no edit, and the status keeps its date.
    await tx.appendEvent(StatusEditedV1, { statusId: status.id, authorId: status.accountId, local: true, editedAt: nowDate(ports.clock).toISOString() });
    return true;
  });
}
