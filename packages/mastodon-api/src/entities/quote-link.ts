/** Every post of a page is looked at: what has no such link costs one search. */
const MARK = 'quote-inline';
/** `<br />`, and a little more. */
const BREAK_CHARS_MAX = 10;
const OPENING = /<(p|span)\b[^>]*\bclass="(?:[^"]*\s)?quote-inline(?:\s[^"]*)?"[^>]*>/;

/**
 * The text without the link (`RE: …`) by which servers that know no quotes are told of one: it stands beside the quoted
 * post now. `html` is sanitised, so that tags are closed and in order.
 */
export function withoutQuoteLink(html: string): string {
  if (!html.includes(MARK)) return html;
  const opening = OPENING.exec(html);
  const name = opening?.[1];
  if (opening === null || name === undefined) return html;
  const end = endOf(html, name, opening.index + opening[0].length);
  if (end === null) return html;
  return withoutLastBreaks(html.slice(0, opening.index)) + html.slice(end);
}

/** Step by step from its end: a pattern would begin anew at each of thousands of breaks. */
function withoutLastBreaks(html: string): string {
  for (let text = html; ; ) {
    const bare = text.trimEnd();
    const at = bare.lastIndexOf('<');
    if (at < 0 || bare.length - at > BREAK_CHARS_MAX || !/^<br\s*\/?>$/.test(bare.slice(at))) return text;
    text = bare.slice(0, at);
  }
}

/** Where the element that was opened before `from` ends. */
function endOf(html: string, name: string, from: number): number | null {
  const tags = new RegExp(`<(/?)${name}\\b[^>]*>`, 'g');
  tags.lastIndex = from;
  let depth = 1;
  for (let tag = tags.exec(html); tag !== null; tag = tags.exec(html)) {
    depth += tag[1] === '/' ? -1 : 1;
    if (depth === 0) return tags.lastIndex;
  }
  return null;
}
