import { sign, type KeyObject } from 'node:crypto';
import { digestOf } from './digest.js';
import type { PostToSign, RequestToSign } from './types.js';

const REPLACED = new Set(['host', 'date', 'digest', 'signature']);

/** RSA signing takes about a millisecond: the callback form runs on libuv's thread pool, off the event loop. */
const signOffLoop = (text: string, key: KeyObject): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    sign('sha256', Buffer.from(text, 'utf8'), key, (error, signature) => {
      if (error === null) resolve(signature);
      else reject(error);
    });
  });

/**
 * Signs a request with draft-cavage-12, `algorithm="rsa-sha256"`, over
 * `(request-target) host date [digest] [content-type]`: what every server of the fediverse takes.
 *
 * @returns all headers to send: those given, plus Host, Date, Digest (when there is a body) and Signature
 * @throws TypeError when the key is no private RSA key, or a POST has no body: bugs of the caller
 */
export async function signRequest(request: RequestToSign): Promise<Record<string, string>> {
  const { privateKey, method, body, keyId } = request;
  if (method === 'POST' && body === undefined) throw new TypeError('a signed POST needs a body');

  const url = new URL(request.url);
  const kept = Object.entries(request.headers ?? {}).filter(([name]) => !REPLACED.has(name.toLowerCase()));
  const headers: Record<string, string> = {
    ...Object.fromEntries(kept),
    Host: url.host,
    Date: request.date.toUTCString(),
    ...(body === undefined ? {} : { Digest: digestOf(body) }),
  };
  const covered = ['(request-target)', ...['host', 'date', 'digest', 'content-type'].filter((name) => valueOf(headers, name) !== null)];
  const target = `${method.toLowerCase()} ${url.pathname}${url.search}`;
  const text = covered.map((name) => `${name}: ${name === '(request-target)' ? target : valueOf(headers, name)}`).join('\n');
  headers['Signature'] = await signatureOver(text, covered.join(' '), { keyId, privateKey });
  return headers;
}

/**
 * The Signature header of a POST whose other headers the caller writes: as `signRequest` signs it, without taking
 * anything apart again. For what goes to many inboxes with one digest.
 * @throws TypeError when the key is no private RSA key: a bug of the caller
 */
export function signPost({ host, target, date, digest, contentType, extra = {}, ...signer }: PostToSign): Promise<string> {
  let [text, covered] = [`(request-target): post ${target}\nhost: ${host}\ndate: ${date}\ndigest: ${digest}\ncontent-type: ${contentType}`, '(request-target) host date digest content-type'];
  for (const name of Object.keys(extra)) {
    text += `\n${name}: ${extra[name]}`;
    covered += ` ${name}`;
  }
  return signatureOver(text, covered, signer);
}

async function signatureOver(text: string, covered: string, { keyId, privateKey }: Pick<PostToSign, 'keyId' | 'privateKey'>): Promise<string> {
  if (privateKey.type !== 'private' || privateKey.asymmetricKeyType !== 'rsa') throw new TypeError('needs a private RSA key');
  if (/["\\\r\n]/.test(keyId)) throw new TypeError('the keyId cannot be quoted');
  const signature = (await signOffLoop(text, privateKey)).toString('base64');
  return `keyId="${keyId}",algorithm="rsa-sha256",headers="${covered}",signature="${signature}"`;
}

function valueOf(headers: Readonly<Record<string, string>>, lowerCaseName: string): string | null {
  const entry = Object.entries(headers).find(([name]) => name.toLowerCase() === lowerCaseName);
  return entry === undefined ? null : entry[1].trim();
}
