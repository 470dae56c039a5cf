import sanitize from 'sanitize-html';
import { cutMarkup } from './cut-markup.js';
import { LINK_SCHEMES, linkAttributes, linkOf, plainAttributes, type Attributes } from './kept-attributes.js';
import { cleanPlainHtml } from './plain-html.js';
import { replaceMath } from './replace-math.js';

const HTML_CHARS_MAX = 131_072;
const TAGS_MAX = 1_500;
const NESTING_MAX = 64;
const HEADINGS = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'];
const ALLOWED_TAGS =
  'p br span a del s pre blockquote code b strong u sub sup i em ul ol li ruby rt rp'.split(' ');
/**
 * What a link that leads nowhere becomes. A name outside `allowedTags` would drop the tag, but sanitize-html 2.18 then
 * closes a later element of the same depth by that name.
 */
const UNLINKED = { tagName: 'span', attribs: {} };

type Transformed = { tagName: string; attribs: Record<string, string>; text?: string };

function transformLink(attributes: Attributes): Transformed {
  const attribs = linkAttributes(attributes);
  return attribs === null ? UNLINKED : { tagName: 'a', attribs };
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
 * stays, scripts and forms go whole. Never throws; input beyond 128 Ki characters or 1,500 tags is cut.
 *
 * @param tagsMax fewer for what is short: fields of a profile are fifty
 * @see https://docs.joinmastodon.org/spec/activitypub/#sanitization
 */
export function sanitizeHtml(html: string, tagsMax = TAGS_MAX): string {
  const text = cutMarkup(html.slice(0, HTML_CHARS_MAX), tagsMax);
  return cleanPlainHtml(text) ?? sanitizeAnyHtml(text);
}

/** Those that stand apart from what is around them: when their tags go, their text must not run into its neighbours'. */
const APART =
  /<\/?(?:address|article|aside|audio|body|button|canvas|caption|center|dd|details|dialog|div|dl|dt|fieldset|figcaption|figure|footer|form|head|header|hr|html|label|legend|main|nav|section|summary|table|tbody|td|tfoot|th|thead|tr|video)(?=[\s/>])/gi;

/** The long way, for whatever is no plain HTML: parsed as browsers do. */
export function sanitizeAnyHtml(html: string): string {
  const text = replaceMath(html);
  const apart = text.replace(APART, ' $&');
  const clean = apart === text ? sanitize(text, OPTIONS) : sanitize(apart, OPTIONS).trim();
  // The output is in one canonical form with every other "<" escaped, so these are headings and nothing else.
  return clean.replace(/<h[1-6]>/g, '<p><strong>').replace(/<\/h[1-6]>/g, '</strong></p>');
}
