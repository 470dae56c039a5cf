import { StatusPermittedV1 } from '@trunkline/contracts';
import type { PlanRule } from './plan.js';
import { publicationOf, toldOf } from './plan-status.js';

/** An author elsewhere gave leave: the answer or boost goes out now, with their consent. A Like is for them alone, who have it. */
export const planPermitted: PlanRule<typeof StatusPermittedV1> = {
  contract: StatusPermittedV1,
  // In one row with what else is told of the answer or boost.
  orderKey: ({ interactionId }) => `status:${interactionId}`,
  concernsUs: ({ what, state }) => what !== 'like' && state === 'accepted',
  async plan(ports, event) {
    const told = await toldOf(ports, event.interactionId);
    return told === null || told.around.asked?.state !== 'accepted' ? null : publicationOf(ports, told);
  },
};
