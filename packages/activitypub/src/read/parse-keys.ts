import { fail, ok, type Result } from '@trunkline/kernel';
import { httpUri, sameHost } from '../hosts.js';
import { isJsonObject, listOf, member, textOf, type JsonObject } from '../json.js';
import { LIMITS } from '../limits.js';
import { cleanDocument } from './document.js';
import { idOf } from './references.js';
import type { ReadFailure, RemotePublicKey } from './types.js';

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
