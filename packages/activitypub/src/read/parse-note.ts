import type { Visibility } from '@trunkline/domain';
import { fail, ok, type Result } from '@trunkline/kernel';
import { httpUri, PUBLIC_URI, sameHost, sameSite } from '../hosts.js';
import { countOf, flagOf, isJsonObject, listOf, member, type JsonObject } from '../json.js';
import { LIMITS } from '../limits.js';
import { cleanDocument, dateOf, typesOf } from './document.js';
import { isNoteType, readContent } from './note-content.js';
import { ownMedium, parseAttachments } from './parse-attachments.js';
import { parseTags, type RemoteTags } from './parse-tags.js';
import { audienceList, idOf, pageLinkOf } from './references.js';
import type { ReadFailure, RemoteAttachment, RemoteNote } from './types.js';

/**
 * Reads a post: Note and Question as they are; Article, Page, Image, Audio, Video, Event and some kin as
 * title, text and link. Long lists and texts are cut, never refused.
 *
 * @param author `followersUri` is the author's followers collection, by which followers-only posts are known; `actorUri`
 *   stands in for a missing attributedTo in an activity of that actor
 * @returns `wrong_type` for types that are no posts (ChatMessage among them), `host_mismatch` when the id is not
 *   on the author's host. That the document came from there is the caller's to check.
 */
export function parseNote(json: unknown, author: { readonly followersUri?: string | null; readonly actorUri?: string } = {}): Result<RemoteNote, ReadFailure> {
  const document = cleanDocument(json);
  if (!document.ok) return document;
  const raw = document.value;

  const type = typesOf(raw).find(isNoteType);
  if (type === undefined) return fail({ code: 'wrong_type' });
  const uri = httpUri(member(raw, 'id'));
  if (uri === null) return fail({ code: 'missing_id' });
  const attributedTo = authorOf(member(raw, 'attributedTo')) ?? authorOf(member(raw, 'actor')) ?? author.actorUri ?? null;
  if (attributedTo === null) return fail({ code: 'missing_actor' });
  if (!sameHost(uri, attributedTo)) return fail({ code: 'host_mismatch', context: { uri, attributedTo } });

  const page = pageLinkOf(member(raw, 'url'));
  const url = page !== null && sameSite(page, uri) ? page : uri;
  const { html, language, spoilerText, warned } = readContent(raw, type, url);
  const tags = parseTags(member(raw, 'tag'));
  const [to, cc] = [audienceList(member(raw, 'to')), audienceList(member(raw, 'cc'))];
  return ok({
    uri,
    url,
    attributedTo,
    type,
    contentHtml: html,
    language,
    spoilerText,
    sensitive: warned || flagOf(member(raw, 'sensitive')) || anySensitive(member(raw, 'attachment')),
    visibility: visibilityOf(to, cc, author.followersUri ?? null),
    to,
    cc,
    inReplyToUri: idOf(member(raw, 'inReplyTo')),
    published: dateOf(member(raw, 'published')),
    updated: dateOf(member(raw, 'updated')),
    mentions: tags.mentions,
    hashtags: tags.hashtags,
    emojis: tags.emojis,
    attachments: readAttachments(raw, type),
    conversation: groupingUri(member(raw, 'conversation')),
    context: groupingUri(member(raw, 'context')),
    quoteUri: quoteOf(raw, tags),
    repliesUri: idOf(member(raw, 'replies')),
    likesTotal: totalOf(member(raw, 'likes')),
    sharesTotal: totalOf(member(raw, 'shares')),
    isPollVote: type === 'Note' && html === '' && typeof member(raw, 'name') === 'string' && idOf(member(raw, 'inReplyTo')) !== null,
  });
}

/** PeerTube names account and channel: the Person among them is the author, else the first. */
function authorOf(value: unknown): string | null {
  const entries = listOf(value).slice(0, LIMITS.links);
  const person = entries.find((entry) => isJsonObject(entry) && typesOf(entry).includes('Person'));
  return idOf(person) ?? idOf(entries);
}

/** Never guesses public: what names neither the public nor the followers is direct. */
function visibilityOf(to: readonly string[], cc: readonly string[], followersUri: string | null): Visibility {
  if (to.includes(PUBLIC_URI)) return 'public';
  if (cc.includes(PUBLIC_URI)) return 'unlisted';
  return followersUri !== null && (to.includes(followersUri) || cc.includes(followersUri)) ? 'private' : 'direct';
}

/** Misskey marks single files. */
const anySensitive = (attachments: unknown): boolean =>
  listOf(attachments).slice(0, LIMITS.attachments).some((entry) => isJsonObject(entry) && flagOf(member(entry, 'sensitive')));

function readAttachments(raw: JsonObject, type: string): readonly RemoteAttachment[] {
  const own = ['Image', 'Audio', 'Video'].includes(type) ? ownMedium(raw) : null;
  const attached = parseAttachments(member(raw, 'attachment'));
  return own === null ? attached : [own, ...attached].slice(0, LIMITS.attachments);
}

/** Threads are grouped by these even where nothing answers: `tag:` URIs and the like. */
function groupingUri(value: unknown): string | null {
  const uri = isJsonObject(value) ? member(value, 'id') : value;
  return typeof uri === 'string' && uri.length <= LIMITS.uriChars && /^[a-z][a-z0-9+.-]*:\S+$/i.test(uri) ? uri : null;
}

const totalOf = (collection: unknown): number | null => (isJsonObject(collection) ? countOf(member(collection, 'totalItems')) : null);

/** The members that name a quoted post may disagree (seen in Fedibird): the first one wins, in Mastodon's order. */
function quoteOf(raw: JsonObject, tags: RemoteTags): string | null {
  const named = ['quote', '_misskey_quote', 'quoteUrl', 'quoteUri', 'quoteURL'].map((name) => idOf(member(raw, name)));
  const linked = tags.links
    .filter((link) => listOf(member(link, 'rel')).some((rel) => typeof rel === 'string' && rel.endsWith('#_misskey_quote')))
    .map((link) => httpUri(member(link, 'href')));
  return [...named, ...linked].find((uri) => uri !== null) ?? null;
}
