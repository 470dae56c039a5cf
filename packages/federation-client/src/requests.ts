import type { KeyObject } from 'node:crypto';

/** Who signs. `privateKey` is a parsed key, kept by the caller: parsing a PEM costs three signatures. */
export interface Signer {
  /** URL of the public key, e.g. `https://example.org/actor#main-key`. */
  readonly keyId: string;
  readonly privateKey: KeyObject;
}

export interface FetchOptions {
  /** Signs each hop anew. Without it the request is anonymous. */
  readonly signAs?: Signer;
  /** At most this many bytes, on the wire and decompressed. Default 1 MiB. */
  readonly maxBytes?: number;
  /** Ask even though the URL failed within the last minute: for what a person waits for. */
  readonly fresh?: boolean;
  /**
   * Signed with the key of a person: no redirect leaves the origin that was asked, and a refusal is answered in the other scheme
   * whatever the host refused to others, and teaches nothing about the host.
   */
  readonly personal?: boolean;
}

export interface ObjectOptions extends FetchOptions {
  /** The address may be that of a page, which names its document: for what a person pasted or a post linked. */
  readonly page?: boolean;
}

export interface DocumentOptions extends FetchOptions {
  /** Accept header. Default fits `mustBeActivity`. */
  readonly accept?: string;
  /** Default true: only activity+json, or ld+json with the ActivityStreams profile. False: any `application/…json`. */
  readonly mustBeActivity?: boolean;
}

/** For what is no JSON: previews, feeds, media of moderate size. */
export interface BytesOptions extends FetchOptions {
  readonly accept: string;
  /** Judges the media type, lower case and without parameters; the raw header is the second argument. */
  readonly isAccepted: (mediaType: string, header: string) => boolean;
  /** Marks the kind of fetch: callers with different rules must not share a flight or a remembered failure. */
  readonly kind: string;
}

export interface FetchedBytes {
  /** Decompressed. Shared between callers of the same flight, so read only. */
  readonly bytes: Buffer;
  readonly finalUrl: string;
  /** As sent. */
  readonly contentType: string;
  /** The `Link` header; empty when absent. */
  readonly link: string;
}

export interface FetchedDocument {
  /** Parsed for this caller alone, even when several shared the fetch. */
  readonly json: unknown;
  /** Where it was served from, after redirects, without fragment. */
  readonly finalUrl: string;
  /** As sent, e.g. `application/activity+json; charset=utf-8`. */
  readonly contentType: string;
}

/** An object whose id is proved to be the address it came from. */
export interface FetchedObject {
  readonly id: string;
  readonly object: Readonly<Record<string, unknown>>;
}

export interface WebfingerAnswer {
  /** `user@host[:port]`: user as the peer writes it, host in lower case and punycode. */
  readonly subject: string;
  /** Id of the actor. */
  readonly selfUri: string;
  /** Remote follow page with `{uri}`, when offered. */
  readonly subscribeTemplate: string | null;
}

/** An account whose handle and actor name each other. */
export interface ResolvedAccount {
  readonly subject: string;
  readonly actorUri: string;
  readonly actor: Readonly<Record<string, unknown>>;
}

/** What goes to one inbox or to many. */
export interface Letter extends Signer {
  /** Sent byte for byte. */
  readonly body: Buffer | string;
  /** Default `application/activity+json`. */
  readonly contentType?: string;
}

/** Sends a letter to one inbox. `extra`: headers of this inbox alone, in lower case; covered by the signature. */
export type LetterSender = (inbox: string, extra?: Readonly<Record<string, string>>) => Promise<DeliveryOutcome>;

/**
 * What to do after one delivery (FEDERATION.md, Delivery):
 * - `delivered`: done · `refused`: final for this activity and inbox
 * - `gone`: the inbox is gone for good (410) · `retry`: later, by the schedule
 * - `pause`: the whole host asks for `retryAfterMs` of silence
 */
export interface DeliveryOutcome {
  readonly kind: 'delivered' | 'refused' | 'retry' | 'gone' | 'pause';
  readonly reason: DeliveryReason;
  readonly status?: number;
  /** Only of `pause`; between one second and six hours. */
  readonly retryAfterMs?: number;
  /** System error code or the like, for the log. */
  readonly detail?: string;
}

export type DeliveryReason =
  | 'accepted'
  | 'unauthorized'
  | 'http_4xx'
  | 'http_5xx'
  | 'throttled'
  | 'redirected'
  | 'gone'
  | 'timeout'
  | 'network'
  | 'closed'
  | 'bad_url'
  | 'blocked_address'
  | 'blocked_domain';
