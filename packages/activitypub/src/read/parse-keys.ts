import { fail, ok, type Result } from '@trunkline/kernel';
import { httpUri, sameHost } from '../hosts.js';
import { isJsonObject, listOf, member, textOf, type JsonObject } from '../json.js';
import { LIMITS } from '../limits.js';
import { cleanDocument } from './document.js';
import { idOf } from './references.js';
import type { ReadFailure, RemoteMultikey, RemotePublicKey } from './types.js';

const PEM_CHARS_MAX = 16_384;

function keyOf(entry: JsonObject, holder: string | null): RemotePublicKey | null {
  const id = httpUri(member(entry, 'id'));
  const owner = idOf(member(entry, 'owner')) ?? idOf(member(entry, 'controller')) ?? holder;
  const pem = textOf(member(entry, 'publicKeyPem'), PEM_CHARS_MAX);
  return id === null || owner === null || pem === null ? null : { id, owner, pem };
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
  const candidates = [raw, ...listOf(member(raw, 'publicKey')).slice(0, LIMITS.keys).filter(isJsonObject)];
  const holder = httpUri(member(raw, 'id'));
  const keys = candidates.map((entry) => keyOf(entry, entry === raw ? null : holder)).filter((key) => key !== null).filter((key) => sameHost(key.id, key.owner));
  return keys.length === 0 ? fail({ code: 'wrong_type' }) : ok(keys);
}
