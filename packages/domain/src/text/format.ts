import { parseText, type ParseOptions, type TextToken } from './tokens.js';

/** A person whom a mention in the text was found to mean. */
export interface MentionTarget {
  readonly username: string;
  readonly domain: string | null;
  /** Their profile page. */
  readonly url: string;
}

export interface FormatContext extends ParseOptions {
  /** Our own web address without a trailing slash: hashtags link below it. */
  readonly baseUrl: string;
  /** By `mentionKey` as typed. What is not in it stays plain text. */
  readonly mentions: ReadonlyMap<string, MentionTarget>;
}

/** The key of a mention as typed: lower case, `name` or `name@host`. */
export const mentionKey = (username: string, host: string | null): string =>
  (host === null ? username : `${username}@${host}`).toLowerCase();

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as HTML text or attribute value. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char);

/** Text as stored: line ends as `\n`, no NUL, no half characters, no white space around. */
export const cleanText = (text: string): string => text.replace(/\r\n?/g, '\n').replaceAll('\u0000', '').toWellFormed().trim();

/**
 * A status as typed → the HTML that clients and peers get. Everything is escaped, nothing is Markdown; blank lines
 * make paragraphs. The shape (classes, spans, rel) is Mastodon's, since clients read it.
 * @see Mastodon app/lib/text_formatter.rb (4.6)
 */
export function formatStatus(text: string, context: FormatContext): string {
  const clean = cleanText(text);
  if (clean === '') return '';
  const display = parseText(clean, context).map((token) => renderToken(token, context, { rel: REL, domains: 'when-needed' }));
  return paragraphs(display.join(''));
}

/** A profile's bio as typed → HTML: the same rules as a status. */
export function formatNote(note: string, context: FormatContext): string {
  return formatStatus(note, context);
}

/** The value of a profile field as typed → HTML in one line; links carry `rel="me"`, mentions their server. */
export function formatField(value: string, context: FormatContext): string {
  const line = cleanText(value).replaceAll('\n', ' ');
  return parseText(line, context)
    .map((token) => renderToken(token, context, { rel: `${REL} me`, domains: 'always' }))
    .join('');
}

const REL = 'nofollow noopener';
const DISPLAY_CHARS = 30;

interface TokenStyle {
  readonly rel: string;
  readonly domains: 'always' | 'when-needed';
}

function paragraphs(html: string): string {
  return html
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${paragraph.replaceAll('\n', '<br />')}</p>`)
    .join('');
}

function renderToken(token: TextToken, context: FormatContext, style: TokenStyle): string {
  switch (token.kind) {
    case 'text':
      return escapeHtml(token.text);
    case 'url':
      return renderLink(token.text, style.rel);
    case 'hashtag': {
      const href = tagUrl(context.baseUrl, token.name);
      return `<a href="${escapeHtml(href)}" class="mention hashtag" rel="tag">#<span>${escapeHtml(token.name)}</span></a>`;
    }
    case 'mention':
      return renderMention(token, context, style);
  }
}

/** The page of a hashtag here. */
export const tagUrl = (baseUrl: string, name: string): string => `${baseUrl}/tags/${encodeURIComponent(name)}`;

/** A link that shows the host and the first 30 characters; clients hide the `invisible` rest. */
function renderLink(url: string, rel: string): string {
  const prefix = /^https?:\/\/(www\.)?/i.exec(url)?.[0] ?? '';
  const rest = [...url.slice(prefix.length)];
  const shown = rest.slice(0, DISPLAY_CHARS).join('');
  const hidden = rest.slice(DISPLAY_CHARS).join('');
  return (
    `<a href="${escapeHtml(url)}" target="_blank" rel="${rel}" translate="no">` +
    `<span class="invisible">${escapeHtml(prefix)}</span>` +
    `<span class="${hidden === '' ? '' : 'ellipsis'}">${escapeHtml(shown)}</span>` +
    `<span class="invisible">${escapeHtml(hidden)}</span></a>`
  );
}

function renderMention(token: TextToken & { kind: 'mention' }, context: FormatContext, style: TokenStyle): string {
  const target = context.mentions.get(mentionKey(token.username, token.host));
  if (target === undefined || !/^https?:\/\//i.test(target.url)) return escapeHtml(token.text);
  const shown = needsDomain(target, context, style) ? `${target.username}@${target.domain}` : target.username;
  return (
    `<span class="h-card" translate="no"><a href="${escapeHtml(target.url)}" class="u-url mention">` +
    `@<span>${escapeHtml(shown)}</span></a></span>`
  );
}

/** The server is written out where two people of one name are mentioned. */
function needsDomain(target: MentionTarget, context: FormatContext, style: TokenStyle): boolean {
  if (target.domain === null) return false;
  if (style.domains === 'always') return true;
  const name = target.username.toLowerCase();
  for (const other of context.mentions.values()) {
    if (other.url !== target.url && other.username.toLowerCase() === name) return true;
  }
  return false;
}
