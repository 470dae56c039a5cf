import { expect, test } from '@jest/globals';
import { fail, ok } from '@trunkline/kernel';
import { fetchObject } from './fetch-object.js';
import type { FetchedDocument } from './requests.js';

type Served = Record<string, { readonly id: unknown; readonly finalUrl?: string }>;

/** A web of documents: what each address hands out, and where it redirects to. */
const webOf = (served: Served, asked: string[] = []) => async (url: string) => {
  asked.push(url);
  const entry = served[url];
  if (entry === undefined) return fail({ code: 'not_found' as const });
  return ok<FetchedDocument>({ json: { id: entry.id }, finalUrl: entry.finalUrl ?? url, contentType: '' });
};

test.each<[string, Served, string, string]>([
  ['the id is the address', { 'https://a.test/1': { id: 'https://a.test/1' } }, 'https://a.test/1', 'ok'],
  ['a key URL shows its actor', { 'https://a.test/1#main-key': { id: 'https://a.test/1', finalUrl: 'https://a.test/1' } }, 'https://a.test/1#main-key', 'ok'],
  ['a redirect leads to the id, also on another host', { 'https://a.test/@a': { id: 'https://b.test/1', finalUrl: 'https://b.test/1' } }, 'https://a.test/@a', 'ok'],
  ['a page names its object on the same host', { 'https://a.test/@a': { id: 'https://a.test/1' }, 'https://a.test/1': { id: 'https://a.test/1' } }, 'https://a.test/@a', 'ok'],
  ['the id redirects within its origin', { 'https://a.test/1': { id: 'https://a.test/1', finalUrl: 'https://a.test/1.json' } }, 'https://a.test/1', 'ok'],
  // CVE-2024-23832: evil.test serves an actor that says it is the victim.
  ['another host speaks for the victim', { 'https://evil.test/a': { id: 'https://victim.test/v' }, 'https://victim.test/v': { id: 'https://victim.test/v' } }, 'https://evil.test/a', 'id_mismatch'],
  // An open redirect of the victim leads to a document that claims the redirecting address.
  ['an open redirect', { 'https://victim.test/go': { id: 'https://victim.test/go', finalUrl: 'https://evil.test/a' } }, 'https://victim.test/go', 'id_mismatch'],
  ['another port is another host', { 'https://a.test:8443/x': { id: 'https://a.test/1' } }, 'https://a.test:8443/x', 'id_mismatch'],
  ['the second document has a third id', { 'https://a.test/1': { id: 'https://a.test/2' }, 'https://a.test/2': { id: 'https://a.test/3' } }, 'https://a.test/1', 'id_mismatch'],
  ['the id is no URL', { 'https://a.test/1': { id: 'urn:x' } }, 'https://a.test/1', 'id_mismatch'],
  ['there is no id', { 'https://a.test/1': { id: null } }, 'https://a.test/1', 'bad_json'],
  ['the second document is missing', { 'https://a.test/1': { id: 'https://a.test/2' } }, 'https://a.test/1', 'not_found'],
])('%s', async (_name, served, uri, expected) => {
  const fetched = await fetchObject(webOf(served), uri, {});
  expect(fetched.ok ? 'ok' : fetched.error.code).toBe(expected);
});

test('a document with a wrong id costs one more request at most', async () => {
  const asked: string[] = [];
  const served = { 'https://a.test/1': { id: 'https://a.test/2' }, 'https://a.test/2': { id: 'https://a.test/1' } };
  await fetchObject(webOf(served, asked), 'https://a.test/1', {});
  expect(asked).toEqual(['https://a.test/1', 'https://a.test/2']);
});
