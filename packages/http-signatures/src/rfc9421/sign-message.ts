import { sign, type KeyObject } from 'node:crypto';
import { contentDigestOf } from './content-digest.js';
import { signatureBase } from './signature-base.js';
import { serializeInnerList, serializeItem, type InnerList } from './structured-fields.js';
import type { MessageToSign } from './types.js';

const REPLACED = new Set(['host', 'date', 'content-digest', 'signature', 'signature-input']);
const LABEL = 'sig1';

/** RSA signing takes about a millisecond: the callback form runs on libuv's thread pool, off the event loop. */
const signOffLoop = (text: string, key: KeyObject): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    sign(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', Buffer.from(text, 'utf8'), key, (error, signature) => {
      if (error === null) resolve(signature);
      else reject(error);
    });
  });

/**
 * Signs a request after RFC 9421 over `@method @target-uri [content-digest] [content-type]` with `created` and `keyid`,
 * the algorithm left to the key: what Mastodon asks for, and what Fedify takes.
 *
 * @returns all headers to send: those given, plus Host, Date, Content-Digest (when there is a body), Signature-Input and Signature
 * @throws TypeError when the key is no private RSA or Ed25519 key, a POST has no body, or the keyId cannot be written
 */
export async function signMessage(request: MessageToSign): Promise<Record<string, string>> {
  const { privateKey, method, body, keyId } = request;
  const type = privateKey.asymmetricKeyType;
  if (privateKey.type !== 'private' || (type !== 'rsa' && type !== 'ed25519')) throw new TypeError('needs a private RSA or Ed25519 key');
  if (method === 'POST' && body === undefined) throw new TypeError('a signed POST needs a body');
  if (!/^[ -~]+$/.test(keyId)) throw new TypeError('the keyId cannot be quoted');

  const url = new URL(request.url);
  const kept = Object.entries(request.headers ?? {}).filter(([name]) => !REPLACED.has(name.toLowerCase()));
  const headers: Record<string, string> = {
    ...Object.fromEntries(kept),
    Host: url.host,
    Date: request.date.toUTCString(),
    ...(body === undefined ? {} : { 'Content-Digest': request.contentDigest ?? contentDigestOf(body) }),
  };
  const byName = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value]]));
  const fields = ['content-digest', 'content-type'].filter((name) => byName.has(name));
  const covered: InnerList = {
    items: ['@method', '@target-uri', ...fields].map((value) => ({ value, parameters: new Map() })),
    parameters: new Map<string, string | number>([['created', Math.floor(request.date.getTime() / 1000)], ['keyid', keyId]]),
  };
  const base = signatureBase({ method, origin: url.origin, path: url.pathname + url.search, headers: byName }, covered);
  if ('missing' in base) throw new TypeError(`cannot cover ${base.missing}`);

  headers['Signature-Input'] = `${LABEL}=${serializeInnerList(covered)}`;
  headers['Signature'] = `${LABEL}=${serializeItem({ value: new Uint8Array(await signOffLoop(base.base, privateKey)), parameters: new Map() })}`;
  return headers;
}
