import { parsePublicKeys, type RemotePublicKey } from '@trunkline/activitypub';
import { keyOwnerUrl } from '@trunkline/http-signatures';
import type { Clock } from '@trunkline/kernel';
import type { RemoteKey } from '@trunkline/persistence';
import type { RemoteDocuments } from '@trunkline/social';

export interface SignerKey {
  readonly keyId: string;
  readonly ownerUri: string;
  readonly publicKeyPem: string;
}

export interface SignerKeyPorts {
  readonly clock: Clock;
  readonly remote: Pick<RemoteDocuments, 'fetchObject'>;
  readonly rows: {
    get(keyIds: readonly string[]): Promise<ReadonlyMap<string, RemoteKey>>;
    put(key: SignerKey): Promise<void>;
  };
}

/** A key that does not fit is asked for again at most this often: strangers must not make us fetch at will. */
const RENEW_AFTER_MS = 300_000;

/** The key as all copies remember it, else as its server tells it. null: there is none that its owner lists. */
export async function findSignerKey(ports: SignerKeyPorts, keyId: string, { renew }: { readonly renew: boolean }): Promise<SignerKey | null> {
  const stored = (await ports.rows.get([keyId])).get(keyId);
  if (stored !== undefined && !renew) return stored;
  if (stored !== undefined && ports.clock.nowMs() - stored.fetchedAt.getTime() < RENEW_AFTER_MS) return null;
  const fetched = await fetchSignerKey(ports.remote, keyId);
  if (fetched !== null) await ports.rows.put(fetched);
  return fetched;
}

/** What stands at the id may be a bare key, an actor, or a stub of one: the owner's own document has to list the key. */
async function fetchSignerKey(remote: SignerKeyPorts['remote'], keyId: string): Promise<SignerKey | null> {
  const first = await keyAt(remote, keyOwnerUrl(keyId), keyId);
  if (first === null) return null;
  const { key, uri } = first;
  const owned = key.owner === uri ? first : await keyAt(remote, key.owner, keyId);
  if (owned === null || owned.uri !== key.owner || owned.key.owner !== key.owner || owned.key.pem !== key.pem) return null;
  return { keyId, ownerUri: key.owner, publicKeyPem: key.pem };
}

async function keyAt(remote: SignerKeyPorts['remote'], url: string, keyId: string): Promise<{ key: RemotePublicKey; uri: string } | null> {
  const document = await remote.fetchObject(url);
  const keys = document.ok ? parsePublicKeys(document.value.json) : document;
  const key = keys.ok ? keys.value.find(({ id }) => id === keyId) : undefined;
  return document.ok && key !== undefined ? { key, uri: document.value.uri } : null;
}
