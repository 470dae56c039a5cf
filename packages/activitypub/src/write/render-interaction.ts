import type { Interaction } from '../interaction.js';
import type { JsonObject } from '../json.js';
import { embedded, INTERACTION_TERMS, NOTE_CONTEXT, PLAIN_CONTEXT, withContext } from './context.js';
import type { ActivityEnvelope, InteractionRequestDocument, InteractionStampDocument } from './types.js';

/*
 * Leave to like, answer and boost, as GoToSocial has it from 0.20 on (its docs/federation/interaction_controls): a
 * request with the interaction inside, an answer with the request inside and the consent as `result`.
 */

const NAMES: Readonly<Record<Interaction, string>> = { like: 'Like', reply: 'Reply', announce: 'Announce' };
const CONTEXT = [PLAIN_CONTEXT, INTERACTION_TERMS];

const requestObject = ({ id, what, actorUri, targetUri, interactionUri }: InteractionRequestDocument): JsonObject => ({
  id,
  type: `${NAMES[what]}Request`,
  actor: actorUri,
  object: targetUri,
  instrument: interactionUri,
});

/** Asks the author. What is asked for stands inside whole: nobody has it yet. @param instrument as it was rendered */
export const renderInteractionRequest = (request: InteractionRequestDocument, authorUri: string, instrument: JsonObject): JsonObject =>
  withContext([...NOTE_CONTEXT, INTERACTION_TERMS], { ...requestObject(request), to: [authorUri], cc: [], instrument: embedded(instrument) });

const answer = (type: 'Accept' | 'Reject', { id, actorUri, to, cc }: ActivityEnvelope): JsonObject => ({ id, type, actor: actorUri, to: [...to], cc: [...cc] });

/** @param envelope of the author; `stampUri` is the consent that everybody can look up */
export const renderAcceptInteraction = (envelope: ActivityEnvelope, request: InteractionRequestDocument, stampUri: string): JsonObject =>
  withContext(CONTEXT, { ...answer('Accept', envelope), target: request.targetUri, result: stampUri, object: requestObject(request) });

export const renderRejectInteraction = (envelope: ActivityEnvelope, request: InteractionRequestDocument): JsonObject =>
  withContext(CONTEXT, { ...answer('Reject', envelope), target: request.targetUri, object: requestObject(request) });

/** The consent itself. Bare: neither object stands inside. */
export const renderInteractionStamp = ({ id, what, authorUri, interactionUri, targetUri }: InteractionStampDocument): JsonObject =>
  withContext(CONTEXT, { id, type: `${NAMES[what]}Authorization`, attributedTo: authorUri, interactingObject: interactionUri, interactionTarget: targetUri });
