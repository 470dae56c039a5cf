import type { JsonObject } from '../json.js';
import { embedded, NOTE_CONTEXT, PLAIN_CONTEXT, QUOTE_TERMS, STAMP_TERMS, withContext } from './context.js';
import { renderNote } from './render-note.js';
import type { ActivityEnvelope, LocalNoteDocument, QuoteRequestDocument, StampDocument } from './types.js';

const requestObject = (request: QuoteRequestDocument): JsonObject => ({
  id: request.id,
  type: 'QuoteRequest',
  actor: request.actorUri,
  object: request.quotedUri,
  instrument: request.quoteUri,
});

/** Asks the quoted author. The quoting post stands inside whole: it need not have arrived yet, and may be too private to fetch. */
export const renderQuoteRequest = (request: QuoteRequestDocument, quotedAuthorUri: string, note: LocalNoteDocument): JsonObject =>
  withContext([...NOTE_CONTEXT, { QuoteRequest: QUOTE_TERMS.QuoteRequest }], {
    ...requestObject(request),
    to: [quotedAuthorUri],
    cc: [],
    instrument: embedded(renderNote(note)),
  });

const answerContext = [PLAIN_CONTEXT, { QuoteRequest: QUOTE_TERMS.QuoteRequest }];

/** @param envelope of the quoted author; `stampUri` is the consent that everybody can look up */
export const renderAcceptQuote = (envelope: ActivityEnvelope, request: QuoteRequestDocument, stampUri: string): JsonObject =>
  withContext(answerContext, { ...answer('Accept', envelope), result: stampUri, object: requestObject(request) });

export const renderRejectQuote = (envelope: ActivityEnvelope, request: QuoteRequestDocument): JsonObject =>
  withContext(answerContext, { ...answer('Reject', envelope), object: requestObject(request) });

const answer = (type: string, { id, actorUri, to, cc }: ActivityEnvelope): JsonObject => ({ id, type, actor: actorUri, to: [...to], cc: [...cc] });

const stampObject = (stamp: StampDocument): JsonObject => ({
  id: stamp.id,
  type: 'QuoteAuthorization',
  attributedTo: stamp.authorUri,
  interactingObject: stamp.quoteUri,
  interactionTarget: stamp.quotedUri,
});

/** The consent itself (FEP-044f). Bare: neither post stands inside, since readers of the one may not see the other. */
export const renderStamp = (stamp: StampDocument): JsonObject => withContext([PLAIN_CONTEXT, STAMP_TERMS], stampObject(stamp));

/** The author takes the consent back. */
export const renderDeleteStamp = (envelope: ActivityEnvelope, stamp: StampDocument): JsonObject =>
  withContext([PLAIN_CONTEXT, STAMP_TERMS], { ...answer('Delete', envelope), object: stampObject(stamp) });
