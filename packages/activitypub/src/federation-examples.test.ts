import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { SENT } from '../test/sent-examples.js';
import { ACTIVITYSTREAMS_TERMS, DATA_INTEGRITY_TERMS, SECURITY_TERMS } from '../test/known-terms.js';
import { isJsonObject, type JsonObject } from './json.js';
import { ENCRYPTED, IGNORED_TYPES, NON_POSTS, READ_TYPES, ruleOfObject } from './read/activity/known-types.js';
import type { ActivityFacts, CarriedActivity, IgnoreRule } from './read/activity/types.js';
import { POST_TYPES } from './read/note-content.js';
import { readDocument } from './read/read-document.js';
import { ACTOR_CONTEXT, NOTE_CONTEXT } from './write/context.js';

// Every example of docs/federation-examples.md is what the writers print, or is read as it says.

const page = readFileSync(join(import.meta.dirname, '../../../docs/federation-examples.md'), 'utf8');

interface Example {
  readonly mark: string;
  readonly name: string;
  readonly json: unknown;
}

/** A line that begins with `mark: name`, and the JSON below it. */
const examples: readonly Example[] = [...page.matchAll(/^`(\w+): ([^`]+)`[^\n]*\n```json\n([\s\S]*?)\n```$/gm)].map(([, mark = '', name = '', text = '']) => ({
  mark,
  name,
  json: JSON.parse(text) as unknown,
}));
const marked = (mark: string): readonly Example[] => examples.filter((example) => example.mark === mark);

/** The two long contexts stand once on the page; a name stands for them elsewhere. */
const CONTEXTS: Readonly<Record<string, readonly unknown[]>> = { posts: NOTE_CONTEXT, actors: ACTOR_CONTEXT };
const named = (part: unknown): unknown => (typeof part === 'string' ? (CONTEXTS[part] ?? part) : part);

const TERMS_OF: Readonly<Record<string, readonly string[]>> = {
  'https://w3id.org/security/v1': SECURITY_TERMS,
  'https://w3id.org/security/data-integrity/v1': DATA_INTEGRITY_TERMS,
};

function expanded(json: unknown): JsonObject {
  if (!isJsonObject(json)) throw new Error('an example is no object');
  const { '@context': context, ...rest } = json;
  if (context === undefined) return json;
  return { '@context': Array.isArray(context) ? context.flatMap(named) : named(context), ...rest };
}

const carried = ({ facts }: CarriedActivity): string => facts?.kind ?? 'id';

/** What an example is said to be, in words. */
function kindOfFacts(facts: ActivityFacts): string {
  switch (facts.kind) {
    case 'accept':
    case 'reject':
      return `${facts.kind} ${carried(facts.answered)}`;
    case 'undo':
      return `undo ${carried(facts.undone)}`;
    case 'update':
    case 'delete':
      return `${facts.kind} ${facts.what}`;
    case 'group-delivery':
      return `group-delivery ${kindOfFacts(facts.facts)}`;
    case 'interaction-request':
      return `${facts.kind} ${facts.what}`;
    case 'block':
      return facts.groupUri === null ? 'block' : 'block of a group';
    case 'move':
      return facts.pulled ? 'move, pulled' : 'move';
    default:
      return facts.kind;
  }
}

function readingOf(json: unknown): string {
  const read = readDocument(json);
  if (!read.ok) return `ignored: ${read.error.code}`;
  const document = read.value;
  if (document.kind === 'activity') return `accepted: ${kindOfFacts(document.facts)}`;
  if (document.kind === 'post') return `accepted: post ${document.post.type}`;
  if (document.kind === 'actor') return `accepted: actor ${document.actor.type}`;
  return `accepted: ${document.kind === 'stamp' ? `stamp ${document.stamp.kind}` : document.kind}`;
}

/** Every object inside but contexts. */
function* objectsIn(value: unknown): Generator<JsonObject> {
  if (Array.isArray(value)) for (const entry of value) yield* objectsIn(entry);
  if (!isJsonObject(value)) return;
  yield value;
  for (const [key, entry] of Object.entries(value)) if (key !== '@context' && key !== 'contentMap') yield* objectsIn(entry);
}

test('the page shows every fenced block under a mark that is known', () => {
  expect(examples).toHaveLength([...page.matchAll(/^```json$/gm)].length);
  expect(new Set(examples.map(({ mark }) => mark))).toEqual(new Set(['context', 'sent', 'accepted', 'ignored']));
});

describe('what is sent', () => {
  test('each context is the one in use', () => {
    expect(Object.fromEntries(marked('context').map(({ name, json }) => [name, json]))).toEqual(CONTEXTS);
  });

  test('each thing that is written stands there once', () => {
    expect(marked('sent').map(({ name }) => name).sort()).toEqual(Object.keys(SENT).sort());
  });

  test.each(marked('sent').map((example) => [example.name, example] as const))('%s is what the writer prints, in its order', (name, { json }) => {
    expect(JSON.stringify(expanded(json))).toBe(JSON.stringify(SENT[name]));
  });

  test.each(Object.entries(SENT))('%s is read by our own readers', (_name, json) => {
    expect(readingOf(json)).toMatch(/^accepted: /);
  });

  test.each(Object.entries(SENT).filter(([, json]) => '@context' in json))('%s: every term is defined, lists are lists', (_name, json) => {
    const parts = [json['@context']].flat();
    const ofOthers = parts.flatMap((part) => TERMS_OF[String(part)] ?? []);
    const defined = new Set([...ACTIVITYSTREAMS_TERMS, ...ofOthers, ...parts.filter(isJsonObject).flatMap((part) => Object.keys(part))]);
    for (const object of objectsIn(json)) {
      const terms = [...Object.keys(object), ...(typeof object['type'] === 'string' ? [object['type']] : [])];
      expect(terms.filter((term) => term !== '@context' && !defined.has(term))).toEqual([]);
      for (const list of ['to', 'cc', 'tag', 'attachment', 'orderedItems', 'items']) if (list in object) expect(Array.isArray(object[list])).toBe(true);
    }
  });
});

const readings = [...marked('accepted'), ...marked('ignored')];

describe('what is read', () => {
  test.each(readings.map(({ mark, name, json }) => [`${mark}: ${name}`, json] as const))('%s', (mark, json) => {
    expect(readingOf(json)).toBe(mark);
  });

  test('each type that is read has an example', () => {
    const types = new Set(readings.flatMap(({ json }) => [...objectsIn(json)].map((object) => object['type'])));
    expect([...READ_TYPES, ...POST_TYPES].filter((type) => !types.has(type))).toEqual([]);
  });
});

describe('what is ignored', () => {
  // The compiler keeps this list whole.
  const RULES: Record<IgnoreRule, true> = {
    unknown_type: true, missing_object: true, missing_type: true, missing_target: true, foreign_id: true, foreign_object: true, foreign_author: true, foreign_actor: true, too_deep: true, encrypted: true, no_post: true,
    dislike: true, bad_emoji: true, view_counter: true, event_participation: true, group_moderation: true, featured_collection: true, conversation_container: true, forge: true, no_meaning: true,
  };
  const rows = new Map([...page.matchAll(/^\| `(\w+)` \| ([^|\n]+) \| [^|\n]+ \|$/gm)].map(([, rule = '', types = '']) => [rule, [...types.matchAll(/`([\w:]+)`/g)].map(([, type = '']) => type)]));

  test('each rule stands in the table and has an example', () => {
    expect([...rows.keys()].sort()).toEqual(Object.keys(RULES).sort());
    expect(Object.keys(RULES).filter((rule) => !marked('ignored').some(({ name }) => name === rule))).toEqual([]);
  });

  test('each type stands under its rule', () => {
    const listed = [...rows].flatMap(([rule, types]) => types.map((type) => `${type}: ${rule}`));
    const ofObjects = [...NON_POSTS, ...ENCRYPTED, 'FeaturedCollection', 'FeaturedItem', 'FeatureAuthorization'].map((type) => `${type}: ${ruleOfObject([type])}`);
    expect(listed.sort()).toEqual([...[...IGNORED_TYPES].map(([type, rule]) => `${type}: ${rule}`), ...ofObjects].sort());
  });
});
