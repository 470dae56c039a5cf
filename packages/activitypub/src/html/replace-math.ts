const OPEN = '<math';
const CLOSE = '</math>';

/**
 * Replaces each `<math>` element with the TeX source in its annotation (FEP-dc88), `$…$` or `$$…$$` for
 * `display="block"`. The result is still a stranger's HTML: sanitise it. Linear in the input.
 */
export function replaceMath(html: string): string {
  const lower = html.toLowerCase();
  // A character whose lower case is longer would shift the positions: then MathML is left to the sanitiser.
  if (lower.length !== html.length) return html;

  const parts: string[] = [];
  let done = 0;
  for (;;) {
    const start = lower.indexOf(OPEN, done);
    const end = start < 0 ? -1 : lower.indexOf(CLOSE, start);
    if (end < 0) break;
    parts.push(html.slice(done, start), texOf(html.slice(start, end)));
    done = end + CLOSE.length;
  }
  parts.push(html.slice(done));
  return parts.join('');
}

function texOf(math: string): string {
  const opening = math.slice(0, math.indexOf('>') + 1);
  const at = math.search(/<annotation\s[^>]{0,200}encoding\s*=\s*["']?application\/x-tex/i);
  if (at < 0) return '';

  const from = math.indexOf('>', at) + 1;
  const to = math.toLowerCase().indexOf('</annotation', from);
  if (from === 0 || to < 0) return '';
  const fence = /\sdisplay\s*=\s*["']?block/i.test(opening) ? '$$' : '$';
  return `${fence}${math.slice(from, to).trim()}${fence}`;
}
