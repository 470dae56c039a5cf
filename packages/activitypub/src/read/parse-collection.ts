import { fail, ok, type Result } from '@trunkline/kernel';
import { httpUri } from '../hosts.js';
import { countOf, member } from '../json.js';
import { LIMITS } from '../limits.js';
import { cleanDocument, typesOf } from './document.js';
import { idOf, refOf, refsOf } from './references.js';
import type { CollectionPage, ReadFailure } from './types.js';

const TYPES: readonly CollectionPage['type'][] = ['Collection', 'OrderedCollection', 'CollectionPage', 'OrderedCollectionPage'];

/**
 * Reads a collection or one page of it: `items` or `orderedItems`, a list or a single entry, IRIs or objects; `first`
 * may be missing (hidden followers), an IRI, or a page inline. The first `itemsMax` entries are kept.
 */
export function parseCollectionPage(json: unknown, itemsMax: number = LIMITS.collectionItems): Result<CollectionPage, ReadFailure> {
  const document = cleanDocument(json);
  if (!document.ok) return document;
  const raw = document.value;

  const types = typesOf(raw);
  const type = TYPES.find((known) => types.includes(known));
  if (type === undefined) return fail({ code: 'wrong_type' });
  return ok({
    id: httpUri(member(raw, 'id')),
    type,
    totalItems: countOf(member(raw, 'totalItems')),
    first: refOf(member(raw, 'first')),
    next: idOf(member(raw, 'next')),
    partOf: idOf(member(raw, 'partOf')),
    items: refsOf(member(raw, 'orderedItems') ?? member(raw, 'items'), itemsMax),
  });
}
