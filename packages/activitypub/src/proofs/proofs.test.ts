import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { parseActivity } from '../read/parse-activity.js';
import { canonicalJson } from './canonical-json.js';
import { readIntegrityProof, verifyIntegrityProof } from './integrity-proof.js';
import { base58Bytes, multibaseOf, multikeyOfPem, pemOfMultikey } from './multikey.js';
import { isProvable, proveActivity } from './prove-activity.js';
import { everyTurnedByte } from '../../test/turned-bytes.js';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const KEYS = generateKeyPairSync('ed25519');
const NOW = { nowMs: Date.parse('2026-05-01T12:00:00Z') };
const CONTEXT = ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/data-integrity/v2'];
const KEY_ID = 'https://a.example/u/1#ed25519-key';

function base58(bytes: Uint8Array): string {
  let [number, text] = [BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`), ''];
  for (; number > 0n; number /= 58n) text = `${ALPHABET[Number(number % 58n)]}${text}`;
  return `z${'1'.repeat(bytes.findIndex((byte) => byte !== 0))}${text}`;
}

const hash = (value: unknown): Buffer => createHash('sha256').update(canonicalJson(value) ?? '').digest();

/** Written after the recommendation's steps, apart from the code under test. */
function proven(document: object, options: object = {}): Record<string, unknown> {
  const whole = { '@context': CONTEXT, type: 'DataIntegrityProof', cryptosuite: 'eddsa-jcs-2022', verificationMethod: KEY_ID, proofPurpose: 'assertionMethod', created: '2026-05-01T11:00:00Z', ...options };
  const proof = Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined));
  const proofValue = base58(sign(null, Buffer.concat([hash(proof), hash(document)]), KEYS.privateKey));
  return { ...document, proof: { ...proof, proofValue } };
}

const activity = { '@context': CONTEXT, id: 'https://a.example/1', type: 'Create', actor: 'https://a.example/u/1', object: { type: 'Note', content: 'ü', n: 1.5e-7 } };

const outcome = (json: unknown): string => {
  const proof = readIntegrityProof(json, NOW);
  if (!proof.ok) return proof.error.code;
  return verifyIntegrityProof(proof.value, KEYS.publicKey) ? 'valid' : 'invalid';
};

test('a proof is read and verified, whatever the order of the members', () => {
  const json = proven(activity);
  expect(outcome(json)).toBe('valid');
  expect(outcome(Object.fromEntries(Object.entries(json).reverse()))).toBe('valid');
  expect(readIntegrityProof(json, NOW)).toMatchObject({ ok: true, value: { keyId: KEY_ID, created: '2026-05-01T11:00:00.000Z' } });
});

describe('what may be there beside it', () => {
  test.each([
    ['an LD signature, added later', { ...proven(activity), signature: { type: 'RsaSignature2017' } }],
    ['a context, added later', { ...proven(activity), '@context': [...CONTEXT, 'https://a.example/more'] }],
    ['another proof', { ...proven(activity), proof: [{ type: 'DataIntegrityProof', cryptosuite: 'mldsa44-jcs-2024' }, proven(activity)['proof']] }],
    ['no context in the proof', proven(activity, { '@context': undefined })],
    ['one context, not in a list', proven({ ...activity, '@context': CONTEXT[0] }, { '@context': CONTEXT[0] })],
  ])('%s', (_name, json) => {
    expect(outcome(JSON.parse(JSON.stringify(json)))).toBe('valid');
  });
});

test('one changed byte anywhere in the document or in its proof is seen', () => {
  const text = JSON.stringify(proven(activity));
  expect([...everyTurnedByte(text)].filter((json) => outcome(json) === 'valid')).toEqual([]);
});

describe('ours', () => {
  const prover = { keyId: KEY_ID, privateKey: KEYS.privateKey };
  const made = new Date('2026-05-01T11:30:00.750Z');
  const sent = (changes: object = {}) => proveActivity({ '@context': CONTEXT[0], id: 'https://a.example/1', type: 'Announce', actor: 'https://a.example/u/1', object: 'https://b.example/ü', ...changes }, prover, made);

  test('are read back from the bytes that are sent, with their key, time and context', () => {
    const json = JSON.parse(JSON.stringify(sent()));
    expect(outcome(json)).toBe('valid');
    const context = [CONTEXT[0], 'https://w3id.org/security/data-integrity/v1'];
    expect(json).toMatchObject({ '@context': context, proof: { '@context': context, verificationMethod: KEY_ID, created: '2026-05-01T11:30:00Z' } });
    expect([...everyTurnedByte(JSON.stringify(json))].filter((changed) => outcome(changed) === 'valid')).toEqual([]);
  });

  test('are left out where there is no canonical form', () => {
    expect(sent({ content: '\ud800' })).not.toHaveProperty('proof');
  });

  // What is meant for few could be shown to anybody with it, for ever.
  test.each([
    [{ to: ['https://www.w3.org/ns/activitystreams#Public'], cc: [] }, true],
    [{ to: ['https://a.example/u/1/followers'], cc: ['https://www.w3.org/ns/activitystreams#Public'] }, true],
    [{ to: ['https://a.example/u/1/followers'], cc: ['https://b.example/u/2'] }, false],
    [{ to: ['https://b.example/u/2'], cc: [] }, false],
    [{}, false],
  ])('are for what names the public: %j', (audience, is) => {
    expect(isProvable(audience)).toBe(is);
  });

  test('a key reads back, whatever its first bytes are', () => {
    for (const start of [[], [0], [0, 0], [255]]) {
      const bytes = Uint8Array.from([...start, 1, 2, 3]);
      expect(base58Bytes(multibaseOf(bytes))).toEqual(bytes);
    }
    expect(base58Bytes(multibaseOf(new Uint8Array(3)))).toEqual(new Uint8Array(3));
    const pem = KEYS.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(pemOfMultikey(multikeyOfPem(pem))).toBe(pem);
    expect(() => multikeyOfPem(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'spki', format: 'pem' }).toString())).toThrow(TypeError);
  });
});

describe('each part counts', () => {
  const json = proven(activity);
  const withProof = (changes: object): object => ({ ...json, proof: { ...(json['proof'] as object), ...changes } });
  test.each([
    ['a member', { ...json, id: 'https://a.example/2' }, 'invalid'],
    ['a member deep inside', { ...json, object: { ...activity.object, content: 'u' } }, 'invalid'],
    ['one more member', { ...json, to: 'as:Public' }, 'invalid'],
    ['when it was made', withProof({ created: '2026-05-01T11:00:01Z' }), 'invalid'],
    ['its key', withProof({ verificationMethod: 'https://a.example/u/2#ed25519-key' }), 'invalid'],
    ['one more option', withProof({ domain: 'x' }), 'invalid'],
    ['its value', withProof({ proofValue: base58(Buffer.alloc(64, 1)) }), 'invalid'],
    ['the first context', { ...json, '@context': ['https://evil.example/context', ...CONTEXT] }, 'malformed_proof'],
    ['a context taken away', { ...json, '@context': [CONTEXT[0]] }, 'malformed_proof'],
    ['its purpose', withProof({ proofPurpose: 'authentication' }), 'malformed_proof'],
    ['the length of its value', withProof({ proofValue: base58(Buffer.alloc(63, 1)) }), 'malformed_proof'],
    ['the base of its value', withProof({ proofValue: `m${Buffer.alloc(64).toString('base64')}` }), 'malformed_proof'],
    ['a key without an address', withProof({ verificationMethod: 'did:key:z6Mk' }), 'malformed_proof'],
    ['a date that is none', withProof({ created: 'yesterday' }), 'malformed_proof'],
    ['its kind', withProof({ cryptosuite: 'eddsa-rdfc-2022' }), 'unsupported_proof'],
    ['that it is there', activity, 'missing_proof'],
    ['keywords that hide things', { ...json, '@graph': [] }, 'unsafe_document'],
    ['what it is', [json], 'unsafe_document'],
  ])('%s', (_name, changed, code) => {
    expect(outcome(changed)).toBe(code);
  });

  test('its end and its beginning', () => {
    expect(outcome(proven(activity, { expires: '2026-05-01T12:00:01Z' }))).toBe('valid');
    expect(outcome(proven(activity, { expires: '2026-05-01T11:59:59Z' }))).toBe('proof_expired');
    expect(outcome(proven(activity, { created: '2026-05-01T13:00:01Z' }))).toBe('malformed_proof');
  });

  test('the key, and its kind', () => {
    const proof = readIntegrityProof(json, NOW);
    if (!proof.ok) throw new Error(proof.error.code);
    expect(verifyIntegrityProof(proof.value, generateKeyPairSync('ed25519').publicKey)).toBe(false);
    expect(verifyIntegrityProof(proof.value, generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey)).toBe(false);
  });
});

describe('canonical JSON (RFC 8785)', () => {
  test.each([
    [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
    // The RFC's own sorting example, in part.
    [{ '\u20ac': 'Euro', '\r': 'CR', 1: 'One', '\u{1f600}': 'Smiley', '\ufb33': 'Dalet' }, '{"\\r":"CR","1":"One","\u20ac":"Euro","\u{1f600}":"Smiley","\ufb33":"Dalet"}'],
    [[Number('333333333.33333329'), 1e30, 4.5, 2e-3, 1e-27, -0], '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]'],
    ['\u20ac$\u000f\nA\'B"\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\"/"'],
    [{ toJSON: 1, ['__proto__']: 2 }, '{"__proto__":2,"toJSON":1}'],
  ])('%j', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);
  test.each<[unknown]>([['\ud800'], [{ '\udc00': 1 }], [Number.POSITIVE_INFINITY], [Number.NaN], [undefined], [deep(40)], [Array.from({ length: 20_000 }, () => 0)]])('%p has none', (value) => {
    expect(canonicalJson(value)).toBeNull();
  });
});

describe('Multikeys', () => {
  const der = KEYS.publicKey.export({ type: 'spki', format: 'der' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
  test('Ed25519 and RSA become PEM', () => {
    expect(pemOfMultikey(base58(Buffer.concat([Buffer.from([0xed, 1]), der.subarray(-32)])))).toBe(KEYS.publicKey.export({ type: 'spki', format: 'pem' }));
    expect(pemOfMultikey(base58(Buffer.concat([Buffer.from([0x85, 0x24]), rsa.export({ type: 'pkcs1', format: 'der' })])))).toBe(rsa.export({ type: 'pkcs1', format: 'pem' }));
  });
  test.each([[''], ['z'], ['u7QE'], ['z0OIl'], [base58(Buffer.from([0xed, 1, 2]))], [base58(Buffer.concat([Buffer.from([0x12, 0]), Buffer.alloc(32)]))], [`z${'2'.repeat(5000)}`]])('%s is none', (text) => {
    expect(pemOfMultikey(text)).toBeNull();
  });
  test('zeros in front stay', () => expect(base58Bytes('z112')).toEqual(Uint8Array.from([0, 0, 1])));
});

// What the verifier sees must be what is acted on: a document that was changed after it was signed either fails, or says
// the same to the reader.
test('S052 five hundred changed copies of a signed activity say what was signed, or are refused', () => {
  const signed = JSON.stringify(proven(activity));
  const meaning = (json: unknown): string => {
    const read = parseActivity(json);
    return read.ok ? JSON.stringify([read.value.actorUri, read.value.id, read.value.type, read.value.object]) : 'unread';
  };
  const before = meaning(JSON.parse(signed));
  const evil = ['"actor":"https://evil.example/u/1",', '"object":"https://evil.example/2",', '"@context":[],', '"type":"Delete",', '"as:actor":"https://evil.example/u/1",'];
  for (let n = 0; n < 500; n += 1) {
    const at = (n * 7_919) % signed.length;
    const changed = [
      `${signed.slice(0, at)}${String.fromCharCode(97 + (n % 26))}${signed.slice(at + 1)}`,
      `${signed.slice(0, at)}${signed.slice(at + 1)}`,
      signed.replace('{', `{${evil[n % evil.length]}`),
      `${signed.slice(0, -1)},${(evil[n % evil.length] ?? '').slice(0, -1)}}`,
      signed.replace('"actor":', '"Actor":"https://evil.example/u/1","actor":'),
    ][n % 5] ?? '';
    const json = jsonOrNull(changed);
    if (json !== null && outcome(json) === 'valid') expect(meaning(json)).toBe(before);
  }
});

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
