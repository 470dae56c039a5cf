import { escapeHtml } from '../html/escape-html.js';
import { isJsonObject, listOf, member, textOf, type JsonObject } from '../json.js';
import { LIMITS } from '../limits.js';
import { attachedLinks } from './parse-attachments.js';

/** Types that are posts of their own; the rest of `NOTE_TYPES` is shown as title, text and link. */
const FIRST_CLASS = new Set(['Note', 'Question']);
const CONVERTED = new Set(['Article', 'Page', 'Image', 'Audio', 'Video', 'Event', 'Album', 'Story', 'Review', 'Comment', 'Quotation']);

/** Whether an object of this type is read as a post. */
export const isNoteType = (type: string): boolean => FIRST_CLASS.has(type) || CONVERTED.has(type);

interface NoteContent {
  readonly html: string;
  readonly language: string | null;
  readonly spoilerText: string;
  /** A content warning was set, even an empty one (Misskey sends U+200B). */
  readonly warned: boolean;
}

/** What a post says. `url` is its page, which converted types link to. */
export function readContent(raw: JsonObject, type: string, url: string): NoteContent {
  const { text, language } = localized(raw, 'content');
  const html = markUp(text ?? '', member(raw, 'mediaType'));
  if (CONVERTED.has(type)) return { html: convert(raw, html, url), language, spoilerText: '', warned: false };

  const summary = localized(raw, 'summary').text;
  const spoilerText = (summary ?? '').replace(/[\u200B-\u200D\uFEFF]/g, '').trim().slice(0, LIMITS.spoilerChars).toWellFormed();
  const warned = summary !== null && summary !== '';
  return { html: type === 'Question' ? html + pollList(raw) : html, language, spoilerText, warned };
}

/**
 * A text and its language. With several languages GotoSocial repeats one of them as the plain member: that one
 * counts; old Mastodon sent the map alone. `und` means unknown.
 */
function localized(raw: JsonObject, name: string): { text: string | null; language: string | null } {
  const plain = textOf(member(raw, name), LIMITS.contentChars);
  const map = member(raw, `${name}Map`);
  const entries = isJsonObject(map) ? Object.entries(map).slice(0, LIMITS.links).flatMap(([tag, value]) => {
    const text = textOf(value, LIMITS.contentChars);
    return text === null ? [] : [{ tag, text }];
  }) : [];

  const chosen = plain === null ? entries[0] : (entries.find((entry) => entry.text === plain) ?? (entries.length === 1 ? entries[0] : undefined));
  const tag = chosen?.tag ?? '';
  const known = /^[a-z]{2,3}(?:[-_][a-z0-9]{2,8}){0,3}$/i.test(tag) && tag.toLowerCase() !== 'und';
  return { text: plain ?? chosen?.text ?? null, language: known ? tag.replaceAll('_', '-') : null };
}

/** Content is HTML unless it says otherwise; plain text keeps its line breaks. */
function markUp(content: string, mediaType: unknown): string {
  if (mediaType !== 'text/plain' && mediaType !== 'text/markdown') return content;
  return content
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${escapeHtml(paragraph.trim()).replaceAll('\n', '<br />')}</p>`)
    .join('');
}

function convert(raw: JsonObject, content: string, url: string): string {
  const title = localized(raw, 'name').text?.trim().slice(0, LIMITS.titleChars).toWellFormed() ?? '';
  const teaser = localized(raw, 'summary').text?.trim() || content;
  const links = [...new Set([...attachedLinks(member(raw, 'attachment')).slice(0, 1), url])];
  return [title === '' ? '' : `<p><strong>${escapeHtml(title)}</strong></p>`, asParagraph(teaser), ...links.map(linkParagraph)].join('');
}

const asParagraph = (html: string): string => (html === '' || /^\s*<(?:p|div|ul|ol|h[1-6]|blockquote|pre)\b/i.test(html) ? html : `<p>${html}</p>`);
const linkParagraph = (url: string): string => `<p><a href="${escapeHtml(url)}">${escapeHtml(url)}</a></p>`;

/** An option is named by `name` (Mastodon, Misskey, Pleroma) or by `content` (few others). */
function pollList(raw: JsonObject): string {
  const options = [...listOf(member(raw, 'oneOf')), ...listOf(member(raw, 'anyOf'))].slice(0, LIMITS.pollOptions).filter(isJsonObject);
  const names = options.map((option) => textOf(member(option, 'name') ?? member(option, 'content'), LIMITS.pollOptionChars) ?? '').filter(Boolean);
  return names.length === 0 ? '' : `<ul>${names.map((name) => `<li>${escapeHtml(name)}</li>`).join('')}</ul>`;
}
