import { escapeHtml } from '../html/escape-html.js';
import { isJsonObject, listOf, member, textOf, type JsonObject } from '../json.js';
import { LIMITS } from '../limits.js';
import { attachedLink } from './parse-attachments.js';
import { typesOf } from './document.js';
import { eventLine } from './read-event.js';
import { idOf, mediaTypeOf } from './references.js';
import type { RemoteEvent, RemoteNote, RemotePoll } from './types.js';

/** Types that are posts of their own. */
const FIRST_CLASS = new Set(['Note', 'Question']);
/** Shown as title, text and link. */
const CONVERTED = new Set([
  ...['Article', 'Page', 'Image', 'Audio', 'Video', 'Event', 'Album', 'Story'],
  // BookWyrm
  ...['Review', 'Comment', 'Quotation', 'GeneratedNote'],
  // Offers and requests of a marketplace, which FEP-0837 lets others show as posts.
  'Proposal',
]);

/** A message of one person to another (Pleroma, Lemmy, Mbin): shown among their direct messages, to whomever else it is addressed. */
const CHAT = 'ChatMessage';
export const isChat = (type: string): boolean => type === CHAT;

/** Whether a post of this type may hold a poll: Mbin puts one into a comment, which stays a Note. */
export const mayAsk = (type: string): boolean => FIRST_CLASS.has(type);

/** Objects that are read as posts. */
export const POST_TYPES: ReadonlySet<string> = new Set([...FIRST_CLASS, ...CONVERTED, CHAT]);

/** Whether an object of this type is read as a post. */
export const isNoteType = (type: string): boolean => POST_TYPES.has(type);

interface NoteContent extends Pick<RemoteNote, 'contentHtml' | 'bodyHtml' | 'title' | 'language' | 'spoilerText' | 'source' | 'linkUrl'> {
  /** A content warning was set, even an empty one (Misskey sends U+200B). */
  readonly warned: boolean;
}

/** What the reader of the members has found already. */
export interface ContentFacts {
  readonly type: string;
  /** The post's page, which converted types link to. */
  readonly url: string;
  readonly poll: RemotePoll | null;
  readonly event: RemoteEvent | null;
}

/** What a post says. */
export function readContent(raw: JsonObject, { type, url, poll, event }: ContentFacts): NoteContent {
  const source = sourceOf(raw);
  const { text, language } = localized(raw, 'content');
  // Lemmy and Friendica: some objects come with their source alone.
  const html = text === null && source !== null ? asText(source.text) : markUp(text ?? '', member(raw, 'mediaType'));
  const title = plain(localized(raw, 'name').text, LIMITS.titleChars);
  const link = attachedLink(member(raw, 'attachment'));
  const shared = { title, source, linkUrl: link?.url ?? null, language: language ?? languageOf(raw) };
  if (CONVERTED.has(type)) {
    const converted = convert(raw, { html, title, url, linkUrl: link?.isPage === true ? link.url : null, event });
    return { ...shared, contentHtml: converted, bodyHtml: converted, spoilerText: '', warned: false };
  }

  const summary = localized(raw, 'summary').text;
  const isTeased = poll !== null && html === '' && title !== '' && member(raw, 'sensitive') === false;
  const bodyHtml = titled(isTeased ? asParagraph(summary ?? '') : html, title, { raw, poll });
  return {
    ...shared,
    contentHtml: bodyHtml + (poll === null ? '' : pollList(poll)),
    bodyHtml,
    spoilerText: isTeased ? '' : plain((summary ?? '').replace(/[\u200B-\u200D\uFEFF]/g, ''), LIMITS.spoilerChars),
    warned: !isTeased && summary !== null && summary !== '',
  };
}

/**
 * The title that forums (NodeBB, Discourse), Mobilizon and Hubzilla give a Note, and Mbin and Smithereen a poll, unless the
 * text has it already (Betula, Wanderer). A name alone under another post is a vote, and stays one.
 */
function titled(html: string, title: string, { raw, poll }: { readonly raw: JsonObject; readonly poll: RemotePoll | null }): string {
  if (title === '' || html.includes(escapeHtml(title))) return html;
  if (html === '' && poll === null && idOf(member(raw, 'inReplyTo')) !== null) return html;
  // Smithereen asks the question after what is said of it.
  return poll !== null && html !== '' ? `${html}<p>${escapeHtml(title)}</p>` : `<p><strong>${escapeHtml(title)}</strong></p>${html}`;
}

const plain = (text: string | null, charsMax: number): string => (text ?? '').trim().slice(0, charsMax).toWellFormed();

/** An object with content and mediaType; GNU social and Hubzilla write the text alone. */
function sourceOf(raw: JsonObject): RemoteNote['source'] {
  const source = member(raw, 'source');
  const text = isJsonObject(source) ? textOf(member(source, 'content'), LIMITS.contentChars) : textOf(source, LIMITS.contentChars);
  return text === null || text === '' ? null : { text, mediaType: isJsonObject(source) ? mediaTypeOf(member(source, 'mediaType')) : null };
}

/** Lemmy and PeerTube: `{identifier, name}`, also in a list. */
function languageOf(raw: JsonObject): string | null {
  const [first] = listOf(member(raw, 'language'));
  return languageTag(isJsonObject(first) ? member(first, 'identifier') : first);
}

const LANGUAGE_CHARS_MAX = 64;

/** BCP 47 without oddities; `und` means unknown. */
function languageTag(value: unknown): string | null {
  const tag = typeof value === 'string' && value.length <= LANGUAGE_CHARS_MAX ? value.replaceAll('_', '-') : '';
  return /^[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}$/i.test(tag) && tag.toLowerCase() !== 'und' ? tag : null;
}

/**
 * A text and its language. With several languages GotoSocial repeats one of them as the plain member: that one
 * counts; old Mastodon sent the map alone. `und` means unknown.
 */
function localized(raw: JsonObject, name: string): { text: string | null; language: string | null } {
  const given = textOf(member(raw, name), LIMITS.contentChars);
  const map = member(raw, `${name}Map`);
  const entries = isJsonObject(map) ? Object.entries(map).slice(0, LIMITS.links).flatMap(([tag, value]) => {
    const text = textOf(value, LIMITS.contentChars);
    return text === null ? [] : [{ tag, text }];
  }) : [];

  const chosen = given === null ? entries[0] : (entries.find((entry) => entry.text === given) ?? (entries.length === 1 ? entries[0] : undefined));
  return { text: given ?? chosen?.text ?? null, language: languageTag(chosen?.tag) };
}

/** Content is HTML unless it says otherwise. */
const markUp = (content: string, mediaType: unknown): string =>
  mediaType === 'text/plain' || mediaType === 'text/markdown' ? asText(content) : content;

/** Plain text keeps its line breaks; Markdown reads well enough as it is. */
const asText = (content: string): string =>
  content
    .replaceAll('\r\n', '\n')
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${escapeHtml(paragraph.trim()).replaceAll('\n', '<br />')}</p>`)
    .join('');

interface Converted extends Pick<NoteContent, 'title' | 'linkUrl'> {
  readonly html: string;
  readonly url: string;
  readonly event: RemoteEvent | null;
}

/** Title, time and place, teaser or text, the words quoted from a book, the link, the page. */
function convert(raw: JsonObject, { html, title, url, linkUrl, event }: Converted): string {
  const teaser = localized(raw, 'summary').text?.trim() || html;
  const when = event === null ? '' : eventLine(event);
  const words = member(raw, 'quote');
  const links = [...new Set([event?.placeUrl ?? null, linkUrl, url].filter((link) => link !== null))];
  return [
    title === '' ? '' : `<p><strong>${escapeHtml(title)}</strong></p>`,
    when === '' ? '' : `<p>${escapeHtml(when)}</p>`,
    typesOf(raw).includes('Quotation') && typeof words === 'string' ? `<blockquote>${words.slice(0, LIMITS.contentChars)}</blockquote>` : '',
    asParagraph(teaser),
    ...links.map(linkParagraph),
  ].join('');
}

const asParagraph = (html: string): string => (html === '' || /^\s*<(?:p|div|ul|ol|h[1-6]|blockquote|pre)\b/i.test(html) ? html : `<p>${html}</p>`);
const linkParagraph = (url: string): string => `<p><a href="${escapeHtml(url)}">${escapeHtml(url)}</a></p>`;

const pollList = (poll: RemotePoll): string => `<ul>${poll.options.map(({ title }) => `<li>${escapeHtml(title)}</li>`).join('')}</ul>`;
