import { fail, ok, type Result } from '@trunkline/kernel';
import type { FetchFailure } from './fetch-failure.js';
import { isObject } from './json-document.js';
import type { DocumentOptions, FetchedDocument, FetchedObject } from './requests.js';

type FetchDocument = (url: string, options?: DocumentOptions) => Promise<Result<FetchedDocument, FetchFailure>>;

/**
 * Fetches an object and proves its id: the id must be the address that served it, or the address asked when
 * redirects stayed on its origin. A document with another id is asked for once more at that id, on the same
 * host only (CVE-2024-23832, FEP-fe34): no server speaks for another one.
 * Failures: `id_mismatch`, `bad_json` when it is no object with an id, and those of a document.
 */
export async function fetchObject(
  fetchDocument: FetchDocument,
  uri: string,
  options: DocumentOptions,
): Promise<Result<FetchedObject, FetchFailure>> {
  const first = await fetchIdentified(fetchDocument, uri, options);
  if (!first.ok || first.value.isProved) return first;
  const { id, servedBy } = first.value;
  if (!URL.canParse(id) || new URL(id).host !== new URL(servedBy).host) return mismatch(id, servedBy);

  const second = await fetchIdentified(fetchDocument, id, options);
  if (!second.ok) return second;
  return second.value.isProved && second.value.id === id ? second : mismatch(second.value.id, second.value.servedBy);
}

interface Identified extends FetchedObject {
  readonly servedBy: string;
  readonly isProved: boolean;
}

async function fetchIdentified(
  fetchDocument: FetchDocument,
  uri: string,
  options: DocumentOptions,
): Promise<Result<Identified, FetchFailure>> {
  const fetched = await fetchDocument(uri, options);
  if (!fetched.ok) return fetched;
  const { json, finalUrl } = fetched.value;
  if (!isObject(json) || typeof json['id'] !== 'string') {
    return fail({ code: 'bad_json', context: { url: uri, why: 'no object with an id' } });
  }
  const id = json['id'];
  const isProved = isSame(id, finalUrl) || (isSame(id, uri) && originOf(uri) === originOf(finalUrl));
  return ok({ id, object: json, servedBy: finalUrl, isProved });
}

const originOf = (url: string): string => new URL(url).origin;

/** Equal but for the fragment: an address speaks for its fragments, e.g. the key `…#main-key`. */
function isSame(id: string, url: string): boolean {
  if (!URL.canParse(id)) return false;
  const [a, b] = [new URL(id), new URL(url)];
  a.hash = '';
  b.hash = '';
  return a.href === b.href;
}

const mismatch = (id: string, servedBy: string): Result<never, FetchFailure> =>
  fail({ code: 'id_mismatch', context: { id: id.slice(0, 200), servedBy } });
