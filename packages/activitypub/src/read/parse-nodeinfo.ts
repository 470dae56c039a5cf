import { fail, ok, type Result } from '@trunkline/kernel';
import { httpUri } from '../hosts.js';
import { countOf, isJsonObject, listOf, member, textOf, type JsonObject } from '../json.js';
import { LIMITS } from '../limits.js';
import { cleanDocument } from './document.js';
import type { NodeInfo, ReadFailure } from './types.js';

const objectAt = (raw: JsonObject, name: string): JsonObject => {
  const value = member(raw, name);
  return isJsonObject(value) ? value : {};
};

/** Where the NodeInfo document lies: the newest schema that a `/.well-known/nodeinfo` answer links to. */
export function parseNodeInfoLinks(json: unknown): Result<string, ReadFailure> {
  const document = cleanDocument(json);
  if (!document.ok) return document;

  const links = listOf(member(document.value, 'links')).slice(0, LIMITS.links).filter(isJsonObject);
  const known = links
    .map((link) => ({ rel: textOf(member(link, 'rel'), 200) ?? '', href: httpUri(member(link, 'href')) }))
    .filter(({ rel, href }) => href !== null && /\/ns\/schema\/[12]\.[0-9]$/.test(rel))
    .sort((a, b) => (a.rel < b.rel ? 1 : -1));
  const href = known[0]?.href ?? null;
  return href === null ? fail({ code: 'missing_link' }) : ok(href);
}

/** Reads a NodeInfo document for people to look at; nothing may behave differently by a software's name (FEP-0151). */
export function parseNodeInfo(json: unknown): Result<NodeInfo, ReadFailure> {
  const document = cleanDocument(json);
  if (!document.ok) return document;
  const raw = document.value;

  const software = objectAt(raw, 'software');
  const name = textOf(member(software, 'name'), 200);
  if (name === null) return fail({ code: 'missing_type' });
  const usage = objectAt(raw, 'usage');
  const users = objectAt(usage, 'users');
  return ok({
    version: textOf(member(raw, 'version'), 10) ?? '',
    softwareName: name,
    softwareVersion: textOf(member(software, 'version'), 200) ?? '',
    protocols: listOf(member(raw, 'protocols')).filter((entry) => typeof entry === 'string').slice(0, LIMITS.links),
    openRegistrations: member(raw, 'openRegistrations') === true,
    usersTotal: countOf(member(users, 'total')),
    usersActiveMonth: countOf(member(users, 'activeMonth')),
    localPosts: countOf(member(usage, 'localPosts')),
  });
}
