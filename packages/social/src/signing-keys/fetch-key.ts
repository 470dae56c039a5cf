import { parsePublicKeys, type RemotePublicKey } from '@trunkline/activitypub';
import { keyOwnerUrl, parsePublicKeyPem } from '@trunkline/http-signatures';
import { fail, ok, type Result } from '@trunkline/kernel';
import type { RemoteDocuments } from '../ports/social-ports.js';
import { isPassing } from './passing-failures.js';

/** Why there is no key. `unreachable` may pass; the others are the sender's to mend. */
export type KeyFailureCode =
  | 'unreachable'
  | 'gone'
  | 'not_found'
  | 'refused'
  | 'not_listed'
  | 'bad_key'
  | 'ended'
  | 'does_not_fit'
  | 'blocked_domain'
  | 'busy'
  | 'throttled';

export type KeyFailure = { readonly code: KeyFailureCode };

export interface FetchedKey {
  readonly keyId: string;
  readonly ownerUri: string;
  readonly publicKeyPem: string;
  /** When it ends by its owner's word; null: it names no end. */
  readonly endsAt: Date | null;
}

const PLAIN: readonly KeyFailureCode[] = ['gone', 'not_found', 'blocked_domain'];

/**
 * Reads a key at its id: a PEM or a Multikey. What answers there is a bare key, a whole actor, or GotoSocial's stub actor; in each case the
 * owner's own document has to list the key, on the same host: nobody claims a key for somebody else (CVE-2024-23832).
 */
export async function fetchKey(remote: Pick<RemoteDocuments, 'fetchObject'>, keyId: string): Promise<Result<FetchedKey, KeyFailure>> {
  const document = await remote.fetchObject(keyOwnerUrl(keyId));
  if (!document.ok) return fail({ code: failureOf(document.error.code) });
  const key = keyIn(document.value.json, keyId);
  if (key === null) return fail({ code: 'not_listed' });
  const owner = key.owner === document.value.uri ? ok(key) : await askOwner(remote, key);
  if (!owner.ok) return owner;
  if (!parsePublicKeyPem(key.pem).ok) return fail({ code: 'bad_key' });
  return ok({ keyId, ownerUri: key.owner, publicKeyPem: key.pem, endsAt: key.endsAt === undefined ? null : new Date(key.endsAt) });
}

async function askOwner(remote: Pick<RemoteDocuments, 'fetchObject'>, key: RemotePublicKey): Promise<Result<RemotePublicKey, KeyFailure>> {
  const document = await remote.fetchObject(key.owner);
  if (!document.ok) return fail({ code: failureOf(document.error.code) });
  if (document.value.uri !== key.owner) return fail({ code: 'not_listed' });
  const listed = keyIn(document.value.json, key.id);
  return listed !== null && listed.owner === key.owner && listed.pem === key.pem ? ok(listed) : fail({ code: 'not_listed' });
}

function keyIn(json: unknown, keyId: string): RemotePublicKey | null {
  const keys = parsePublicKeys(json);
  return keys.ok ? (keys.value.find((key) => key.id === keyId) ?? null) : null;
}

function failureOf(code: string): KeyFailureCode {
  if (isPassing(code)) return 'unreachable';
  return PLAIN.find((plain) => plain === code) ?? 'refused';
}
