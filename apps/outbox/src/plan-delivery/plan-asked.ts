import { actorUris, interactionStampUri, renderAcceptInteraction, renderRejectInteraction, type InteractionRequestDocument } from '@trunkline/activitypub';
import { StatusAskedV1 } from '@trunkline/contracts';
import { keyOfAddress, outboundPair, planOf, toAccount, type PlanRule } from './plan.js';

/** Who asked leave to like, answer or boost is told, each time that they ask. */
export const planAsked: PlanRule<typeof StatusAskedV1> = {
  contract: StatusAskedV1,
  orderKey: ({ requestUri }) => keyOfAddress('interaction-request', requestUri),
  async plan(ports, event) {
    const pair = await outboundPair(ports.store, event.authorId, event.askerId);
    const [status] = pair === null ? [] : await ports.store.statusesByIds([event.statusId]);
    if (pair === null || status === undefined) return null;
    const { baseUrl } = ports.settings;
    const { what, interactionId } = event;
    const actor = actorUris(baseUrl, pair.from.id).id;
    const request: InteractionRequestDocument = { id: event.requestUri, what, actorUri: pair.to.uri, targetUri: status.uri, interactionUri: event.interactionUri };
    const id = (answer: string): string => `${actor}#${answer}/${what}_requests/${event.eventId}`;
    const envelope = { actorUri: actor, to: [pair.to.uri], cc: [] };
    const activity =
      interactionId === null
        ? renderRejectInteraction({ ...envelope, id: id('rejects') }, request)
        : renderAcceptInteraction({ ...envelope, id: id('accepts') }, request, interactionStampUri(baseUrl, pair.from.id, what, interactionId));
    return planOf(pair.from.id, activity, toAccount(pair.to.id));
  },
};
