import { linkAttributes, plainAttributes, type Attributes } from './kept-attributes.js';

const DEPTH_MAX = 32;

/** What stands between tags and is escaped nowhere. Control characters are the library's to judge. */
const TEXT = /[^<>&\u0000-\u0009\u000B-\u001F\u007F-\u009F]+/y;
/** References that a text needs, or that servers write; each is one character. */
const REFERENCE = /&(amp|lt|gt|quot|#39);/y;
const BREAK = /<br ?\/?>/y;
const CLOSING = /<\/(p|span|a|strong|em|b|i|u|del|s|sub|sup)>/y;
/** Every attribute in double quotes, in lower case, its value without anything that could be read in two ways. */
const OPENING = /<(p|span|a|strong|em|b|i|u|del|s|sub|sup)((?: [a-z]+="[^"<>&\u0000-\u001F\u007F-\u009F]*(?:&(?:amp|lt|gt|quot|#39);[^"<>&\u0000-\u001F\u007F-\u009F]*)*")*)>/y;
const ATTRIBUTE = / ([a-z]+)="([^"]*)"/g;

const CHARACTERS: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const ESCAPED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** As they stand in a text once it is clean. */
const IN_TEXT: Readonly<Record<string, string>> = { amp: '&amp;', lt: '&lt;', gt: '&gt;', quot: '"', '#39': "'" };

/**
 * The short way for HTML as most servers write it: paragraphs with line breaks, links, marks within the line, every tag
 * closed in its turn and every value quoted. Such a text means the same to every parser, so that it is checked and
 * written tag by tag. What comes out is what the long way would make of it (a test holds them against each other).
 *
 * @returns null when there is anything else in it: the long way is to be taken
 */
export function cleanPlainHtml(html: string): string | null {
  const open: string[] = [];
  let clean = '';
  for (let at = 0; at < html.length; ) {
    const token = textAt(html, at) ?? tagAt(html, at, open);
    if (token === null) return null;
    clean += token.clean;
    at = token.end;
  }
  return open.length === 0 ? clean : null;
}

interface Token {
  readonly clean: string;
  readonly end: number;
}

function match(pattern: RegExp, html: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(html);
}

function textAt(html: string, at: number): Token | null {
  if (html[at] === '<') return null;
  const text = match(TEXT, html, at);
  if (text !== null) return { clean: text[0], end: TEXT.lastIndex };
  const reference = match(REFERENCE, html, at);
  return reference === null ? null : { clean: IN_TEXT[reference[1] ?? ''] ?? '', end: REFERENCE.lastIndex };
}

function tagAt(html: string, at: number, open: string[]): Token | null {
  const closing = match(CLOSING, html, at);
  if (closing !== null) return open.pop() === closing[1] ? { clean: closing[0], end: CLOSING.lastIndex } : null;
  const opening = match(OPENING, html, at);
  if (opening === null) return match(BREAK, html, at) === null ? null : { clean: '<br />', end: BREAK.lastIndex };
  const [, name = '', rest = ''] = opening;
  // Within anything a paragraph ends what is open, and links do not stand in links.
  if (open.length >= DEPTH_MAX || (name === 'p' && open.length > 0) || (name === 'a' && open.includes('a'))) return null;
  const attributes = rest === '' ? '' : attributesOf(name, rest);
  if (attributes === null || (name === 'a' && attributes === '')) return null;
  open.push(name);
  return { clean: `<${name}${attributes}>`, end: OPENING.lastIndex };
}

function attributesOf(name: string, text: string): string | null {
  const given: Record<string, string> = {};
  for (const [, attribute = '', value = ''] of text.matchAll(ATTRIBUTE)) {
    if (Object.hasOwn(given, attribute) || attribute === 'title') return null;
    given[attribute] = value.includes('&') ? value.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, reference: string) => CHARACTERS[reference] ?? '') : value;
  }
  const kept = name === 'a' ? linkAttributes(given as Attributes) : plainAttributes(given);
  if (kept === null) return null;
  let written = '';
  for (const [attribute, value] of Object.entries(kept)) written += ` ${attribute}="${escaped(value)}"`;
  return written;
}

const escaped = (value: string): string => (/[&<>"]/.test(value) ? value.replaceAll(/[&<>"]/g, (character) => ESCAPED[character] ?? '') : value);
