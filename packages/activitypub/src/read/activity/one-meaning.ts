import { isJsonObject, listOf, member, type JsonObject } from '../../json.js';
import { memberNames } from '../../json-names.js';

const NAMESPACE = 'https://www.w3.org/ns/activitystreams#';

/** Contexts by which ActivityStreams' own terms keep their meaning. What others may be fetched from is not known, nor what they say tomorrow. */
const CONTEXTS: ReadonlySet<string> = new Set([
  'https://www.w3.org/ns/activitystreams',
  'https://www.w3.org/ns/credentials/v2',
  'https://www.w3.org/ns/did/v1',
  'https://w3id.org/identity/v1',
  'https://w3id.org/security/v1',
  'https://w3id.org/security/data-integrity/v1',
  'https://w3id.org/security/data-integrity/v2',
  'https://w3id.org/security/multikey/v1',
  'https://purl.archive.org/socialweb/webfinger',
  'https://purl.archive.org/miscellany',
  'https://gotosocial.org/ns',
  'https://join-lemmy.org/context.json',
]);

/** Schemes, and prefixes that those contexts define. */
const PREFIXES: ReadonlySet<string> = new Set(['http', 'https', 'urn', 'tag', 'did', 'sec', 'xsd', 'ldp', 'vcard', 'schema', 'toot']);
const DEFINITION = new Set(['@id', '@type', '@container', '@language', '@prefix']);
const ALIASES: ReadonlySet<string> = new Set(['id @id', 'type @type']);

/**
 * Whether every reader finds the same actor in an activity: those that go by names, whatever their JSON parser does with doubled ones
 * or with case, and those that go by JSON-LD. What is passed on is signed on its way by somebody here: a context that makes
 * another member the actor would have them say what they never said (CVE-2022-24307, CVE-2026-42462, from the signer's side).
 *
 * @param text the JSON as it came
 */
export function hasOneMeaning(text: string): boolean {
  const json: unknown = JSON.parse(text);
  if (!isJsonObject(json) || typeof member(json, 'actor') !== 'string') return false;
  const names = memberNames(text);
  const areSpelled = new Set(names.map((name) => name.toLowerCase())).size === names.length;
  const arePlain = names.every((name) => name === '@context' || /^[\w-]+$/.test(name));
  return areSpelled && arePlain && areHarmless(listOf(member(json, '@context')));
}

function areHarmless(contexts: readonly unknown[]): boolean {
  const written = contexts.filter(isJsonObject);
  const prefixes = new Set(written.flatMap((context) => Object.keys(context).filter((term) => /^https?:/.test(iriOf(context[term]) ?? ''))));
  return contexts.every((context) => {
    if (typeof context === 'string') return CONTEXTS.has(context);
    return isJsonObject(context) && Object.entries(context).every(([term, definition]) => isHarmless(term, definition, prefixes));
  });
}

function isHarmless(term: string, definition: unknown, prefixes: ReadonlySet<string>): boolean {
  if (term === '@language' || term === '@version') return true;
  const iri = iriOf(definition);
  if (iri === null || !/^[\w-]+$/.test(term)) return false;
  if (iri.startsWith('@')) return ALIASES.has(`${term} ${iri}`);
  if (term === 'as') return iri === NAMESPACE;
  if (iri.startsWith('as:')) return iri === `as:${term}`;
  if (iri.startsWith(NAMESPACE)) return iri === NAMESPACE + term;
  // A beginning of the namespace could be completed by what follows it; a prefix that is a term of its own, by nothing at all.
  if (term === 'actor' || NAMESPACE.startsWith(iri)) return false;
  const prefix = /^([\w-]+):/.exec(iri)?.[1];
  return prefix !== undefined && (PREFIXES.has(prefix) || prefixes.has(prefix));
}

/** What a term stands for; null for what may say more than that. */
function iriOf(definition: unknown): string | null {
  if (typeof definition === 'string') return definition;
  if (!isJsonObject(definition) || Object.keys(definition).some((key) => !DEFINITION.has(key))) return null;
  const iri = member(definition as JsonObject, '@id');
  return typeof iri === 'string' ? iri : null;
}
