import type { IncomingHttpHeaders } from 'node:http';
import {
  headersFromRaw,
  keyOwnerUrl,
  parsePublicKeyPem,
  readRequestSignature,
  verifyRequestDigest,
  verifyRequestSignature,
  type SignatureScheme,
} from '@trunkline/http-signatures';
import type { KeyObject } from 'node:crypto';
import type { JsonObject } from './person.js';

/** One POST that came to an inbox of a scripted remote. */
export interface ReceivedPost {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** null when the body is no JSON object. */
  readonly activity: JsonObject | null;
  readonly activityId: string | null;
  readonly type: string | null;
  /** `valid`, or why not: a code of @trunkline/http-signatures, `refused_scheme`, `bad_signature`, `key_not_found`, `key_unreachable`, `actor_mismatch`. */
  readonly signature: string;
  readonly keyId: string | null;
  /** null: it was not read. */
  readonly scheme: SignatureScheme | null;
  /** What was answered; null when the script gave no answer. */
  readonly status: number | null;
  readonly receivedAtMs: number;
}

/** All POSTs of one activity. */
export interface ReceivedActivity {
  readonly id: string;
  readonly type: string | null;
  readonly count: number;
}

/** A POST before it was judged. */
export interface RawPost {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** The text of the actor document at this address; null when there is none. Rejects when nobody answers. */
export type FetchDocument = (url: string) => Promise<string | null>;

export function readObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
  } catch {
    return null;
  }
}

export const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Verifies as an honest peer does: signature, digest, and that the signer is the activity's actor. Keys are kept. */
export class SignatureJudge {
  private readonly keys = new Map<string, { readonly key: KeyObject; readonly owner: string }>();

  constructor(
    private readonly host: string,
    private readonly fetchDocument: FetchDocument,
  ) {}

  async judge(post: RawPost, activity: JsonObject | null, takes: readonly SignatureScheme[]): Promise<{ verdict: string; keyId: string | null; scheme: SignatureScheme | null }> {
    const headers = headersFromRaw(post.rawHeaders);
    const policy = { nowMs: Date.now(), hosts: [this.host], origins: [`http://${this.host}`] };
    const parsed = readRequestSignature({ method: 'POST', path: post.path, headers }, policy);
    if (!parsed.ok) return { verdict: parsed.error.code, keyId: null, scheme: null };
    const { keyId, scheme } = parsed.value;
    const told = (verdict: string) => ({ verdict, keyId, scheme });
    if (!takes.includes(scheme)) return told('refused_scheme');
    const digest = verifyRequestDigest(parsed.value, headers, post.body);
    if (!digest.ok) return told(digest.error.code);
    const found = await this.keyOf(keyId).catch(() => 'unreachable' as const);
    if (found === 'unreachable') return told('key_unreachable');
    if (found === null) return told('key_not_found');
    if (!verifyRequestSignature(parsed.value, found.key)) return told('bad_signature');
    return told(activity?.['actor'] === found.owner ? 'valid' : 'actor_mismatch');
  }

  private async keyOf(keyId: string): Promise<{ readonly key: KeyObject; readonly owner: string } | null> {
    const known = this.keys.get(keyId);
    if (known !== undefined) return known;
    const actor = readObject((await this.fetchDocument(keyOwnerUrl(keyId))) ?? '');
    const publicKey = actor?.['publicKey'] as JsonObject | undefined;
    const [pem, owner] = [textOf(publicKey?.['publicKeyPem']), textOf(actor?.['id'])];
    if (pem === null || owner === null || publicKey?.['id'] !== keyId) return null;
    const key = parsePublicKeyPem(pem);
    if (!key.ok) return null;
    const found = { key: key.value, owner };
    this.keys.set(keyId, found);
    return found;
  }
}
