import { fail, ok, type Result } from '@trunkline/kernel';
import { isActivityContentType } from '../content-type.js';
import { httpUri, normalizeHost } from '../hosts.js';
import { isJsonObject, listOf, member, textOf, type JsonObject } from '../json.js';
import { LIMITS } from '../limits.js';
import { cleanDocument } from './document.js';
import type { ReadFailure, WebfingerAnswer } from './types.js';

const SUBSCRIBE = 'http://ostatus.org/schema/1.0/subscribe';
const PROFILE_PAGE = 'http://webfinger.net/rel/profile-page';

/** `acct:user@host` or `user@host` in its parts, the host normalised; null when it is no handle. */
export function parseHandle(text: string): { username: string; host: string } | null {
  const match = /^(?:acct:)?@?([^@\s/]{1,255})@([^@\s/]{1,300})$/i.exec(text.trim());
  const host = normalizeHost(match?.[2] ?? '');
  return host === null ? null : { username: match?.[1] ?? '', host };
}

/**
 * Reads a WebFinger answer (RFC 7033). It proves nothing alone: the actor at `selfUri` must have that id, and WebFinger
 * for its preferredUsername must give the same subject.
 */
export function parseWebfinger(json: unknown): Result<WebfingerAnswer, ReadFailure> {
  const document = cleanDocument(json);
  if (!document.ok) return document;

  const subject = textOf(member(document.value, 'subject'), LIMITS.uriChars);
  if (subject === null || subject === '') return fail({ code: 'missing_subject' });
  const links = listOf(member(document.value, 'links')).slice(0, LIMITS.links).filter(isJsonObject);
  const selfUri = links.filter(isSelf).map((link) => httpUri(member(link, 'href'))).find((href) => href !== null);
  if (selfUri === undefined) return fail({ code: 'missing_link' });

  const aliases = listOf(member(document.value, 'aliases')).slice(0, LIMITS.links);
  return ok({
    subject,
    handle: parseHandle(subject),
    selfUri,
    profileUrl: hrefOf(links, PROFILE_PAGE),
    subscribeTemplate: templateOf(links),
    aliases: aliases.map(httpUri).filter((alias) => alias !== null),
  });
}

const isSelf = (link: JsonObject): boolean => member(link, 'rel') === 'self' && isActivityContentType(textOf(member(link, 'type'), 200) ?? '');

const hrefOf = (links: readonly JsonObject[], rel: string): string | null =>
  httpUri(member(links.find((link) => member(link, 'rel') === rel) ?? {}, 'href'));

/** Only http(s), since a browser is sent there. */
function templateOf(links: readonly JsonObject[]): string | null {
  const template = member(links.find((link) => member(link, 'rel') === SUBSCRIBE) ?? {}, 'template');
  return typeof template === 'string' && template.includes('{uri}') && httpUri(template.replace('{uri}', 'x')) !== null ? template : null;
}
