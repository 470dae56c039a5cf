import { fail, ok, type Result } from '@trunkline/kernel';
import { httpUri, sameHost } from '../hosts.js';
import { isJsonObject, listOf, member, textOf, type JsonObject } from '../json.js';
import { LIMITS } from '../limits.js';
import { pemOfMultikey } from '../proofs/multikey.js';
import { cleanDocument, dateOf } from './document.js';
import { idOf } from './references.js';
import type { ReadFailure, RemoteMultikey, RemotePublicKey } from './types.js';

const PEM_CHARS_MAX = 16_384;

function keyOf(entry: JsonObject, holder: string | null): RemotePublicKey | null {
  const id = httpUri(member(entry, 'id'));
  const owner = idOf(member(entry, 'owner')) ?? idOf(member(entry, 'controller')) ?? holder;
  const pem = textOf(member(entry, 'publicKeyPem'), PEM_CHARS_MAX) ?? multikeyPem(entry);
  if (id === null || owner === null || pem === null) return null;
  const endsAt = endOf(entry);
  return { id, owner, pem, ...(endsAt === null ? {} : { endsAt }) };
}

/** A Multikey (FEP-521a) of a kind that signs requests here. */
function multikeyPem(entry: JsonObject): string | null {
  const encoded = textOf(member(entry, 'publicKeyMultibase'), PEM_CHARS_MAX);
  return encoded === null ? null : pemOfMultikey(encoded);
}

/** When a key ends by its owner's word: it expires, or was withdrawn. Text that is no date ends it at once. */
function endOf(entry: JsonObject): string | null {
  const dates = ['expires', 'revoked'].map((name) => member(entry, name)).filter((value) => value !== undefined && value !== null);
  return dates.map((value) => dateOf(value) ?? new Date(0).toISOString()).sort()[0] ?? null;
}

/** An actor's keys: only those on its own host that name it as their owner, or nobody. */
export const parseKeys = (actor: JsonObject, actorUri: string): readonly RemotePublicKey[] =>
  listOf(member(actor, 'publicKey'))
    .slice(0, LIMITS.keys)
    .filter(isJsonObject)
    .map((entry) => keyOf(entry, actorUri))
    .filter((key) => key !== null)
    .filter((key) => key.owner === actorUri && sameHost(key.id, actorUri));

/** An actor's Multikeys (FEP-521a), under the same rule: Mitra, Hollo, Streams and Hubzilla list them. */
export const parseMultikeys = (actor: JsonObject, actorUri: string): readonly RemoteMultikey[] =>
  listOf(member(actor, 'assertionMethod'))
    .slice(0, LIMITS.keys)
    .filter(isJsonObject)
    .map((entry) => ({
      id: httpUri(member(entry, 'id')) ?? '',
      controller: idOf(member(entry, 'controller')) ?? actorUri,
      publicKeyMultibase: textOf(member(entry, 'publicKeyMultibase'), PEM_CHARS_MAX) ?? '',
    }))
    .filter((key) => key.controller === actorUri && sameHost(key.id, actorUri) && /^z[1-9A-HJ-NP-Za-km-z]+$/.test(key.publicKeyMultibase));

/** Where documents list keys: PEMs, and Multikeys (FEP-521a), with which proofs are made and, by Mastodon 4.7, requests. */
const LISTS = ['publicKey', 'assertionMethod'] as const;

/**
 * The keys in what a keyId answered: a bare key, a whole actor, or GotoSocial's stub actor. Each key's owner lies on the
 * key's host; the caller must still fetch the owner and find the key listed there, unless the document is the owner.
 *
 * @returns `wrong_type` when there is none
 */
export function parsePublicKeys(json: unknown): Result<readonly RemotePublicKey[], ReadFailure> {
  const document = cleanDocument(json);
  if (!document.ok) return document;

  const raw = document.value;
  const listed = LISTS.flatMap((name) => listOf(member(raw, name)).slice(0, LIMITS.keys).filter(isJsonObject));
  const candidates = [raw, ...listed];
  const holder = httpUri(member(raw, 'id'));
  const keys = candidates.map((entry) => keyOf(entry, entry === raw ? null : holder)).filter((key) => key !== null).filter((key) => sameHost(key.id, key.owner));
  return keys.length === 0 ? fail({ code: 'wrong_type' }) : ok(keys);
}
