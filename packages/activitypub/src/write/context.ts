import type { JsonObject } from '../json.js';

const AS2 = 'https://www.w3.org/ns/activitystreams';

/** Activities that carry no extension: Follow, Accept, Like, … */
export const PLAIN_CONTEXT = AS2;

const TOOT = { toot: 'http://joinmastodon.org/ns#', Emoji: 'toot:Emoji' } as const;

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
