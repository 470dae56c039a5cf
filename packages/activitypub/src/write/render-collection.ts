import type { JsonObject } from '../json.js';
import { embedded, NOTE_CONTEXT, withContext } from './context.js';

/** URIs, or documents (their own @context is dropped). */
export type CollectionItems = readonly (string | JsonObject)[];

const renderItems = (items: CollectionItems): readonly unknown[] => items.map((item) => (typeof item === 'string' ? item : embedded(item)));

/**
 * A collection. Hidden followers are `totalItems` alone, without `first`; small collections (featured) carry
 * their items, large ones link to pages.
 */
export const renderOrderedCollection = (collection: {
  readonly id: string;
  readonly totalItems: number;
  readonly first?: string;
  readonly last?: string;
  readonly items?: CollectionItems;
}): JsonObject =>
  withContext(NOTE_CONTEXT, {
    id: collection.id,
    type: 'OrderedCollection',
    totalItems: collection.totalItems,
    ...(collection.first === undefined ? {} : { first: collection.first }),
    ...(collection.last === undefined ? {} : { last: collection.last }),
    ...(collection.items === undefined ? {} : { orderedItems: renderItems(collection.items) }),
  });

export const renderOrderedCollectionPage = (page: {
  readonly id: string;
  readonly partOf: string;
  readonly totalItems?: number;
  readonly next?: string;
  readonly prev?: string;
  readonly items: CollectionItems;
}): JsonObject =>
  withContext(NOTE_CONTEXT, {
    id: page.id,
    type: 'OrderedCollectionPage',
    ...(page.totalItems === undefined ? {} : { totalItems: page.totalItems }),
    partOf: page.partOf,
    ...(page.next === undefined ? {} : { next: page.next }),
    ...(page.prev === undefined ? {} : { prev: page.prev }),
    orderedItems: renderItems(page.items),
  });

/** The posts of a thread by URI (FEP-f228), oldest first: `attributedTo` says whose thread it is. */
export const renderContextCollection = (context: { readonly id: string; readonly ownerUri: string; readonly totalItems: number; readonly first: string }): JsonObject =>
  withContext(NOTE_CONTEXT, {
    id: context.id,
    type: 'OrderedCollection',
    attributedTo: context.ownerUri,
    totalItems: context.totalItems,
    first: context.first,
  });

/** Replies to a post, by URI: an unordered collection with its first page inline, as Mastodon reads it. */
export const renderRepliesCollection = (replies: { readonly id: string; readonly items: readonly string[]; readonly next?: string }): JsonObject =>
  withContext(NOTE_CONTEXT, {
    id: replies.id,
    type: 'Collection',
    first: embedded(renderRepliesPage({ ...replies, id: `${replies.id}?page=true`, partOf: replies.id })),
  });

export const renderRepliesPage = (page: { readonly id: string; readonly partOf: string; readonly items: readonly string[]; readonly next?: string }): JsonObject =>
  withContext(NOTE_CONTEXT, {
    id: page.id,
    type: 'CollectionPage',
    partOf: page.partOf,
    ...(page.next === undefined ? {} : { next: page.next }),
    items: [...page.items],
  });
