import type { EventContract } from '@trunkline/contracts';
import type { StatusId } from '@trunkline/kernel';
import { inboxesOf } from './inboxes-of.js';
import { isLasting, type Plan, type PlanPorts, type PlanRule, type Told } from './plan.js';
import { firstTold } from './plan-status.js';

/** An event whose turn it is. */
export interface Turn<C extends EventContract> {
  readonly event: Told<C>;
  /** What may have to be told before it, and whether its publication was planned. */
  readonly first: { readonly statusId: StatusId; readonly isPublished: boolean } | null;
}

/** Something to send, with at least one inbox. */
export interface Sending {
  readonly plan: Plan;
  readonly orderKey: string;
  readonly inboxes: readonly string[];
}

/** What became of a turn. */
interface Planned {
  readonly sendings: readonly Sending[];
  /** The status whose publication was planned with it. */
  readonly published: StatusId | null;
  /** The status that was told to all because leave had come. */
  readonly opened: StatusId | null;
}

/** The plans of all, in their order; they are made side by side. Rejects when one of them cannot be made, after all others have ended. */
export async function planAll<C extends EventContract>(ports: PlanPorts, rule: PlanRule<C>, turns: readonly Turn<C>[]): Promise<Planned[]> {
  const results = await Promise.allSettled(turns.map((turn) => planOne(ports, rule, turn)));
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

async function planOne<C extends EventContract>(ports: PlanPorts, rule: PlanRule<C>, { event, first }: Turn<C>): Promise<Planned> {
  const [before, then] = await Promise.all([first === null ? null : firstTold(ports, first), rule.plan(ports, event)]);
  const told = before?.plans ?? [];
  const own = [then ?? []].flat();
  const sendings = await Promise.all(
    [...told, ...own].map(async (plan) => ({
      plan,
      orderKey: plan.orderKey ?? rule.orderKey(event),
      inboxes: await inboxesOf(ports, plan.reach, { lasting: isLasting(plan) }),
    })),
  );
  const opened = own.length > 0 ? (rule.opens?.(event) ?? null) : null;
  return {
    sendings: sendings.filter(({ inboxes }) => inboxes.length > 0),
    published: told.length > 0 && first?.isPublished === false ? first.statusId : null,
    opened: told.length > 0 && before?.opens === true ? (first?.statusId ?? null) : opened,
  };
}
