import type { HonestAnswer } from './answers.js';
import type { JsonObject, ScriptedPerson } from './person.js';

const ACTIVITY_JSON = 'application/activity+json; charset=utf-8';
const NOT_FOUND: HonestAnswer = { status: 404, headers: { 'Content-Type': 'application/json' }, body: '{"error":"Record not found"}' };

/** What a remote can be asked for. */
export interface Shelf {
  readonly baseUrl: string;
  readonly people: ReadonlyMap<string, ScriptedPerson>;
  /** Notes and whatever else a test put there, by id. */
  readonly documents: ReadonlyMap<string, JsonObject>;
}

/** The honest answer to a GET of `target` (path and query): actor, collection, WebFinger, NodeInfo, note, or 404. */
export function documentAt(shelf: Shelf, target: string): HonestAnswer {
  const url = new URL(target, shelf.baseUrl);
  const placed = shelf.documents.get(`${shelf.baseUrl}${url.pathname}${url.search}`);
  if (placed !== undefined) return json(placed, ACTIVITY_JSON);
  if (url.pathname === '/.well-known/webfinger') return webfinger(shelf, url.searchParams.get('resource') ?? '');
  if (url.pathname === '/.well-known/nodeinfo') {
    return json({ links: [{ rel: 'http://nodeinfo.diaspora.software/ns/schema/2.1', href: `${shelf.baseUrl}/nodeinfo/2.1` }] });
  }
  if (url.pathname === '/nodeinfo/2.1') return nodeInfo(shelf);
  const match = /^\/users\/([^/]+)(?:\/(outbox|followers|following))?$/.exec(url.pathname);
  const person = shelf.people.get(match?.[1] ?? '');
  if (person === undefined) return NOT_FOUND;
  const collection = match?.[2];
  return json(collection === undefined ? person.actor() : emptyCollection(`${person.id}/${collection}`), ACTIVITY_JSON);
}

function webfinger(shelf: Shelf, resource: string): HonestAnswer {
  const person = [...shelf.people.values()].find(({ handle, id }) => resource === `acct:${handle}` || resource === id);
  if (person === undefined) return NOT_FOUND;
  const links = [{ rel: 'self', type: 'application/activity+json', href: person.id }];
  return json({ subject: `acct:${person.handle}`, aliases: [person.id], links }, 'application/jrd+json; charset=utf-8');
}

function nodeInfo(shelf: Shelf): HonestAnswer {
  return json({
    version: '2.1',
    software: { name: 'scripted-remote', version: '1' },
    protocols: ['activitypub'],
    services: { inbound: [], outbound: [] },
    openRegistrations: false,
    usage: { users: { total: shelf.people.size }, localPosts: shelf.documents.size },
    metadata: {},
  });
}

const emptyCollection = (id: string): JsonObject => ({
  '@context': 'https://www.w3.org/ns/activitystreams',
  id,
  type: 'OrderedCollection',
  totalItems: 0,
  orderedItems: [],
});

export const activityJson = (document: JsonObject): HonestAnswer => json(document, ACTIVITY_JSON);

const json = (document: JsonObject, contentType = 'application/json; charset=utf-8'): HonestAnswer => ({
  status: 200,
  headers: { 'Content-Type': contentType },
  body: JSON.stringify(document),
});
