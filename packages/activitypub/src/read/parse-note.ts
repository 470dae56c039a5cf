import type { Visibility } from '@trunkline/domain';
import { fail, ok, type Result } from '@trunkline/kernel';
import { escapeHtml } from '../html/escape-html.js';
import { httpUri, isLongUri, PUBLIC_URI, sameHost, sameSite } from '../hosts.js';
import { countOf, flagOf, isJsonObject, listOf, member, textOf, type JsonObject } from '../json.js';
import { LIMITS } from '../limits.js';
import { cleanDocument, dateOf, typesOf } from './document.js';
import { isChat, isNoteType, mayAsk, readContent } from './note-content.js';
import { ownMedium, parseAttachments, titlePicture } from './parse-attachments.js';
import { parseTags } from './parse-tags.js';
import { readEvent } from './read-event.js';
import { readPolicy } from './read-policy.js';
import { readPoll } from './read-poll.js';
import { readQuote } from './read-quote.js';
import { audienceList, idOf, pageLinkOf, readAudience } from './references.js';
import type { ReadFailure, RemoteAttachment, RemoteNote } from './types.js';

/**
 * Reads a post: Note and Question as they are; Article, Page, Image, Audio, Video, Event and some kin as
 * title, text and link. Long lists and texts are cut, never refused.
 *
 * @param author `followersUri` is the author's followers collection, by which followers-only posts are known; `actorUri`
 *   stands in for a missing attributedTo in an activity of that actor
 * @returns `wrong_type` for types that are no posts, `host_mismatch` when the id is not
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
  const poll = mayAsk(type) ? readPoll(raw) : null;
  const event = readEvent(raw);
  const { warned, ...content } = readContent(raw, { type, url, poll, event });
  const tags = parseTags(member(raw, 'tag'));
  const [{ uris: to, isWhole: toIsWhole }, { uris: cc, isWhole: ccIsWhole }] = [readAudience(member(raw, 'to')), readAudience(member(raw, 'cc'))];
  const quote = readQuote(raw, uri, tags);
  const fallback = quote?.legacy === true && quote.uri !== null ? quoteLink(content.bodyHtml, quote.uri) : '';
  return ok({
    uri,
    url,
    attributedTo,
    type,
    ...content,
    contentHtml: content.contentHtml + fallback,
    bodyHtml: content.bodyHtml + fallback,
    sensitive: warned || flagOf(member(raw, 'sensitive')) || anySensitive(member(raw, 'attachment')),
    visibility: isChat(type) ? 'direct' : visibilityOf(to, cc, author.followersUri ?? null),
    to,
    cc,
    isPlainlyAddressed: toIsWhole && ccIsWhole && [...to, ...cc].some((name) => name !== attributedTo),
    published: dateOf(member(raw, 'published')),
    updated: editedAt(member(raw, 'updated')),
    expiresAt: dateOf(member(raw, 'expiresAt')),
    mentions: isChat(type) ? spokenTo(to) : tags.mentions,
    hashtags: tags.hashtags,
    emojis: tags.emojis,
    attachments: readAttachments(raw, type),
    quoteUri: quote?.uri ?? null,
    quote,
    policy: readPolicy(raw),
    poll,
    event,
    ...readThread(raw, uri, type === 'Note' && content.bodyHtml === ''),
  });
}

/** What is quoted in the old way is shown as a link; most write it into their text themselves (not Friendica, Mostr and the bridges). */
const quoteLink = (html: string, uri: string): string =>
  html.includes(escapeHtml(uri)) || /\bRE:\s|quote-inline/.test(html) ? '' : `<p class="quote-inline">RE: <a href="${escapeHtml(uri)}">${escapeHtml(uri)}</a></p>`;

/** Hubzilla writes the year 1 for never. */
function editedAt(value: unknown): string | null {
  const date = dateOf(value);
  return date !== null && date < '1970' ? null : date;
}

/** What binds a post to others. */
function readThread(raw: JsonObject, uri: string, isEmptyNote: boolean) {
  const parent = parentOf(member(raw, 'inReplyTo'));
  const inReplyToUri = parent === uri ? null : parent;
  const name = isEmptyNote && inReplyToUri !== null ? textOf(member(raw, 'name'), LIMITS.pollOptionChars) : null;
  return {
    inReplyToUri,
    conversation: groupingUri(member(raw, 'conversation')),
    context: groupingUri(member(raw, 'context')),
    audience: audienceList(member(raw, 'audience')),
    repliesUri: idOf(member(raw, 'replies')),
    likesUri: idOf(member(raw, 'likes')),
    sharesUri: idOf(member(raw, 'shares')),
    likesTotal: totalOf(member(raw, 'likes')),
    sharesTotal: totalOf(member(raw, 'shares')),
    repliesLocked: member(raw, 'commentsEnabled') === false,
    // GotoSocial writes the one name, then the other.
    replyStampUri: idOf(member(raw, 'replyAuthorization')) ?? idOf(member(raw, 'approvedBy')),
    isPollVote: name !== null,
    choice: name,
  };
}

/** An id, the post itself, or a Link to it. */
const parentOf = (value: unknown): string | null => idOf(value) ?? listOf(value).slice(0, LIMITS.links).map((entry) => (isJsonObject(entry) ? httpUri(member(entry, 'href')) : null)).find((uri) => uri !== null) ?? null;

/** The note as read by somebody who knows its author's followers collection by now. */
export const addressedBy = (note: RemoteNote, followersUri: string | null): RemoteNote =>
  isChat(note.type) ? note : { ...note, visibility: visibilityOf(note.to, note.cc, followersUri) };

/** A chat names nobody in its text: who gets it is spoken to. */
const spokenTo = (to: readonly string[]): RemoteNote['mentions'] =>
  to.filter((uri) => uri !== PUBLIC_URI).slice(0, LIMITS.links).map((href) => ({ href, name: null }));

/** PeerTube names account and channel: the Person among them is the author, else the first. */
function authorOf(value: unknown): string | null {
  const entries = listOf(value).slice(0, LIMITS.links);
  const person = entries.find((entry) => isJsonObject(entry) && typesOf(entry).includes('Person'));
  return idOf(person) ?? idOf(entries);
}

/** Never guesses public: what names neither the public nor the followers is direct. */
export function visibilityOf(to: readonly string[], cc: readonly string[], followersUri: string | null): Visibility {
  if (to.includes(PUBLIC_URI)) return 'public';
  if (cc.includes(PUBLIC_URI)) return 'unlisted';
  return followersUri !== null && (to.includes(followersUri) || cc.includes(followersUri)) ? 'private' : 'direct';
}

/** Misskey marks single files. */
const anySensitive = (attachments: unknown): boolean =>
  listOf(attachments).slice(0, LIMITS.attachments).some((entry) => isJsonObject(entry) && flagOf(member(entry, 'sensitive')));

/** The medium that the post itself is, what is attached, or else the picture above an article (WordPress, Ghost, Lemmy, Mobilizon). */
function readAttachments(raw: JsonObject, type: string): readonly RemoteAttachment[] {
  const own = ['Image', 'Audio', 'Video'].includes(type) ? ownMedium(raw) : null;
  const attached = parseAttachments(member(raw, 'attachment'));
  if (own !== null) return [own, ...attached].slice(0, LIMITS.attachments);
  if (attached.length > 0 || !['Article', 'Page', 'Event'].includes(type)) return attached;
  const picture = titlePicture(member(raw, 'image'));
  // Plume and Emissary have it in icon.
  return picture.length > 0 || type !== 'Article' ? picture : titlePicture(member(raw, 'icon'));
}

/** Threads are grouped by these even where nothing answers: `tag:` URIs and the like. */
function groupingUri(value: unknown): string | null {
  const uri = isJsonObject(value) ? member(value, 'id') : value;
  return typeof uri === 'string' && !isLongUri(uri) && /^[a-z][a-z0-9+.-]*:\S+$/i.test(uri) ? uri : null;
}

const totalOf = (collection: unknown): number | null => (isJsonObject(collection) ? countOf(member(collection, 'totalItems')) : null);
