import { sign, type KeyObject } from 'node:crypto';
import { componentValue, type Message } from './components.js';
import { contentDigestOf } from './content-digest.js';
import { signatureBase } from './signature-base.js';
import { serializeInnerList, serializeItem, type InnerList } from './structured-fields.js';
import type { MessageToSign } from './types.js';

const REPLACED = new Set(['host', 'date', 'content-digest', 'signature', 'signature-input']);
const LABEL = 'sig1';
const EXPIRES_SECONDS = 300;

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
  const message: Message = { method, origin: url.origin, path: url.pathname + url.search, headers: byName };
  const covered = coveredBy(message, request);
  const base = signatureBase(message, covered);
  if ('missing' in base) throw new TypeError(`cannot cover ${base.missing}`);

  const label = request.challenge?.label ?? LABEL;
  headers['Signature-Input'] = `${label}=${serializeInnerList(covered)}`;
  headers['Signature'] = `${label}=${serializeItem({ value: new Uint8Array(await signOffLoop(base.base, privateKey)), parameters: new Map() })}`;
  return headers;
}

function coveredBy(message: Message, { date, keyId, challenge, alsoCovered = [] }: MessageToSign): InnerList {
  const own = ['@method', '@target-uri', ...['content-digest', 'content-type', ...alsoCovered].filter((name) => message.headers.has(name))];
  const items = [...new Set([...own, ...(challenge?.components ?? [])])].map((value) => ({ value, parameters: new Map() }));
  const created = Math.floor(date.getTime() / 1000);
  const parameters = new Map<string, string | number>([['created', created], ['keyid', keyId]]);
  if (challenge?.expires === true) parameters.set('expires', created + EXPIRES_SECONDS);
  for (const name of ['nonce', 'tag'] as const) if (challenge?.[name] != null) parameters.set(name, challenge[name]);
  return { items: items.filter((item) => componentValue(message, item) !== null), parameters };
}
