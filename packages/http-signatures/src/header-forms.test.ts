import { generateKeyPairSync, hash, sign, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readRequestSignature, verifyRequestDigest, verifyRequestSignature } from './read-request-signature.js';
import { headersFromRaw } from './request-headers.js';

// What docs/federation-headers.md says is taken and refused: filled in as it stands there, signed by code of its own, and read.

const page = readFileSync(join(import.meta.dirname, '../../../docs/federation-headers.md'), 'utf8');
const KEYS = { RSA: generateKeyPairSync('rsa', { modulusLength: 2048 }), Ed25519: generateKeyPairSync('ed25519') };
const POLICY = { nowMs: Date.parse('2026-11-22T07:00:00Z'), hosts: ['social.example'], origins: ['https://social.example'] };
const BODY = Buffer.from('{"type":"Like"}');

interface Form {
  readonly mark: string;
  readonly name: string;
  readonly text: string;
}

const forms: readonly Form[] = [...page.matchAll(/^`(\w+): ([^`]+)`([^\n]*)\n```http\n([\s\S]*?)\n```$/gm)].map(([, mark = '', name = '', more = '', text = '']) => ({ mark, name: name + more, text }));
const marked = (mark: string): [string, Form][] => forms.filter((form) => form.mark === mark).map((form) => [form.name, form]);

interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
}

/** The request of a block, its digest filled in. */
function requestOf(text: string): Request {
  const [first = '', ...lines] = text.split('\n');
  const [method = '', path = ''] = first.split(' ');
  const headers = lines.map((line): [string, string] => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]);
  return { method, path, headers: headers.map(([name, value]) => [name, name.endsWith('digest') ? value.replace('…', digestBy(value)) : value]) };
}

const digestBy = (value: string): string => hash(/sha-512/i.test(value) ? 'sha512' : 'sha256', BODY, 'base64');

/** What is signed, by either scheme. */
function signedText({ method, path, headers }: Request): string {
  const valuesOf = (name: string): string => headers.filter(([other]) => other === name).map(([, value]) => value).join(', ');
  const input = /^\w+=(\(([^)]*)\)[^,]*)/.exec(valuesOf('signature-input'));
  const [bare = '', query] = path.split('?');
  const derived: Record<string, string> = {
    '@method': method, '@target-uri': `https://${valuesOf('host')}${path}`, '@authority': valuesOf('host'), '@path': bare, '@query': `?${query ?? ''}`, '@request-target': path,
  };
  if (input !== null) {
    const names = (input[2] ?? '').split(' ').map((name) => name.slice(1, -1));
    return [...names.map((name) => `"${name}": ${derived[name] ?? valuesOf(name)}`), `"@signature-params": ${input[1]}`].join('\n');
  }
  const said = (name: string): string => new RegExp(`[",]${name}="?([^",]+)`).exec(valuesOf('signature'))?.[1] ?? '';
  const own: Record<string, string> = { '(request-target)': `${method.toLowerCase()} ${path}`, '(created)': said('created'), '(expires)': said('expires') };
  return said('headers').split(' ').map((name) => `${name}: ${own[name] ?? valuesOf(name)}`).join('\n');
}

/** How the request ends, or `taken`. */
function outcome(text: string, { privateKey, publicKey }: { readonly privateKey: KeyObject; readonly publicKey: KeyObject }): string {
  const request = requestOf(text);
  const signature = sign(privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256', Buffer.from(signedText(request)), privateKey).toString('base64');
  const headers = headersFromRaw(request.headers.flatMap(([name, value]) => [name, value.replaceAll('…', signature)]));
  const read = readRequestSignature({ method: request.method, path: request.path, headers }, POLICY);
  if (!read.ok) return read.error.code;
  if (!verifyRequestSignature(read.value, publicKey)) return 'bad_signature';
  const digest = request.method === 'GET' ? null : verifyRequestDigest(read.value, headers, BODY);
  return digest === null || digest.ok ? 'taken' : digest.error.code;
}

test('every block stands under a mark', () => {
  expect(forms).toHaveLength([...page.matchAll(/^```http$/gm)].length);
  expect(new Set(forms.map(({ mark }) => mark))).toEqual(new Set(['sent', 'taken', 'refused']));
});

describe('taken', () => {
  test.each(marked('taken'))('%s', (name, { text }) => {
    const fits = name.includes('(Ed25519)') ? 'Ed25519' : 'RSA';
    expect(outcome(text, KEYS[fits])).toBe('taken');
    expect(outcome(text, { privateKey: KEYS[fits].privateKey, publicKey: KEYS[fits === 'RSA' ? 'Ed25519' : 'RSA'].publicKey })).toBe('bad_signature');
  });
});

describe('refused', () => {
  test.each(marked('refused'))('%s', (name, { text }) => {
    expect(outcome(text, KEYS.RSA)).toBe(name.split(' ', 1)[0]);
  });
});
