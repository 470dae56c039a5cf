/**
 * The names of the members of a JSON object as they are written, outermost level alone, doubled ones included, which parsing
 * hides: each reader keeps another one of them. The text must be JSON that can be parsed.
 */
export function memberNames(text: string): string[] {
  const names: string[] = [];
  let depth = 0;
  let isName = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') {
      const end = endOfText(text, at);
      if (depth === 1 && isName) names.push(String(JSON.parse(text.slice(at, end + 1))));
      isName = false;
      at = end;
    } else if (character === '{' || character === '[') {
      depth += 1;
      isName = character === '{';
    } else if (character === '}' || character === ']') depth -= 1;
    else if (character === ',') isName = depth === 1;
  }
  return names;
}

/** Where the quoted text that begins at `start` ends. */
function endOfText(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length - 1;
}
