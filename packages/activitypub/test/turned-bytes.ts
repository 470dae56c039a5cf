import { canonicalJson } from '../src/proofs/canonical-json.js';

/** What a reader makes of a JSON text with one or another bit of each byte turned; what is no JSON any more, or says the same, is left out. */
export function* everyTurnedByte(text: string): Generator<unknown> {
  const said = canonicalJson(JSON.parse(text));
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 1) {
    for (const bit of [0x01, 0x20]) {
      const changed = Buffer.from(bytes);
      changed[at] = (bytes[at] ?? 0) ^ bit;
      const json = parsed(changed.toString('utf8'));
      if (json !== undefined && canonicalJson(json) !== said) yield json;
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
