import { describe, expect, test } from '@jest/globals';
import { snowflake } from '@trunkline/kernel';
import { audienceOf } from '../audience.js';
import { PUBLIC_URI } from '../hosts.js';
import type { JsonObject } from '../json.js';
import { activityFacts } from '../read/activity/activity-facts.js';
import { parseActivity } from '../read/parse-activity.js';
import { parseActor } from '../read/parse-actor.js';
import { parseCollectionPage } from '../read/parse-collection.js';
import { parseNote } from '../read/parse-note.js';
import { actorUris, instanceActorUris, statusUris } from '../uris.js';
import * as activity from './render-activity.js';
import { renderActor, renderInstanceActor } from './render-actor.js';
import { renderOrderedCollection, renderOrderedCollectionPage, renderRepliesCollection } from './render-collection.js';
import { renderHostMeta } from './render-discovery.js';
import { renderNote, renderTombstone } from './render-note.js';
import type { LocalActorDocument, LocalNoteDocument } from './types.js';

const BASE = 'https://a.example';
const uris = actorUris(BASE, snowflake('1'));
const status = statusUris(BASE, snowflake('1'), snowflake('2'));
const at = new Date('2026-05-01T12:00:00.123Z');
const REMOTE = 'https://b.example/u/9';

const ann: LocalActorDocument = {
  uris, type: 'Person', username: 'ann', webfinger: 'ann@example.org', url: `${BASE}/@ann`, displayName: 'Ann', summaryHtml: '<p>hi</p>', publicKeyPem: 'PEM', proofKeyMultibase: 'z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2',
  locked: true, discoverable: true, indexable: false, memorial: false, suspended: false, published: at,
  avatar: { url: `${BASE}/media/a.png`, mediaType: 'image/png' }, header: null, fields: [{ name: 'n', valueHtml: 'v' }],
  emojis: [{ shortcode: 'x', uri: `${BASE}/emojis/1`, url: `${BASE}/x.png`, mediaType: 'image/png', updatedAt: at }], hashtags: [], alsoKnownAs: [], movedTo: null,
};
const note: LocalNoteDocument = {
  id: status.id, url: `${BASE}/@ann/2`, actorUri: uris.id, contentHtml: '<p>hello</p>', language: 'en', spoilerText: 'cw', sensitive: true, published: at, updated: null,
  inReplyToUri: null, contextUri: 'https://a.example/c/1', mentions: [{ href: REMOTE, name: '@bob@b.example' }], hashtags: [{ href: `${BASE}/tags/x`, name: '#x' }], emojis: [],
  attachments: [{ url: `${BASE}/m.png`, mediaType: 'image/png', description: 'alt', blurhash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj', width: 4, height: 3, focus: [0, 0.5] }],
  repliesUri: status.replies, ...audienceOf('public', uris.followers, [REMOTE]),
};

test('an actor of ours reads back whole', () => {
  expect(parseActor(renderActor(ann))).toMatchObject({
    ok: true,
    value: {
      uri: uris.id, username: 'ann', webfingerHandle: 'ann@example.org', inbox: uris.inbox, sharedInbox: uris.sharedInbox, followers: uris.followers, featured: uris.featured, locked: true,
      discoverable: true, publicKeys: [{ id: uris.keyId, owner: uris.id, pem: 'PEM' }], avatarUrl: `${BASE}/media/a.png`, fields: [{ name: 'n', value: 'v' }], emojis: [{ shortcode: 'x' }], published: '2026-05-01T12:00:00.000Z',
    },
  });
  const instance = renderInstanceActor({ uris: instanceActorUris(BASE), username: 'a.example', webfinger: 'a.example@a.example', url: `${BASE}/about`, displayName: 'A', publicKeyPem: 'PEM', proofKeyMultibase: 'z6Mk' });
  expect(parseActor(instance)).toMatchObject({ ok: true, value: { type: 'Application', bot: true, inbox: `${BASE}/inbox/actor` } });
});

test('a post of ours reads back whole', () => {
  expect(parseNote(renderNote(note))).toMatchObject({
    ok: true,
    value: {
      uri: status.id, attributedTo: uris.id, visibility: 'public', language: 'en', spoilerText: 'cw', sensitive: true, mentions: [{ href: REMOTE }], hashtags: ['x'], repliesUri: status.replies,
      attachments: [{ kind: 'image', description: 'alt', width: 4, height: 3, focus: [0, 0.5], blurhash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj' }],
    },
  });
});

describe('a poll of ours', () => {
  const poll = { multiple: false, options: [{ title: 'Tea', votes: 2 }, { title: 'Rum', votes: 0 }], votersCount: 2, endsAt: at, closed: false };

  test('reads back as it is; hidden totals are left out', () => {
    expect(parseNote(renderNote({ ...note, poll }))).toMatchObject({ ok: true, value: { type: 'Question', poll: { ...poll, endsAt: '2026-05-01T12:00:00.000Z' } } });
    const hidden = renderNote({ ...note, poll: { ...poll, options: poll.options.map(({ title }) => ({ title, votes: null })) } });
    expect(JSON.stringify(hidden)).not.toContain('totalItems');
    expect(renderNote({ ...note, poll: { ...poll, closed: true } })).toMatchObject({ closed: '2026-05-01T12:00:00Z' });
  });

  test('a vote reads back as one', () => {
    const vote = activity.renderVote({ id: `${uris.id}/votes/1`, activityId: `${uris.id}/votes/1/activity`, actorUri: uris.id, option: 'Tea', questionUri: 'https://b.example/q/1', authorUri: REMOTE });
    const read = parseActivity(vote);
    expect(read.ok && activityFacts(read.value)).toMatchObject({ ok: true, value: { kind: 'vote', questionUri: 'https://b.example/q/1', votes: [{ choice: 'Tea' }] } });
  });

  // A reader of JSON-LD loses what no context defines.
  test('each of its members is of ActivityStreams or defined', () => {
    const { '@context': context, ...members } = renderNote({ ...note, updated: at, poll });
    const defined = new Set(Object.keys((context as readonly object[])[1] ?? {}));
    const ofActivityStreams = new Set('id type attributedTo url summary content contentMap published updated to cc inReplyTo context attachment tag replies oneOf anyOf endTime closed'.split(' '));
    expect(Object.keys(members).filter((name) => !defined.has(name) && !ofActivityStreams.has(name))).toEqual([]);
  });
});

const follow = { id: `${REMOTE}/follows/1`, actorUri: REMOTE, objectUri: uris.id };
const envelope = { id: `${status.id}/x`, actorUri: uris.id, to: [PUBLIC_URI], cc: [uris.followers], published: at };
const ACTIVITIES: readonly (readonly [string, JsonObject])[] = [
  ['Create', activity.renderCreate(status.activity, note)],
  ['Update', activity.renderUpdate(`${status.id}#updates/1`, { ...note, updated: at })],
  ['Delete', activity.renderDelete(envelope, status.id)],
  ['Announce', activity.renderAnnounce(envelope, 'https://b.example/n/1')],
  ['Like', activity.renderLike({ ...envelope, to: [REMOTE], cc: [] }, 'https://b.example/n/1')],
  ['Follow', activity.renderFollow({ id: `${uris.id}/follows/3`, actorUri: uris.id, objectUri: REMOTE })],
  ['Accept', activity.renderAccept(`${uris.id}#accepts/3`, follow)],
  ['Reject', activity.renderReject(`${uris.id}#rejects/3`, { ...follow, id: null })],
  ['Undo', activity.renderUndo(`${uris.id}/follows/3#undo`, activity.renderFollow({ id: `${uris.id}/follows/3`, actorUri: uris.id, objectUri: REMOTE }))],
  ['Block', activity.renderBlock(`${uris.id}#blocks/4`, uris.id, REMOTE)],
  ['Update', activity.renderUpdatePerson(`${uris.id}#updates/1`, ann, at)],
  ['Delete', activity.renderDeletePerson(`${uris.id}#delete`, uris.id)],
];

/** Every object inside, with how deep it lies. */
function* objectsIn(value: unknown, depth = 1): Generator<readonly [JsonObject, number]> {
  if (Array.isArray(value)) for (const entry of value) yield* objectsIn(entry, depth + 1);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  yield [value as JsonObject, depth];
  for (const [key, entry] of Object.entries(value)) if (key !== '@context') yield* objectsIn(entry, depth + 1);
}

describe('what peers break on', () => {
  test.each(ACTIVITIES)('%s', (type, json) => {
    expect(parseActivity(json, { requireContext: true })).toMatchObject({ ok: true, value: { type } });
    expect(typeof json['id']).toBe('string');
    expect(typeof json['actor']).toBe('string');
    for (const [object, depth] of objectsIn(json)) {
      // Pixelfed reads eight levels and drops the rest.
      expect(depth).toBeLessThanOrEqual(6);
      // Lemmy refuses as:Public and single values; Pixelfed a single attachment.
      for (const list of ['to', 'cc', 'tag', 'attachment']) if (list in object) expect(Array.isArray(object[list])).toBe(true);
      if (object !== json) expect(object).not.toHaveProperty('@context');
    }
    expect(JSON.stringify(json)).not.toContain('as:Public');
  });

  test('every extension in use is defined in the context', () => {
    for (const [, json] of [...ACTIVITIES, ['actor', renderActor(ann)] as const]) {
      const context = JSON.stringify(json['@context']);
      const used = new Set([...objectsIn(json)].flatMap(([object]) => Object.keys(object)));
      for (const term of ['sensitive', 'conversation', 'blurhash', 'focalPoint', 'manuallyApprovesFollowers', 'discoverable', 'indexable', 'memorial', 'featured', 'alsoKnownAs', 'webfinger']) {
        if (used.has(term)) expect(context).toContain(`"${term}"`);
      }
    }
  });

  test('Accept holds the Follow as it came, with its actor; Undo the whole activity', () => {
    expect(ACTIVITIES[6]?.[1]).toMatchObject({ actor: uris.id, to: [REMOTE], object: { id: follow.id, type: 'Follow', actor: REMOTE, object: uris.id } });
    expect(ACTIVITIES[8]?.[1]).toMatchObject({ actor: uris.id, to: [REMOTE], object: { type: 'Follow', actor: uris.id, object: REMOTE } });
  });

  test('a post to nobody still says so: Misskey takes a missing audience for public', () => {
    expect(renderNote({ ...note, to: [], cc: [] })).toMatchObject({ to: [], cc: [] });
  });
});

test('a tombstone tells no more than it must', () => {
  expect(renderTombstone({ id: status.id })).toEqual({ '@context': expect.anything(), id: status.id, type: 'Tombstone' });
});

test('collections: hidden, paged, and replies with their first page inline', () => {
  expect(renderOrderedCollection({ id: 'x', totalItems: 3 })).not.toHaveProperty('first');
  const page = renderOrderedCollectionPage({ id: `${uris.outbox}?page=true`, partOf: uris.outbox, items: [ACTIVITIES[0]?.[1] ?? '', 'https://b.example/1'], next: `${uris.outbox}?max_id=1` });
  expect(JSON.stringify(page['orderedItems'])).not.toContain('@context');
  expect(parseCollectionPage(page)).toMatchObject({ ok: true, value: { partOf: uris.outbox, items: [{ uri: status.activity }, { uri: 'https://b.example/1' }] } });
  expect(renderRepliesCollection({ id: status.replies, items: ['https://b.example/1'] })).toMatchObject({ type: 'Collection', first: { type: 'CollectionPage', partOf: status.replies, items: ['https://b.example/1'] } });
});

test('host-meta is well-formed XML whatever the base', () => {
  expect(renderHostMeta('https://a.example')).toContain('template="https://a.example/.well-known/webfinger?resource={uri}"');
  expect(renderHostMeta('https://a"<&')).toContain('https://a&quot;&lt;&amp;/');
});

test('an edit in the second of its post is newer than the post, and than the edit before it', () => {
  const [first, second] = [100, 200].map((ms) => renderNote({ ...note, published: at, updated: new Date(at.getTime() + ms) }));
  const msOf = (json: unknown): number => Date.parse(String(json));
  expect(msOf(first?.['updated'])).toBeGreaterThan(msOf(first?.['published']));
  expect(msOf(second?.['updated'])).toBeGreaterThan(msOf(first?.['updated']));
});
