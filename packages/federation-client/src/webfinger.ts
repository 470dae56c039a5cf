import { fail, ok, type Result } from '@trunkline/kernel';
import type { FetchFailure } from './fetch-failure.js';
import { handleText, isSameHandle, parseHandle, type Handle } from './handle.js';
import { isXmlType, JSON_ACCEPT } from './media-type.js';
import type {
  BytesOptions,
  DocumentOptions,
  FetchedBytes,
  FetchedDocument,
  FetchedObject,
  FetchOptions,
  ResolvedAccount,
  WebfingerAnswer,
} from './requests.js';
import { readHostMeta, readWebfinger, type WebfingerDocument } from './webfinger-document.js';

const HOST_META_BYTES_MAX = 65_536;

/** What WebFinger needs of the client. */
export interface WebfingerPorts {
  isHttpHost(host: string): boolean;
  fetchDocument(url: string, options: DocumentOptions): Promise<Result<FetchedDocument, FetchFailure>>;
  fetchBytes(url: string, options: BytesOptions): Promise<Result<FetchedBytes, FetchFailure>>;
  fetchObject(uri: string, options: DocumentOptions): Promise<Result<FetchedObject, FetchFailure>>;
}

/**
 * Asks the handle's host who that is (RFC 7033), by host-meta when the usual path answers 404. When the
 * subject is another handle it is asked as well, once, and must then name itself.
 * Failures: `bad_url` when it is no handle, `webfinger_mismatch`, `bad_json`, and those of a fetch.
 */
export async function webfinger(
  ports: WebfingerPorts,
  text: string,
  options: FetchOptions,
): Promise<Result<WebfingerAnswer, FetchFailure>> {
  const asked = parseHandle(text);
  if (asked === null) return fail({ code: 'bad_url', context: { handle: text.slice(0, 200) } });
  const first = await lookUp(ports, asked, options);
  if (!first.ok) return first;
  const subject = subjectOf(first.value, asked.host);
  if (subject === null) return mismatch(text, first.value.subject);
  if (isSameHandle(asked, subject)) return answer(first.value, subject);

  const second = await lookUp(ports, subject, options);
  if (!second.ok) return second;
  const confirmed = subjectOf(second.value, subject.host);
  if (confirmed === null || !isSameHandle(subject, confirmed)) return mismatch(text, second.value.subject);
  return answer(second.value, confirmed);
}

/** Hubzilla of 2018 answered with the name alone: it is of the host that was asked. */
const subjectOf = ({ subject }: WebfingerDocument, host: string): Handle | null => parseHandle(subject) ?? parseHandle(`${subject}@${host}`);

/**
 * The handle of an actor whose id is proved: WebFinger for the handle it claims must lead back to its id. It
 * claims one by `webfinger` (FEP-2c59), else by preferredUsername at the host of its id.
 * Failures: `webfinger_mismatch`, and those of `webfinger`.
 */
export async function confirmHandle(
  ports: WebfingerPorts,
  actor: FetchedObject,
  options: FetchOptions,
): Promise<Result<WebfingerAnswer, FetchFailure>> {
  const claimed = claimedHandle(actor);
  if (claimed === null) return mismatch(actor.id, 'no preferredUsername');
  const found = await webfinger(ports, handleText(claimed), options);
  if (!found.ok) return found;
  return found.value.selfUri === actor.id ? found : mismatch(handleText(claimed), found.value.selfUri);
}

function claimedHandle(actor: FetchedObject): Handle | null {
  const { webfinger: claimed, preferredUsername } = actor.object;
  const stated = typeof claimed === 'string' ? parseHandle(claimed) : null;
  if (stated !== null || typeof preferredUsername !== 'string') return stated;
  return parseHandle(`${preferredUsername}@${new URL(actor.id).host}`);
}

/**
 * From a handle to an account, with the loop-back check (FEDERATION.md, Names): the handle's self link is the
 * actor's id, and the handle that the actor claims has the same subject.
 * Failures: those of `webfinger` and of `fetchObject`.
 */
export async function resolveHandle(
  ports: WebfingerPorts,
  handle: string,
  options: FetchOptions,
): Promise<Result<ResolvedAccount, FetchFailure>> {
  const found = await webfinger(ports, handle, options);
  if (!found.ok) return found;
  const { subject, selfUri } = found.value;
  const actor = await ports.fetchObject(selfUri, options);
  if (!actor.ok) return actor;
  if (actor.value.id !== selfUri) return mismatch(subject, actor.value.id);

  const claimed = claimedHandle(actor.value);
  // Most actors claim the very handle whose self link led to them: asking again would tell nothing new.
  if (claimed === null || !isSameSubject(handleText(claimed), subject)) {
    const confirmed = await confirmHandle(ports, actor.value, options);
    if (!confirmed.ok) return confirmed;
    if (!isSameSubject(confirmed.value.subject, subject)) return mismatch(subject, confirmed.value.subject);
  }
  return ok({ subject, actorUri: selfUri, actor: actor.value.object });
}

async function lookUp(ports: WebfingerPorts, handle: Handle, options: FetchOptions): Promise<Result<WebfingerDocument, FetchFailure>> {
  const resource = encodeURIComponent(`acct:${handleText(handle)}`);
  const base = `${ports.isHttpHost(handle.host) ? 'http' : 'https'}://${handle.host}/.well-known`;
  const ask = (url: string): Promise<Result<FetchedDocument, FetchFailure>> =>
    ports.fetchDocument(url, { ...options, accept: JSON_ACCEPT, mustBeActivity: false });

  let fetched = await ask(`${base}/webfinger?resource=${resource}`);
  if (!fetched.ok && fetched.error.code === 'not_found') {
    const template = await hostMetaTemplate(ports, `${base}/host-meta`, options);
    // The plain answer stays the first one: nobody there goes by this name.
    if (template !== null) fetched = await ask(template.replaceAll('{uri}', resource));
  }
  if (!fetched.ok) return fetched;
  const document = readWebfinger(fetched.value.json);
  return document === null ? fail({ code: 'bad_json', context: { url: fetched.value.finalUrl, why: 'no webfinger' } }) : ok(document);
}

async function hostMetaTemplate(ports: WebfingerPorts, url: string, options: FetchOptions): Promise<string | null> {
  const fetched = await ports.fetchBytes(url, {
    ...options,
    kind: 'host-meta',
    accept: 'application/xrd+xml, application/xml, text/xml',
    isAccepted: isXmlType,
    maxBytes: HOST_META_BYTES_MAX,
  });
  return fetched.ok ? readHostMeta(fetched.value.bytes.toString('utf8')) : null;
}

const isSameSubject = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const answer = ({ selfUri, subscribeTemplate }: WebfingerDocument, subject: Handle): Result<WebfingerAnswer, FetchFailure> =>
  ok({ subject: handleText(subject), selfUri, subscribeTemplate });

const mismatch = (handle: string, found: string): Result<never, FetchFailure> =>
  fail({ code: 'webfinger_mismatch', context: { handle: handle.slice(0, 200), found: found.slice(0, 200) } });
