import { httpUri } from '../hosts.js';
import { isJsonObject, listOf, member, textOf, type JsonObject } from '../json.js';
import { LIMITS } from '../limits.js';
import { dateOf, typesOf } from './document.js';
import { linksOf } from './references.js';
import type { RemoteEvent } from './types.js';

const PLACES_MAX = 4;
const ADDRESS = ['streetAddress', 'postalCode', 'addressLocality', 'addressRegion', 'addressCountry'] as const;

/** When and where an Event is (Mobilizon, Gancio, WordPress). Null for other types. */
export function readEvent(raw: JsonObject): RemoteEvent | null {
  if (!typesOf(raw).includes('Event')) return null;
  const places = listOf(member(raw, 'location')).slice(0, PLACES_MAX);
  const texts = places.map(placeText).filter((text) => text !== '');
  return {
    startsAt: dateOf(member(raw, 'startTime')),
    endsAt: dateOf(member(raw, 'endTime')),
    place: texts.length === 0 ? null : texts.join('; '),
    placeUrl: places.filter(isOnline).flatMap((place) => linksOf(place)).map((link) => link.href)[0] ?? null,
  };
}

/** A Place with a name and an address, which is text or a PostalAddress; or the text alone. */
function placeText(place: unknown): string {
  if (typeof place === 'string') return httpUri(place) === null ? oneLine(place) : '';
  if (!isJsonObject(place)) return '';
  const address = member(place, 'address');
  const parts = isJsonObject(address) ? ADDRESS.map((name) => member(address, name)) : [address];
  return [member(place, 'name'), ...parts].map(oneLine).filter((part) => part !== '').join(', ');
}

const oneLine = (value: unknown): string => (textOf(value, LIMITS.titleChars) ?? '').replace(/\s+/g, ' ').trim();

/** Mobilizon's and WordPress's VirtualLocation, or a bare address. */
const isOnline = (place: unknown): boolean => typeof place === 'string' || (isJsonObject(place) && typesOf(place).includes('VirtualLocation'));

/** One line that reads the same in every language: `2026-05-01 12:00 – 14:00 UTC · Hall, Lyon`; empty when nothing is known. */
export function eventLine(event: RemoteEvent): string {
  const [start, end] = [event.startsAt, event.endsAt].map((date) => date?.slice(0, 16).replace('T', ' ') ?? '');
  const sameDay = start !== '' && end?.slice(0, 10) === start?.slice(0, 10);
  const until = sameDay ? end?.slice(11) : end;
  const time = [start, until].filter((part) => part !== '' && part !== undefined).join(' – ');
  return [time === '' ? '' : `${time} UTC`, event.place ?? ''].filter((part) => part !== '').join(' · ');
}
