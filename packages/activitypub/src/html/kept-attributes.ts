export type Attributes = Readonly<Record<string, string>>;
type KeptAttributes = Record<string, string>;

export const LINK_SCHEMES = ['http', 'https', 'dat', 'dweb', 'ipfs', 'ipns', 'ssb', 'gopher', 'xmpp', 'magnet', 'gemini'];
/** Microformats, and the marks by which clients know mentions, hashtags and shortened links. */
const CLASSES = /^(?:[hpu]-[a-z0-9-]+|dt-[a-z0-9-]+|e-[a-z0-9-]+|mention|hashtag|ellipsis|invisible|quote-inline)$/;

/** Attributes every tag may keep, if their values are what they should be. */
export function plainAttributes(attributes: Attributes): KeptAttributes {
  const kept: KeptAttributes = {};
  const classes = (attributes['class'] ?? '').split(/\s+/).filter((name) => CLASSES.test(name));
  if (classes.length > 0) kept['class'] = classes.slice(0, 16).join(' ');
  if (/^[a-z]{2,8}(?:-[a-z0-9]{1,8}){0,4}$/i.test(attributes['lang'] ?? '')) kept['lang'] = attributes['lang'] ?? '';
  if (attributes['translate'] === 'no') kept['translate'] = 'no';
  if (attributes['title'] !== undefined) kept['title'] = attributes['title'].slice(0, 1_000);
  return kept;
}

/** Those of a link; null: it leads nowhere. */
export function linkAttributes(attributes: Attributes): KeptAttributes | null {
  const href = linkOf(attributes['href'], LINK_SCHEMES);
  return href === null ? null : { ...plainAttributes(attributes), href, rel: 'nofollow noopener', target: '_blank' };
}

/** Browsers skip control characters and white space in a scheme, so they are gone before it is judged. */
export function linkOf(value: string | undefined, schemes: readonly string[]): string | null {
  const href = (value ?? '').replace(/\p{Cc}/gu, '').trim();
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(href)?.[1]?.toLowerCase();
  return scheme !== undefined && schemes.includes(scheme) ? href : null;
}
