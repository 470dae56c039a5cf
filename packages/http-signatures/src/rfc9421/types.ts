import type { KeyObject } from 'node:crypto';
import type { SignaturePolicy } from '../types.js';
import type { SignatureChallenge } from './challenge.js';

export const MESSAGE_ALGORITHMS = ['rsa-v1_5-sha256', 'rsa-pss-sha512', 'ed25519', 'ecdsa-p256-sha256'] as const;
export type MessageAlgorithm = (typeof MESSAGE_ALGORITHMS)[number];

/** When and where a message signature is good. */
export interface MessagePolicy extends Omit<SignaturePolicy, 'hosts'> {
  /**
   * Our public origins, e.g. `https://social.example`: the one that the Host header names is the base of `@target-uri`,
   * whatever scheme a proxy speaks to us.
   */
  readonly origins: readonly string[];
}

/** A message signature that passed every rule which needs no key. */
export interface ParsedMessageSignature {
  readonly scheme: 'rfc9421';
  /** An http(s) URL as the sender wrote it. */
  readonly keyId: string;
  /** Null: look at the key. Mastodon and Fedify leave it out. */
  readonly algorithm: MessageAlgorithm | null;
  /** What is covered as it is written there, in the sender's order: `"@method"`, `"digest"`, `"x";key="y"`. */
  readonly components: readonly string[];
  readonly signature: Uint8Array;
  readonly signatureBase: string;
  /** Unix seconds. */
  readonly created: number;
  readonly expires: number | null;
  readonly nonce: string | null;
  readonly tag: string | null;
}

export interface MessageToSign {
  readonly method: 'GET' | 'POST';
  readonly url: string | URL;
  /** Sent as they are; Content-Type is covered when present. Host, Date, Content-Digest and both signature headers are replaced. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Lower-case names of more of them that are covered. */
  readonly alsoCovered?: readonly string[];
  readonly body?: Uint8Array;
  /** Of the body, when it is known already: one post goes to many inboxes with one digest. */
  readonly contentDigest?: string;
  readonly keyId: string;
  /** RSA (signs with rsa-v1_5-sha256, which everybody takes) or Ed25519. */
  readonly privateKey: KeyObject;
  /** When it is sent, not when it was queued. */
  readonly date: Date;
  /** What the server asked for: of the components those are covered beside ours that the request has. */
  readonly challenge?: SignatureChallenge | null;
}
