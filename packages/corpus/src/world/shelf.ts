import { isHttp, type Json } from '../folder/json.js';
import { handlesOf } from './actors.js';

/** What stands at an address. */
export interface Shown {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

const ACTIVITY_JSON = 'application/activity+json; charset=utf-8';
export const shown = (json: unknown, contentType = ACTIVITY_JSON): Shown => ({ status: 200, contentType, body: JSON.stringify(json) });
export const GONE: Shown = { status: 410, contentType: 'text/plain', body: '' };
export const NOT_FOUND: Shown = { status: 404, contentType: 'text/plain', body: '' };

/** An address without scheme and fragment: the stand-in hears no scheme. */
function placeOf(address: string): string {
  const url = new URL(address);
  return `${url.host}${url.pathname}${url.search}`;
}

/** Documents by where they stand, and actors by their handles. */
export class Shelf {
  private readonly places = new Map<string, Shown | (() => Shown)>();
  private readonly documents = new Map<string, Json>();
  private readonly handles = new Map<string, string>();
  /** WebFinger documents by `host resource`. */
  readonly webfingers = new Map<string, Shown>();

  /** Puts a document at its id, or elsewhere. `as`: what stands there, made when it is asked for the first time or at once. */
  put(document: Json, address = document['id'], as: Shown | (() => Shown) = shown(document)): void {
    if (!isHttp(address)) return;
    this.places.set(placeOf(address), as);
    if (address === document['id']) this.documents.set(address, document);
    if (address === document['id']) for (const handle of handlesOf(document)) this.handles.set(handle, address);
  }

  putAt(address: string, as: Shown): void {
    this.places.set(placeOf(address), as);
  }

  at(place: string): Shown | undefined {
    const there = this.places.get(place);
    if (typeof there !== 'function') return there;
    const made = there();
    this.places.set(place, made);
    return made;
  }

  document(id: string): Json | undefined {
    return this.documents.get(id);
  }

  actorOf(handle: string): string | undefined {
    return this.handles.get(handle.toLowerCase());
  }
}
