import { beforeAll, describe, expect, test } from '@jest/globals';
import { parseSignature } from './parse-signature.js';
import { DATE, KEY_ID, NOW, received, withSignature } from '../test/signed-request.js';
import type { SignaturePolicy, SignedRequest } from './types.js';

let signed: SignedRequest;
beforeAll(async () => {
  signed = await received();
});

const codeOf = (request: SignedRequest, policy: SignaturePolicy = NOW): string => {
  const parsed = parseSignature(request, policy);
  return parsed.ok ? 'ok' : parsed.error.code;
};
const withHeader = (name: string, value: string | string[] | undefined): SignedRequest => ({ ...signed, headers: { ...signed.headers, [name]: value } });
const covering = (headers: string): SignedRequest => withSignature(signed, (header) => header.replace(/headers="[^"]*"/, `headers="${headers}"`));

test('a signature of ours is read back', () => {
  const parsed = parseSignature(signed, NOW);
  expect(parsed).toMatchObject({
    ok: true,
    value: { scheme: 'cavage', keyId: KEY_ID, algorithm: 'rsa-sha256', headers: ['(request-target)', 'host', 'date', 'digest', 'content-type'] },
  });
  expect(parsed.ok && parsed.value.signingStrings.map((text) => text.split('\n')[0])).toEqual([
    '(request-target): post /inbox?x=1',
    '(request-target): post /inbox',
  ]);
});

describe('S033 what must be covered', () => {
  test.each([
    ['date', 'missing_header'],
    ['', 'missing_header'],
    ['host date digest', 'missing_header'],
    ['(request-target) date digest', 'missing_header'],
    ['(request-target) host digest', 'missing_header'],
    ['(request-target) host date', 'missing_header'],
    ['(request-target) host date digest x-absent', 'missing_header'],
    ['(request-target) host date digest host', 'malformed_signature'],
    ['digest Date HOST (request-target)', 'ok'],
  ])('%p → %s', (headers, code) => {
    expect(codeOf(covering(headers))).toBe(code);
  });

  test('no list at all means the time alone, which is not enough', () => {
    expect(codeOf(withSignature(signed, (header) => header.replace(/headers="[^"]*",/, '')))).toBe('missing_header');
  });

  test('a GET needs no digest, a PUT does', () => {
    expect(codeOf({ ...covering('(request-target) host date'), method: 'GET' })).toBe('ok');
    expect(codeOf({ ...covering('(request-target) host date'), method: 'PUT' })).toBe('missing_header');
  });
});

describe('S042 ambiguity', () => {
  test.each(['signature', 'host', 'date', 'digest'])('two %s headers are refused', (name) => {
    const value = String(Object.entries(signed.headers).find(([key]) => key.toLowerCase() === name)?.[1]);
    expect(codeOf(withHeader(name, [value, value]))).toBe('duplicate_header');
  });

  test('the same header in two spellings is two headers', () => {
    expect(codeOf(withHeader('DATE', DATE.toUTCString()))).toBe('duplicate_header');
  });

  test.each([
    ['two signatures joined by a comma', (header: string) => `${header}, ${header}`],
    ['a parameter twice', (header: string) => `${header},keyId="https://evil.example/u#k"`],
    ['an unfinished value', (header: string) => header.slice(0, -1)],
    ['text after the end', (header: string) => `${header} x`],
    ['a comma at the end', (header: string) => `${header},`],
    ['a scheme before it', (header: string) => `Signature ${header}`],
    ['no base64', (header: string) => header.replace(/signature="[^"]*"/, 'signature="%%"')],
    ['nine kilobytes', (header: string) => `${header},opaque="${'x'.repeat(9_000)}"`],
  ])('%s', (_name, change) => {
    expect(codeOf(withSignature(signed, change))).toBe('malformed_signature');
  });

  test('none at all', () => {
    expect(codeOf(withHeader('signature', undefined))).toBe('missing_signature');
    expect(codeOf(withHeader('signature', ' '))).toBe('missing_signature');
  });
});

describe('key ids', () => {
  test.each([
    ['acct:v@victim.example', 'bad_key_id'],
    ['https://victim.example@evil.example/u#k', 'bad_key_id'],
    ['https://VICTIM.example./u#k', 'bad_key_id'],
    ['https:\\\\victim.example/u', 'malformed_signature'],
    ['javascript:alert(1)', 'bad_key_id'],
    ['/actor', 'bad_key_id'],
    [`https://a.example/${'x'.repeat(2048)}`, 'bad_key_id'],
    ['https://a.example/main-key', 'ok'],
    ['http://localhost:3001/actor#main-key', 'ok'],
  ])('%p → %s', (keyId, code) => {
    expect(codeOf(withSignature(signed, (header) => header.replace(KEY_ID, keyId)))).toBe(code);
  });
});

describe('algorithms and times', () => {
  const at = (ms: number): SignaturePolicy => ({ nowMs: DATE.getTime() + ms });
  const HOUR = 3_600_000;
  const hs2019 = (more: string): SignedRequest =>
    withSignature(signed, (header) => header.replace('rsa-sha256', 'hs2019').replace('host date', 'host (created)') + more);
  const created = DATE.getTime() / 1000;

  test.each([
    ['rsa-sha256', 'ok'],
    ['hs2019', 'ok'],
    ['rsa-sha1', 'unsupported_algorithm'],
    ['hmac-sha256', 'unsupported_algorithm'],
  ])('%s → %s', (algorithm, code) => {
    expect(codeOf(withSignature(signed, (header) => header.replace('rsa-sha256', algorithm)))).toBe(code);
  });

  test('a missing algorithm is hs2019', () => {
    expect(codeOf(withSignature(signed, (header) => header.replace('algorithm="rsa-sha256",', '')))).toBe('ok');
  });

  test.each([
    [12 * HOUR, 'ok'],
    [12 * HOUR + 1, 'clock_skew'],
    [-HOUR, 'ok'],
    [-HOUR - 1, 'clock_skew'],
  ])('%i ms after its date → %s', (ms, code) => {
    expect(codeOf(signed, at(ms))).toBe(code);
  });

  test('(created) stands in for the date, and only with hs2019', () => {
    expect(codeOf(hs2019(`,created=${created}`))).toBe('ok');
    expect(codeOf(hs2019(`,created="${created}"`))).toBe('ok');
    expect(codeOf(hs2019(''))).toBe('missing_header');
    expect(codeOf(hs2019(',created=soon'))).toBe('malformed_signature');
    expect(codeOf(withSignature(hs2019(`,created=${created}`), (header) => header.replace('hs2019', 'rsa-sha256')))).toBe('unsupported_algorithm');
    expect(codeOf(hs2019(`,created=${created - 13 * 3600}`))).toBe('clock_skew');
  });

  test('an expired signature is refused, an hour late at most', () => {
    expect(codeOf(hs2019(`,created=${created},expires=${created - 3_601}`))).toBe('clock_skew');
    expect(codeOf(hs2019(`,created=${created},expires=${created - 3_599}`))).toBe('ok');
  });

  test.each(['wrong date', '2026-05-01T12:00:00Z', '0', ''])('%p is no HTTP date', (date) => {
    expect(codeOf({ ...signed, headers: { ...signed.headers, date: undefined, Date: date } })).toBe('malformed_signature');
  });
});

test('S043 the Host must be one of ours, with or without its default port', () => {
  expect(codeOf(signed, { ...NOW, hosts: ['B.example'] })).toBe('ok');
  expect(codeOf(signed, { ...NOW, hosts: ['b.example:443'] })).toBe('ok');
  expect(codeOf(signed, { ...NOW, hosts: ['inbox.default.svc'] })).toBe('wrong_host');
});
