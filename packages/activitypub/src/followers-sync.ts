import { hash } from 'node:crypto';
import { httpUri, sameHost } from './hosts.js';

const HEADER_CHARS_MAX = 8192;
const PARAMETER = /\s*([A-Za-z]{1,32})="([^"\\]*)"\s*(,|$)/y;

/** What `Collection-Synchronization` says (FEP-8fcf): which of our accounts the sender thinks follow its actor. */
export interface FollowersSync {
  /** The actor's followers collection. */
  readonly collectionUri: string;
  /** Where the part of it lies that is on the receiver's host; answered to signed requests only. */
  readonly partUri: string;
  /** Of that part; 64 hexadecimal digits in lower case. */
  readonly digest: string;
}

/**
 * The digest of a set of followers (FEP-8fcf): the SHA-256 of each id, all combined by XOR, so that order counts for
 * nothing. An empty set is all zeros. Each id once, or it would cancel itself out.
 */
export function followersDigest(actorUris: Iterable<string>): string {
  const digest = new FollowersDigest();
  for (const uri of new Set(actorUris)) digest.add(uri);
  return digest.hex;
}

/** The same, gathered id by id; each must be added once. Thousands at once hold up the event loop. */
export class FollowersDigest {
  private readonly combined = Buffer.alloc(32);

  add(actorUri: string): void {
    const { combined } = this;
    const digest = hash('sha256', actorUri, 'buffer');
    for (let index = 0; index < combined.length; index += 1) combined[index] = (combined[index] ?? 0) ^ (digest[index] ?? 0);
  }

  get hex(): string {
    return this.combined.toString('hex');
  }
}

export const renderFollowersSync = ({ collectionUri, partUri, digest }: FollowersSync): string =>
  `collectionId="${collectionUri}", url="${partUri}", digest="${digest}"`;

/**
 * Reads a `Collection-Synchronization` header. The caller checks that the request was signed by the actor whose followers
 * collection this is, and drops ties only of accounts of its own.
 *
 * @returns null for anything odd, and when collection and part lie on different hosts
 */
export function parseFollowersSync(header: string): FollowersSync | null {
  if (header.length > HEADER_CHARS_MAX) return null;
  const parameters = new Map<string, string>();
  PARAMETER.lastIndex = 0;
  for (let separator = ','; separator === ','; ) {
    const match = PARAMETER.exec(header);
    const name = match?.[1];
    if (match === null || name === undefined || parameters.has(name)) return null;
    parameters.set(name, match[2] ?? '');
    separator = match[3] ?? '';
  }
  const [collectionUri, partUri] = [httpUri(parameters.get('collectionId')), httpUri(parameters.get('url'))];
  const digest = parameters.get('digest')?.toLowerCase() ?? '';
  if (collectionUri === null || partUri === null || !sameHost(collectionUri, partUri) || !/^[0-9a-f]{64}$/.test(digest)) return null;
  return { collectionUri, partUri, digest };
}
