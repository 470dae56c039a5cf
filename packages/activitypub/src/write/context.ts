import type { JsonObject } from '../json.js';

const AS2 = 'https://www.w3.org/ns/activitystreams';

/** Activities that carry no extension: Follow, Accept, Like, … */
export const PLAIN_CONTEXT = AS2;

const TOOT = { toot: 'http://joinmastodon.org/ns#', Emoji: 'toot:Emoji' } as const;

const GTS = { gts: 'https://gotosocial.org/ns#' } as const;
const byId = (term: string) => ({ '@id': term, '@type': '@id' });

/** FEP-044f, and what quotes were called before it. */
export const QUOTE_TERMS = {
  quote: byId('https://w3id.org/fep/044f#quote'),
  quoteAuthorization: byId('https://w3id.org/fep/044f#quoteAuthorization'),
  quoteUri: 'http://fedibird.com/ns#quoteUri',
  quoteUrl: 'as:quoteUrl',
  _misskey_quote: 'https://misskey-hub.net/ns#_misskey_quote',
  QuoteRequest: 'https://w3id.org/fep/044f#QuoteRequest',
} as const;

const { QuoteRequest: _request, ...QUOTE_MEMBERS } = QUOTE_TERMS;

export const STAMP_TERMS = {
  ...GTS,
  QuoteAuthorization: 'https://w3id.org/fep/044f#QuoteAuthorization',
  interactingObject: byId('gts:interactingObject'),
  interactionTarget: byId('gts:interactionTarget'),
} as const;

/** GoToSocial's requests for leave, and what it is given by. */
export const INTERACTION_TERMS = {
  ...GTS,
  LikeRequest: 'gts:LikeRequest',
  ReplyRequest: 'gts:ReplyRequest',
  AnnounceRequest: 'gts:AnnounceRequest',
  LikeAuthorization: 'gts:LikeAuthorization',
  ReplyAuthorization: 'gts:ReplyAuthorization',
  AnnounceAuthorization: 'gts:AnnounceAuthorization',
  interactingObject: byId('gts:interactingObject'),
  interactionTarget: byId('gts:interactionTarget'),
} as const;

/** Of a Like or an Announce that its author agreed to. */
export const CONSENT_TERMS = {
  ...GTS,
  likeAuthorization: byId('gts:likeAuthorization'),
  announceAuthorization: byId('gts:announceAuthorization'),
  approvedBy: byId('gts:approvedBy'),
} as const;

/** Every extension that posts use, each defined: undefined terms vanish for JSON-LD readers. */
export const NOTE_CONTEXT: readonly unknown[] = [
  AS2,
  {
    ...TOOT,
    ostatus: 'http://ostatus.org#',
    conversation: 'ostatus:conversation',
    sensitive: 'as:sensitive',
    Hashtag: 'as:Hashtag',
    blurhash: 'toot:blurhash',
    votersCount: 'toot:votersCount',
    focalPoint: { '@container': '@list', '@id': 'toot:focalPoint' },
    ...QUOTE_MEMBERS,
    ...GTS,
    interactionPolicy: byId('gts:interactionPolicy'),
    canLike: byId('gts:canLike'),
    canReply: byId('gts:canReply'),
    canAnnounce: byId('gts:canAnnounce'),
    canQuote: byId('gts:canQuote'),
    replyAuthorization: byId('gts:replyAuthorization'),
    approvedBy: byId('gts:approvedBy'),
    always: byId('gts:always'),
    automaticApproval: byId('gts:automaticApproval'),
    manualApproval: byId('gts:manualApproval'),
  },
];

/** Every extension that actors use. */
export const ACTOR_CONTEXT: readonly unknown[] = [
  AS2,
  'https://w3id.org/security/v1',
  {
    ...TOOT,
    schema: 'http://schema.org#',
    // Inline, not by its context URL: a reader that does not hold that file would have to fetch it.
    webfinger: 'https://purl.archive.org/socialweb/webfinger#webfinger',
    PropertyValue: 'schema:PropertyValue',
    value: 'schema:value',
    Hashtag: 'as:Hashtag',
    manuallyApprovesFollowers: 'as:manuallyApprovesFollowers',
    alsoKnownAs: { '@id': 'as:alsoKnownAs', '@type': '@id' },
    movedTo: { '@id': 'as:movedTo', '@type': '@id' },
    featured: { '@id': 'toot:featured', '@type': '@id' },
    discoverable: 'toot:discoverable',
    indexable: 'toot:indexable',
    memorial: 'toot:memorial',
    suspended: 'toot:suspended',
    // FEP-521a
    assertionMethod: byId('https://w3id.org/security#assertionMethod'),
    Multikey: 'https://w3id.org/security#Multikey',
    controller: byId('https://w3id.org/security#controller'),
    publicKeyMultibase: { '@id': 'https://w3id.org/security#publicKeyMultibase', '@type': 'https://w3id.org/security#multibase' },
  },
];

/** @context comes first: people read these documents, and some readers look at the first bytes. */
export const withContext = (context: unknown, json: JsonObject): JsonObject => ({ '@context': context, ...json });

/** Without its @context, for embedding: the wrapper's context defines the terms. */
export function embedded(json: JsonObject): JsonObject {
  const { '@context': _context, ...rest } = json;
  return rest;
}

/** Seconds are enough for the field, and Pixelfed and old Misskey read them without surprises. */
export const isoSeconds = (date: Date): string => date.toISOString().replace(/\.[0-9]{3}Z$/, 'Z');
