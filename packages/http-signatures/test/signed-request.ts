import { generateKeyPairSync } from 'node:crypto';
import { headersFromRaw } from '../src/request-headers.js';
import { signRequest } from '../src/sign-request.js';
import type { RequestToSign, SignedRequest } from '../src/types.js';

/** What the tests of this package share; nothing else imports it. */
export const KEYS = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const KEY_ID = 'https://a.example/ap/users/1#main-key';
export const DATE = new Date('2026-05-01T12:00:00Z');
export const NOW = { nowMs: DATE.getTime() };

export const requestToSign = (changes: Partial<RequestToSign> = {}): RequestToSign => ({
  method: 'POST',
  url: 'https://b.example/inbox?x=1',
  headers: { 'Content-Type': 'application/activity+json', Accept: 'text/html' },
  body: Buffer.from('{"type":"Follow"}'),
  keyId: KEY_ID,
  privateKey: KEYS.privateKey,
  date: DATE,
  ...changes,
});

/** A request as its receiver sees it. */
export async function received(changes: Partial<RequestToSign> = {}): Promise<SignedRequest> {
  const request = requestToSign(changes);
  const url = new URL(request.url);
  const headers = await signRequest(request);
  return { method: request.method, path: url.pathname + url.search, headers: headersFromRaw(Object.entries(headers).flat()) };
}

/** The same request with another Signature header. */
export const withSignature = (request: SignedRequest, change: (header: string) => string): SignedRequest => ({
  ...request,
  headers: { ...request.headers, signature: change(String(request.headers['signature'])) },
});
