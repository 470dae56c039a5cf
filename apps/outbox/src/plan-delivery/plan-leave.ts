import { renderNote } from '@trunkline/activitypub';
import type { Status } from '@trunkline/domain';
import { describeNote, renderPublication, type StatusSurroundings } from '../describe/describe-status.js';
import { requestFor } from '../describe/request-for-leave.js';
import { planOf, toAccount, type Plan, type PlanPorts } from './plan.js';

/**
 * An answer or boost whose author elsewhere wants to be asked goes to that author alone: as a request, or by itself where
 * its server knows no requests. Null: what it is about is gone.
 */
export async function askAuthor(ports: PlanPorts, { status, around }: { readonly status: Status; readonly around: StatusSurroundings }): Promise<Plan | null> {
  const { asked, boosted } = around;
  const [target] = asked === null ? [] : await ports.store.statusesByIds([asked.statusId]);
  const [author] = target === undefined ? [] : await ports.store.accountsByIds([target.accountId]);
  if (asked === null || target === undefined || target.deletedAt !== null || author === undefined) return null;
  const whole = renderPublication(ports.settings, status, around);
  const instrument = boosted === null ? renderNote(describeNote(ports.settings, status, around)) : whole;
  return planOf(status.accountId, asked.byRequest ? requestFor(ports.settings, asked, { instrument, target, author }) : whole, toAccount(author.id));
}
