import sanitize from 'sanitize-html';
import { cutMarkup } from './cut-markup.js';
import { replaceMath } from './replace-math.js';

const HTML_CHARS_MAX = 131_072;
const TAGS_MAX = 2_000;
const NESTING_MAX = 64;
const LINK_SCHEMES = ['http', 'https', 'dat', 'dweb', 'ipfs', 'ipns', 'ssb', 'gopher', 'xmpp', 'magnet', 'gemini'];
const HEADINGS = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'];
const ALLOWED_TAGS =
  'p br span a del s pre blockquote code b strong u sub sup i em ul ol li ruby rt rp'.split(' ');
/** Microformats, and the marks by which clients know mentions, hashtags and shortened links. */
const CLASSES = /^(?:[hpu]-[a-z0-9-]+|dt-[a-z0-9-]+|e-[a-z0-9-]+|mention|hashtag|ellipsis|invisible|quote-inline)$/;
/**
 * What a link that leads nowhere becomes. A name outside `allowedTags` would drop the tag, but sanitize-html 2.18 then
 * closes a later element of the same depth by that name.
 */
const UNLINKED = { tagName: 'span', attribs: {} };

type Attributes = Readonly<Record<string, string>>;
type Transformed = { tagName: string; attribs: Record<string, string>; text?: string };

/** Attributes every tag may keep, if their values are what they should be. */
function plainAttributes(attributes: Attributes): Record<string, string> {
  const kept: Record<string, string> = {};
  const classes = (attributes['class'] ?? '').split(/\s+/).filter((name) => CLASSES.test(name));
  if (classes.length > 0) kept['class'] = classes.slice(0, 16).join(' ');
  if (/^[a-z]{2,8}(?:-[a-z0-9]{1,8}){0,4}$/i.test(attributes['lang'] ?? '')) kept['lang'] = attributes['lang'] ?? '';
  if (attributes['translate'] === 'no') kept['translate'] = 'no';
  if (attributes['title'] !== undefined) kept['title'] = attributes['title'].slice(0, 1_000);
  return kept;
}

/** Browsers skip control characters and white space in a scheme, so they are gone before it is judged. */
function linkOf(value: string | undefined, schemes: readonly string[]): string | null {
  const href = (value ?? '').replace(/\p{Cc}/gu, '').trim();
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(href)?.[1]?.toLowerCase();
  return scheme !== undefined && schemes.includes(scheme) ? href : null;
}

function transformLink(attributes: Attributes): Transformed {
  const href = linkOf(attributes['href'], LINK_SCHEMES);
  if (href === null) return UNLINKED;
  return { tagName: 'a', attribs: { ...plainAttributes(attributes), href, rel: 'nofollow noopener', target: '_blank' } };
}

/** We never load pictures out of a text: they become links. */
function transformImage(attributes: Attributes): Transformed {
  const href = linkOf(attributes['src'], ['http', 'https']);
  if (href === null) return UNLINKED;
  const text = attributes['alt']?.trim() || href;
  return { tagName: 'a', attribs: { href, rel: 'nofollow noopener', target: '_blank' }, text };
}

function transformPlain(tagName: string, attributes: Attributes): Transformed {
  const attribs = plainAttributes(attributes);
  const integer = (name: string): void => {
    if (/^-?[0-9]{1,9}$/.test(attributes[name] ?? '')) attribs[name] = attributes[name] ?? '';
  };
  if (tagName === 'ol') integer('start');
  if (tagName === 'ol' && attributes['reversed'] !== undefined) attribs['reversed'] = '';
  if (tagName === 'li') integer('value');
  const cite = tagName === 'blockquote' ? linkOf(attributes['cite'], ['http', 'https']) : null;
  if (cite !== null) attribs['cite'] = cite;
  return { tagName, attribs };
}

const OPTIONS: sanitize.IOptions = {
  allowedTags: [...ALLOWED_TAGS, ...HEADINGS],
  allowedAttributes: {
    '*': ['class', 'lang', 'translate', 'title'],
    a: ['href', 'rel', 'target'],
    ol: ['start', 'reversed'],
    li: ['value'],
    blockquote: ['cite'],
  },
  allowedSchemes: LINK_SCHEMES,
  allowedSchemesByTag: { blockquote: ['http', 'https'] },
  allowProtocolRelative: false,
  // Their content is code, or a form, or a document of its own: it goes with the tag.
  nonTextTags: 'script style textarea option noscript template iframe object svg xmp noembed noframes title select'.split(' '),
  nestingLimit: NESTING_MAX,
  transformTags: {
    ...Object.fromEntries(ALLOWED_TAGS.map((tag) => [tag, transformPlain])),
    ...Object.fromEntries(HEADINGS.map((tag) => [tag, () => ({ tagName: tag, attribs: {} })])),
    a: (_tag: string, attributes: Attributes) => transformLink(attributes),
    img: (_tag: string, attributes: Attributes) => transformImage(attributes),
  },
};

/**
 * HTML from a stranger as HTML that may stand in our pages: the tags, attributes, classes and schemes that Mastodon
 * 4.7 keeps. Headings become bold paragraphs, pictures links, MathML its TeX source; other tags go and their text
 * stays, scripts and forms go whole. Never throws; input beyond 128 Ki characters or 2,000 tags is cut.
 *
 * @param tagsMax fewer for what is short: fields of a profile are fifty
 * @see https://docs.joinmastodon.org/spec/activitypub/#sanitization
 */
export function sanitizeHtml(html: string, tagsMax = TAGS_MAX): string {
  const clean = sanitize(replaceMath(cutMarkup(html.slice(0, HTML_CHARS_MAX), tagsMax)), OPTIONS);
  // The output is in one canonical form with every other "<" escaped, so these are headings and nothing else.
  return clean.replace(/<h[1-6]>/g, '<p><strong>').replace(/<\/h[1-6]>/g, '</strong></p>');
}
