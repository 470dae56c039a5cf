import { parseCollectionPage, sameHost, type ObjectRef } from '@trunkline/activitypub';
import type { RemoteCollections } from '@trunkline/social';
import type { ReadingBudget } from './reading-budget.js';

/** Entries at hand, and where there are more. */
export interface PageHead {
  readonly items: readonly ObjectRef[];
  readonly next: string | null;
}

const NOTHING: PageHead = { items: [], next: null };

/** What a collection, a page of one, or its address offers without asking anybody: a first page may stand inline. */
export function headOf(collection: ObjectRef): PageHead {
  if (collection.json === null) return { items: [], next: collection.uri };
  const read = parseCollectionPage(collection.json);
  if (!read.ok) return NOTHING;
  const { items, first, next, id, type } = read.value;
  const inline = first.json === null ? null : parseCollectionPage(first.json);
  if (inline?.ok === true) return { items: [...items, ...inline.value.items], next: inline.value.next };
  // A collection that stands inline without its entries is asked for at its own address.
  const more = next ?? first.uri ?? (items.length === 0 && !type.endsWith('Page') ? id : null);
  return { items, next: more };
}

/**
 * The entries of a collection, page by page, until there are no more or the budget ends. Each page is asked for once,
 * so that rings end, and all lie on one host: that of the collection's owner (S097).
 */
export async function* walkPages(
  remote: RemoteCollections,
  start: PageHead,
  { ownerUri, budget }: { readonly ownerUri: string; readonly budget: ReadingBudget },
): AsyncGenerator<readonly ObjectRef[]> {
  const asked = new Set<string>();
  for (let head = start; ; ) {
    if (head.items.length > 0) yield head.items;
    const { next } = head;
    if (next === null || asked.has(next) || !sameHost(next, ownerUri) || !budget.takePage(next)) return;
    asked.add(next);
    const page = await remote.fetchCollection(next);
    if (!page.ok) return;
    head = headOf({ uri: next, json: asObject(page.value) });
  }
}

const asObject = (json: unknown): ObjectRef['json'] => (typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as NonNullable<ObjectRef['json']>) : {});
