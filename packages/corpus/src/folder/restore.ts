/**
 * Collections blank out what changes from run to run (`SCRUBBED_ID`), and some captures are a program's source with its
 * expressions left in. Both get addresses again: each blank another one, the same expression the same one.
 */
export function restored(captured: string, path: string): string {
  // A recorded answer, with its headers before it.
  const text = captured.startsWith('HTTP/') ? captured.replace(/^[\s\S]*?\r?\n\r?\n/, '') : captured;
  let blanks = 0;
  const place = `https://kbin.test/scrubbed/${hashOf(path)}`;
  return text
    // Of an actor it can be told from where its inbox is.
    .replaceAll(/"SCRUBBED_ID"(?=[^{}]{0,2000}?"inbox":\s*"(https?:[^"]+)\/inbox")/g, (_blank, actor: string) => `"${actor}"`)
    .replaceAll(/"SCRUBBED_(?:ID|URL)"/g, () => `"${place}/${(blanks += 1)}"`)
    .replaceAll('"SCRUBBED_DATE"', '"2025-01-01T00:00:00Z"')
    // An expression stands for an address of who acts.
    .replaceAll(/` ?\+ ?(\w+)(?:\.(\w+))?(?:\(\))? ?\+ ?`/g, `${originOfActor(text)}/$1/$2`);
}

const originOfActor = (text: string): string => /"actor":\s*"(https?:\/\/[^/"`\s]+)/.exec(text)?.[1] ?? 'http://fossbros-anonymous.io';

/** Short and the same in every run. */
export function hashOf(text: string): string {
  let hash = 5_381;
  for (const character of text) hash = (hash * 33 + (character.codePointAt(0) ?? 0)) % 4_294_967_291;
  return hash.toString(36);
}
