import { createHash, verify, type KeyObject } from 'node:crypto';
import { fail, ok, type Failure, type Result } from '@trunkline/kernel';
import { httpUri } from '../hosts.js';
import { isJsonObject, listOf, member, type JsonObject } from '../json.js';
import { cleanDocument, dateOf } from '../read/document.js';
import { canonicalJson } from './canonical-json.js';
import { base58Bytes } from './multikey.js';

/** Why a proof does not count. The document may still be good: it can be fetched from its origin. */
export type ProofFailureCode = 'missing_proof' | 'unsupported_proof' | 'malformed_proof' | 'proof_expired' | 'unsafe_document';
export type ProofFailure = Failure<ProofFailureCode>;

/** A proof that passed every rule which needs no key. */
export interface IntegrityProof {
  /** The key, an http(s) URL as the sender wrote it. Its controller must be the document's actor. */
  readonly keyId: string;
  readonly signature: Uint8Array;
  /** What is signed: two hashes, 64 bytes. */
  readonly signed: Uint8Array;
  readonly created: string | null;
}

const SIGNATURE_BYTES = 64;
const PROOFS_MAX = 8;
/** As with requests: how far apart clocks may be. */
const SKEW_MS = 60 * 60_000;

/**
 * Reads the integrity proof of a document (FEP-8b32, `eddsa-jcs-2022`), by which a forwarded activity can be trusted
 * without asking its origin. Callers then find the key, `verifyIntegrityProof`, and check that the key is the actor's and
 * on the actor's host.
 *
 * What it covers is the JSON as it came, so `json` must be what JSON.parse made of the raw body. An RsaSignature2017 in
 * `signature` is left out, as the FEP says, since it is added later.
 *
 * @see https://www.w3.org/TR/vc-di-eddsa/#eddsa-jcs-2022
 */
export function readIntegrityProof(json: unknown, now: { readonly nowMs: number }): Result<IntegrityProof, ProofFailure> {
  // For its limits alone: what is signed is the document as it came.
  if (!cleanDocument(json).ok || !isJsonObject(json)) return fail({ code: 'unsafe_document' });
  const { proof: proofs, signature: _ldSignature, ...document } = json;
  const all = listOf(proofs).slice(0, PROOFS_MAX).filter(isJsonObject);
  if (all.length === 0) return fail({ code: 'missing_proof' });
  const proof = all.find((entry) => member(entry, 'type') === 'DataIntegrityProof' && member(entry, 'cryptosuite') === 'eddsa-jcs-2022');
  if (proof === undefined) return fail({ code: 'unsupported_proof' });
  const read = readProof(proof, now.nowMs);
  if (!read.ok) return read;
  const signed = signedBytes(document, proof);
  return signed === null ? fail({ code: 'malformed_proof' }) : ok({ ...read.value, signed });
}

/** Whether the key made the proof. Only Ed25519 keys do. Synchronous: some 100 µs. */
export const verifyIntegrityProof = ({ signed, signature }: Pick<IntegrityProof, 'signed' | 'signature'>, publicKey: KeyObject): boolean =>
  publicKey.asymmetricKeyType === 'ed25519' && verify(null, signed, publicKey, signature);

function readProof(proof: JsonObject, nowMs: number): Result<Omit<IntegrityProof, 'signed'>, ProofFailure> {
  const keyId = httpUri(member(proof, 'verificationMethod'));
  const value = member(proof, 'proofValue');
  const signature = typeof value === 'string' ? base58Bytes(value) : null;
  if (keyId === null || signature?.length !== SIGNATURE_BYTES || member(proof, 'proofPurpose') !== 'assertionMethod') return fail({ code: 'malformed_proof' });
  const [created, expires] = ['created', 'expires'].map((name) => member(proof, name));
  const [createdAt = null, expiresAt = null] = [created, expires].map(dateOf);
  if ((created !== undefined && createdAt === null) || (expires !== undefined && expiresAt === null)) return fail({ code: 'malformed_proof' });
  if (expiresAt !== null && Date.parse(expiresAt) < nowMs) return fail({ code: 'proof_expired' });
  if (createdAt !== null && Date.parse(createdAt) > nowMs + SKEW_MS) return fail({ code: 'malformed_proof' });
  return ok({ keyId, signature, created: createdAt });
}

/** Of the proof without its value and of the document. Null when their contexts disagree. */
function signedBytes(document: JsonObject, proof: JsonObject): Uint8Array | null {
  const { proofValue: _value, ...options } = proof;
  const context = member(proof, '@context');
  const covered = context === undefined ? document : { ...document, '@context': context };
  if (context !== undefined && !startsWith(member(document, '@context'), context)) return null;
  return bytesToSign(options, covered);
}

/**
 * What a proof signs: the hash of its options, then the one of the document. Null when either has no canonical form.
 * @see https://www.w3.org/TR/vc-di-eddsa/#hashing-eddsa-jcs-2022
 */
export function bytesToSign(options: JsonObject, document: JsonObject): Uint8Array | null {
  const [config, content] = [canonicalJson(options), canonicalJson(document)];
  return config === null || content === null ? null : Buffer.concat([sha256(config), sha256(content)]);
}

/** The proof's contexts must open the document's: one that is added later must not change what was signed. */
function startsWith(whole: unknown, start: unknown): boolean {
  const [all, first] = [listOf(whole), listOf(start)].map((list) => list.map(canonicalJson));
  return all !== undefined && first !== undefined && first.length > 0 && first.every((entry, index) => entry !== null && entry === all[index]);
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();
