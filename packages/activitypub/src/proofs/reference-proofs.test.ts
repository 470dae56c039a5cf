import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { canonicalJson } from './canonical-json.js';
import { readIntegrityProof, verifyIntegrityProof } from './integrity-proof.js';
import { base58Bytes, pemOfMultikey } from './multikey.js';
import { proveActivity } from './prove-activity.js';
import { everyTurnedByte } from '../../test/turned-bytes.js';

interface ProofVector {
  readonly name: string;
  readonly expect: 'valid' | 'invalid';
  readonly publicKeyMultibase: string;
  readonly secretKeyMultibase?: string;
  readonly unsigned?: Record<string, unknown> | null;
  readonly signed: Record<string, unknown> & { readonly proof: Record<string, unknown> };
}

// The vectors of FEP-8b32, FEP-521a, Mastodon, tootik and the W3C: see reference-corpus.test.ts.
const folder = join(process.env['TRUNKLINE_REFERENCE'] ?? '/nonexistent', 'fixtures/signatures');
const present = existsSync(folder);
const load = <T>(file: string): T => JSON.parse(readFileSync(join(folder, file), 'utf8')) as T;
const NOW = { nowMs: Date.parse('2026-05-01T12:00:00Z') };

function outcomeOf({ signed, publicKeyMultibase }: Pick<ProofVector, 'signed' | 'publicKeyMultibase'>): string {
  const proof = readIntegrityProof(signed, NOW);
  if (!proof.ok) return proof.error.code;
  return verifyIntegrityProof(proof.value, createPublicKey(pemOfMultikey(publicKeyMultibase) ?? '')) ? 'valid' : 'invalid';
}

/** Where a proof fails for another reason than its signature, and the one that we do not verify. */
const OURS: readonly (readonly [RegExp, string])[] = [
  [/expiration date set in the past/, 'proof_expired'],
  [/ML-DSA-44/, 'unsupported_proof'],
];

if (!present) {
  test('reference vectors are absent: set TRUNKLINE_REFERENCE to check integrity proofs', () => {
    console.warn('NOT CHECKED: the vectors of FEP-8b32 and FEP-521a. Set TRUNKLINE_REFERENCE to the folder that holds fixtures/signatures.');
    expect(present).toBe(false);
  });
} else {
  describe('FEP-8b32', () => {
    const { vectors } = load<{ vectors: ProofVector[] }>('fep-8b32-integrity-proofs.json');
    test.each(vectors.map((vector) => [vector.name, vector] as const))('%s', (name, vector) => {
      expect(outcomeOf(vector)).toBe(OURS.find(([pattern]) => pattern.test(name))?.[1] ?? vector.expect);
    });

    test.each(vectors.filter((vector) => outcomeOf(vector) === 'valid').map((vector) => [vector.name, vector] as const))('one changed byte is seen: %s', (_name, vector) => {
      const turned = [...everyTurnedByte(JSON.stringify(vector.signed))];
      expect(turned.length).toBeGreaterThan(500);
      expect(turned.filter((signed) => outcomeOf({ ...vector, signed: signed as ProofVector['signed'] }) === 'valid')).toEqual([]);
    });

    test.each(vectors.filter(({ secretKeyMultibase, unsigned }) => secretKeyMultibase !== undefined && unsigned != null).map((vector) => [vector.name, vector] as const))('ours is the same: %s', (_name, { secretKeyMultibase = '', unsigned, signed }) => {
      const seed = Buffer.from(base58Bytes(secretKeyMultibase) ?? []).subarray(2);
      const privateKey = createPrivateKey({ key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]), format: 'der', type: 'pkcs8' });
      const { verificationMethod, created } = signed.proof;
      expect(proveActivity({ ...unsigned }, { keyId: String(verificationMethod), privateKey }, new Date(String(created)))).toEqual(signed);
    });
  });

  test("the W3C's vector, with each hash on the way", () => {
    const file = load<{ unsigned: object; proofConfig: object; signed: ProofVector['signed']; keyPair: { publicKeyMultibase: string }; canonDocJCS: string; proofCanonJCS: string; docHashJCS: string; combinedHashJCS: string; sigHexJCS: string; sigBTC58JCS: string }>('w3c-eddsa-jcs-2022.json');
    expect(canonicalJson(file.unsigned)).toBe(file.canonDocJCS);
    expect(canonicalJson(file.proofConfig)).toBe(file.proofCanonJCS);
    expect(createHash('sha256').update(file.canonDocJCS).digest('hex')).toBe(file.docHashJCS);
    const signature = base58Bytes(file.sigBTC58JCS) ?? Buffer.alloc(0);
    expect(Buffer.from(signature).toString('hex')).toBe(file.sigHexJCS);
    expect(verifyIntegrityProof({ signature, signed: Buffer.from(file.combinedHashJCS, 'hex') }, createPublicKey(pemOfMultikey(file.keyPair.publicKeyMultibase) ?? ''))).toBe(true);
    // Its key is a DID, which no server of the fediverse hosts.
    expect(readIntegrityProof(file.signed, NOW)).toMatchObject({ ok: false, error: { code: 'malformed_proof' } });
  });

  test('FEP-521a', () => {
    const { vectors } = load<{ vectors: { publicKeyHex: string; multikey: { publicKeyMultibase: string } }[] }>('fep-521a-multikey.json');
    for (const { publicKeyHex, multikey } of vectors) {
      expect(Buffer.from(base58Bytes(multikey.publicKeyMultibase)?.subarray(2) ?? []).toString('hex')).toBe(publicKeyHex);
      expect(createPublicKey(pemOfMultikey(multikey.publicKeyMultibase) ?? '').type).toBe('public');
    }
  });
}
