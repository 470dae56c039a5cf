import { sign, type KeyObject } from 'node:crypto';
import { PUBLIC_URI } from '../hosts.js';
import { listOf, type JsonObject } from '../json.js';
import { isoSeconds } from '../write/context.js';
import { bytesToSign } from './integrity-proof.js';
import { multibaseOf } from './multikey.js';

/** Who proves: an actor of ours, by its Ed25519 key. */
export interface Prover {
  /** Where the key is listed, e.g. `https://a.example/ap/users/1#ed25519-key`. */
  readonly keyId: string;
  readonly privateKey: KeyObject;
}

const DATA_INTEGRITY = 'https://w3id.org/security/data-integrity/';

/**
 * Whether an activity of ours carries a proof: it names the public, so that others may pass it on. What is meant for few
 * stays between them: a proof could be shown to anybody, for ever.
 */
export const isProvable = (activity: JsonObject): boolean => [...listOf(activity['to']), ...listOf(activity['cc'])].includes(PUBLIC_URI);

/**
 * The activity with an integrity proof of its sender's (FEP-8b32, `eddsa-jcs-2022`). Synchronous: some 100 µs, once for all inboxes.
 *
 * The proof repeats the whole `@context`: Fedify takes the document's as the proof's, others take what stands there.
 *
 * @param made in whole seconds: readers write the time anew before they compare
 * @returns it as it was when it has no canonical form, such as half a surrogate in somebody's text
 */
export function proveActivity<T extends JsonObject>(activity: T, { keyId, privateKey }: Prover, made: Date): T {
  const contexts = listOf(activity['@context']);
  const isNamed = contexts.some((part) => typeof part === 'string' && part.startsWith(DATA_INTEGRITY));
  const context = isNamed ? contexts : [...contexts, `${DATA_INTEGRITY}v1`];
  const document = { ...activity, '@context': context };
  const options = {
    '@context': context,
    type: 'DataIntegrityProof',
    cryptosuite: 'eddsa-jcs-2022',
    verificationMethod: keyId,
    proofPurpose: 'assertionMethod',
    created: isoSeconds(made),
  };
  const signed = bytesToSign(options, document);
  if (signed === null) return activity;
  return { ...document, proof: { ...options, proofValue: multibaseOf(sign(null, signed, privateKey)) } };
}
