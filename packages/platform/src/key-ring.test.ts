import { describe, expect, test } from '@jest/globals';
import { KeyRing } from './key-ring.js';

const key = (id: string, fill: number) => ({ id, keyBase64: Buffer.alloc(32, fill).toString('base64') });
const plain = Buffer.from('a private key');

function flipLastBit(base64url: string): string {
  const bytes = Buffer.from(base64url, 'base64url');
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  return bytes.toString('base64url');
}

describe('KeyRing', () => {
  test('opens what it sealed, and seals differently each time', () => {
    const ring = new KeyRing([key('a', 1)]);
    const [first, second] = [ring.encrypt(plain, 'account:1'), ring.encrypt(plain, 'account:1')];
    expect(first).not.toBe(second);
    expect(first).toMatch(/^v1\.a\.[\w-]+\.[\w-]+$/);
    expect(ring.decrypt(first, 'account:1')).toEqual(plain);
  });

  test('rotation: the new key seals, the old one still opens until it leaves the ring', () => {
    const old = new KeyRing([key('a', 1)]).encrypt(plain, 'x');
    const both = new KeyRing([key('b', 2), key('a', 1)]);
    expect(both.decrypt(old, 'x')).toEqual(plain);
    expect(both.needsRotation(old)).toBe(true);
    const fresh = both.encrypt(both.decrypt(old, 'x'), 'x');
    expect(both.needsRotation(fresh)).toBe(false);
    const afterwards = new KeyRing([key('b', 2)]);
    expect(afterwards.decrypt(fresh, 'x')).toEqual(plain);
    expect(() => afterwards.decrypt(old, 'x')).toThrow('not in TRUNKLINE_SECRET_KEYS');
  });

  test('a value moved to another place does not open', () => {
    const ring = new KeyRing([key('a', 1)]);
    expect(() => ring.decrypt(ring.encrypt(plain, 'account:1'), 'account:2')).toThrow();
  });

  // A tag cut short must not pass either: Node takes shorter ones unless told the length.
  test.each<[string, (parts: string[]) => string[]]>([
    ['a flipped bit', ([v = '', id = '', nonce = '', body = '']) => [v, id, nonce, flipLastBit(body)]],
    ['a short tag', ([v = '', id = '', nonce = '', body = '']) => [v, id, nonce, Buffer.from(body, 'base64url').subarray(0, -4).toString('base64url')]],
    ['another version', ([, id = '', nonce = '', body = '']) => ['v2', id, nonce, body]],
    ['a part too many', (parts) => [...parts, '']],
    ['nothing', () => []],
  ])('a changed value does not open: %s', (_name, change) => {
    const ring = new KeyRing([key('a', 1)]);
    const changed = change(ring.encrypt(plain, 'x').split('.')).join('.');
    expect(() => ring.decrypt(changed, 'x')).toThrow();
  });

  test('an empty ring and a short key are refused', () => {
    expect(() => new KeyRing([])).toThrow(RangeError);
    expect(() => new KeyRing([{ id: 'a', keyBase64: 'AAAA' }])).toThrow(RangeError);
  });
});
