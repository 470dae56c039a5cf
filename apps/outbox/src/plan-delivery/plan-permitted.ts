import { StatusPermittedV1 } from '@trunkline/contracts';
import type { Status } from '@trunkline/domain';
import { compareIds, type StatusId } from '@trunkline/kernel';
import { isHeldBack } from '../describe/describe-status.js';
import type { Plan, PlanPorts, PlanRule } from './plan.js';
import { publicationOf, toldOf } from './plan-status.js';

/** Of what people here said below an answer that waited, so much goes out with it. */
const BELOW_MAX = 200;

/**
 * An author elsewhere gave leave: the answer or boost goes out now, with their consent, and with it what people here answered to it meanwhile, or
 * boosted: what comes before what it answers is kept by them until that is fetched, as of any two posts that are sent side by side. A Like is for them alone, who have it.
 */
export const planPermitted: PlanRule<typeof StatusPermittedV1> = {
  contract: StatusPermittedV1,
  // In one row with what else is told of the answer or boost.
  orderKey: ({ interactionId }) => `status:${interactionId}`,
  concernsUs: ({ what, state }) => what !== 'like' && state === 'accepted',
  opens: ({ interactionId }) => interactionId,
  async plan(ports, event) {
    const told = await toldOf(ports, event.interactionId);
    if (told === null || told.around.asked?.state !== 'accepted' || isHeldBack(told.around)) return null;
    const resting = event.what === 'reply' ? await restingOn(ports, told.status) : [];
    const plans = await Promise.all([publicationOf(ports, told), ...resting.map((id) => published(ports, id))]);
    return plans.flat();
  },
};

/** What people here said to each other below it, and their boosts of all that, as they came. What names people alone went to them at once. */
async function restingOn({ store }: PlanPorts, answer: Status): Promise<StatusId[]> {
  const below = await store.descendantIds(answer.id, BELOW_MAX);
  const byId = new Map((await store.statusesByIds(below)).map((status) => [status.id, status]));
  const held = new Set<StatusId>([answer.id]);
  for (const id of below) {
    const status = byId.get(id);
    if (status?.local === true && status.inReplyToId !== null && held.has(status.inReplyToId)) held.add(id);
  }
  const boosts: StatusId[] = [];
  for (const id of held) {
    const entries = await store.boostedByIds(id, { maxId: null, sinceId: null, minId: null, limit: BELOW_MAX - boosts.length });
    boosts.push(...entries.map(({ entryId }) => entryId));
    if (boosts.length >= BELOW_MAX) break;
  }
  const all = [...[...held].filter((id) => id !== answer.id && byId.get(id)?.visibility !== 'direct'), ...boosts];
  return all.sort(compareIds);
}

async function published(ports: PlanPorts, id: StatusId): Promise<Plan[]> {
  const told = await toldOf(ports, id);
  if (told === null || isHeldBack(told.around)) return [];
  return (await publicationOf(ports, told)).map((plan) => ({ ...plan, orderKey: `status:${id}` }));
}
