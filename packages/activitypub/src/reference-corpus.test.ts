import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { sanitizeHtml } from './html/sanitize-html.js';
import { cleanDocument, typesOf } from './read/document.js';
import { isNoteType } from './read/note-content.js';
import { parseActivity } from './read/parse-activity.js';
import { isActorType, parseActor } from './read/parse-actor.js';
import { parseCollectionPage } from './read/parse-collection.js';
import { parsePublicKeys } from './read/parse-keys.js';
import { parseNodeInfo, parseNodeInfoLinks } from './read/parse-nodeinfo.js';
import { parseNote } from './read/parse-note.js';
import { parseWebfinger } from './read/parse-webfinger.js';

// Documents captured from other servers are not ours to copy: TRUNKLINE_REFERENCE names a folder that holds
// them as fixtures/<server>/*.json.
const folder = join(process.env['TRUNKLINE_REFERENCE'] ?? '/nonexistent', 'fixtures');
const present = existsSync(folder);

const PARSERS = { parseActivity, parseActor, parseNote, parseCollectionPage, parsePublicKeys, parseWebfinger, parseNodeInfo, parseNodeInfoLinks } as const;
type ParserName = keyof typeof PARSERS;

function parserFor(json: unknown): ParserName | null {
  const clean = cleanDocument(json);
  if (!clean.ok) return null;
  const raw = clean.value;
  const type = typesOf(raw)[0] ?? '';
  if (typesOf(raw).some(isActorType)) return 'parseActor';
  if (isNoteType(type)) return 'parseNote';
  if (/Collection/.test(type)) return 'parseCollectionPage';
  if ('actor' in raw) return 'parseActivity';
  if ('subject' in raw) return 'parseWebfinger';
  if ('software' in raw) return 'parseNodeInfo';
  return 'links' in raw ? 'parseNodeInfoLinks' : null;
}

/** Documents that the parser of their kind refuses, and why that is right. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  // OStatus servers of before 2018 have no ActivityPub link.
  ...['attack/spec-webfinger-hacker3', 'mastodon/winterdienst_webfinger'].map((name) => [name, 'missing_link']),
  // Stubs of Bridgy Fed's own documents, and examples about other members, without an inbox.
  ...['bridgy-fed/ap.brid.gy.as2', 'bridgy-fed/eefake.brid.gy.as2', 'mastodon/mdocs-activitypub-Identity_proofs'].map((name) => [name, 'missing_inbox']),
  ...['mastodon/mdocs-activitypub-Suspended_flag', 'mastodon/spec-activitypub-actor-noinbox'].map((name) => [name, 'missing_inbox']),
  // Examples in FEPs that leave out the name, or name ids by DID.
  ...['feps-fep-521a-Example', 'feps-fep-844e-Discovery_through_an_actor'].map((name) => [`fep-examples/${name}`, 'missing_username']),
  ['fep-examples/feps-fep-ef61-Portable_actors', 'missing_id'],
  // Examples and test inputs without an author.
  ...['fep-examples/feps-fep-8a8e-Showing_RSVP_status_via_ActivityPub', 'mastodon/mdocs-activitypub-Polls'].map((name) => [name, 'missing_actor']),
  ['gotosocial/gts-properties-peertubeVideo', 'missing_actor'],
  // Source text with a program's expressions where the ids belong.
  ...['astointernal-raw-3', 'astointernal-raw-4', 'create-raw'].map((name) => [`gotosocial/gts-${name}`, 'missing_actor']),
  ...['jsonStr', 'jsonStr-2', 'jsonStr-3'].map((name) => [`gotosocial/gts-interactionrequest-${name}`, 'missing_actor']),
  ['gotosocial/gts-extractpolicy-rawNote', 'missing_id'],
].map(([name = '', code = '']) => [`${name}.json`, code]));

if (!present) {
  test('the reference corpus is absent: set TRUNKLINE_REFERENCE to read documents of other servers', () => {
    console.warn('NOT CHECKED: captured documents of 60 kinds of server. Set TRUNKLINE_REFERENCE to the folder that holds fixtures.');
    expect(present).toBe(false);
  });
} else {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
  const documents = files.map((file) => [file, JSON.parse(readFileSync(join(folder, file), 'utf8')) as unknown] as const);

  test('every parser answers every document with a Result', () => {
    expect(documents.length).toBeGreaterThan(300);
    for (const [, json] of documents) for (const parse of Object.values(PARSERS)) expect(typeof parse(json).ok).toBe('boolean');
  });

  describe('each document is read by the parser of its kind, and what it carries too', () => {
    const readable = documents.filter(([file, json]) => !/^(?:_contexts|signatures)\//.test(file) && parserFor(json) !== null);
    test.each(readable)('%s', (file, json) => {
      const result = PARSERS[parserFor(json) ?? 'parseActivity'](json);
      expect(result.ok ? 'ok' : result.error.code).toBe(REFUSED.get(file) ?? 'ok');

      const inner = (json as { object?: unknown }).object;
      if (typeof inner === 'object' && inner !== null) for (const parse of Object.values(PARSERS)) parse(inner);
      const note = parseNote(inner ?? json);
      if (note.ok) expect(sanitizeHtml(note.value.contentHtml)).not.toMatch(/<(?:script|style|img|iframe)/i);
    });
  });
}
