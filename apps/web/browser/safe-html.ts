import type { Emoji } from './mastodon.js';

/** What posts may be made of, and the attributes that are taken over. Classes are for hiding parts of long links. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  A: ['href', 'class'], SPAN: ['class', 'translate'], P: [], BR: [], STRONG: [], B: [], EM: [], I: [], U: [], DEL: [], S: [],
  CODE: [], PRE: [], BLOCKQUOTE: [], UL: [], OL: ['start', 'reversed'], LI: ['value'],
};
const CLASSES = /^(invisible|ellipsis|mention|hashtag|h-card|u-url)$/;
/** Their content is no text for readers. */
const DROPPED = new Set(['SCRIPT', 'STYLE', 'TEMPLATE', 'NOSCRIPT', 'IFRAME', 'OBJECT', 'SVG', 'MATH', 'TEXTAREA', 'TITLE', 'HEAD']);
const DEPTH_MAX = 30;

/**
 * The HTML of a post as nodes. The server has cleaned it already; this page trusts no server, its own included, since
 * it holds a token: the text is read by DOMParser into a document that runs no scripts and loads no pictures, and what
 * is on the list is built anew from it, node by node. Nothing is ever assigned to innerHTML.
 */
export function safeHtml(html: string, emojis: readonly Emoji[]): DocumentFragment {
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  const fragment = document.createDocumentFragment();
  copy(parsed.body, fragment, new Map(emojis.map((emoji) => [emoji.shortcode, emoji.static_url])), 0);
  return fragment;
}

/** Plain text, such as a name, with its emojis. */
export function textWithEmojis(text: string, emojis: readonly Emoji[]): DocumentFragment {
  const fragment = document.createDocumentFragment();
  appendText(text, fragment, new Map(emojis.map((emoji) => [emoji.shortcode, emoji.static_url])));
  return fragment;
}

function copy(from: Node, to: Node, emojis: ReadonlyMap<string, string>, depth: number): void {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) appendText(node.textContent ?? '', to, emojis);
    if (!(node.nodeType === Node.ELEMENT_NODE) || depth > DEPTH_MAX) continue;
    const source = node as Element;
    if (DROPPED.has(source.tagName.toUpperCase())) continue;
    const attributes = ALLOWED[source.tagName];
    // What is not on the list loses its tag and keeps its text.
    copy(source, attributes === undefined ? to : to.appendChild(copyElement(source, attributes)), emojis, depth + 1);
  }
}

function copyElement(source: Element, attributes: readonly string[]): HTMLElement {
  const made = document.createElement(source.tagName);
  for (const name of attributes) {
    const value = source.getAttribute(name);
    if (value === null) continue;
    if (name === 'class') made.className = value.split(/\s+/).filter((part) => CLASSES.test(part)).join(' ');
    else if (name !== 'href') made.setAttribute(name, value);
    else if (/^https?:\/\//i.test(value)) made.setAttribute('href', value);
  }
  if (made instanceof HTMLAnchorElement) Object.assign(made, { rel: 'nofollow noopener noreferrer', target: '_blank' });
  return made;
}

function appendText(text: string, to: Node, emojis: ReadonlyMap<string, string>): void {
  for (const piece of text.split(/(:[A-Za-z0-9_]{2,100}:)/)) {
    const url = piece.startsWith(':') ? emojis.get(piece.slice(1, -1)) : undefined;
    if (url === undefined || !/^https?:\/\//.test(url)) to.appendChild(document.createTextNode(piece));
    else to.appendChild(Object.assign(document.createElement('img'), { className: 'emoji', src: url, alt: piece, title: piece }));
  }
}
