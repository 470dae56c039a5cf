/** How much JSON of strangers may cost to be parsed. */
export interface JsonLimits {
  readonly depthMax: number;
  /** Different rows of names: `{"a":0,"b":0}` twice has two, `a` and `a b`. Each makes the engine a new hidden class. */
  readonly shapesMax: number;
  /** Lists and objects: those that hold nothing are told by no comma. */
  readonly opensMax: number;
}

/**
 * So many shapes take 2 ms of the event loop. What servers write has a few hundred; 20,000 values with made-up names would take 45 ms.
 */
export const JSON_LIMITS: JsonLimits = { depthMax: 64, shapesMax: 2_000, opensMax: 20_000 };

/** No shorter text has so many shapes: a member takes six bytes. */
export const CHEAP_JSON_BYTES = 6 * JSON_LIMITS.shapesMax;

const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];
const [OPEN_OBJECT, OPEN_LIST, CLOSE_OBJECT, CLOSE_LIST] = [0x7b, 0x5b, 0x7d, 0x5d];
/** Another one in each process, so that nobody makes up names that are taken for one. */
const SEED = Math.floor(Math.random() * 0x1_0000_0000);

/**
 * What is too much about a JSON text, found in one pass over its bytes before anything is made of it; null: nothing. Whether it
 * is JSON at all is not asked, and how many values it has is told by its commas. Takes 3 ms for 1 MiB.
 */
export function tooMuchJson(bytes: Uint8Array, { depthMax, shapesMax, opensMax }: JsonLimits = JSON_LIMITS): 'depth' | 'shapes' | 'opens' | null {
  const rows: number[] = [];
  const shapes = new Set<number>();
  let opens = 0;
  let name: readonly [number, number] = [0, 0];
  for (let at = 0; at < bytes.length; at += 1) {
    switch (bytes[at]) {
      case QUOTE: {
        const end = endOfText(bytes, at + 1);
        name = [at + 1, end];
        at = end;
        break;
      }
      case COLON: {
        const row = hashOf(bytes, name, rows.at(-1) ?? SEED);
        rows[Math.max(rows.length - 1, 0)] = row;
        shapes.add(row);
        if (shapes.size > shapesMax) return 'shapes';
        break;
      }
      case OPEN_OBJECT:
      case OPEN_LIST:
        if (rows.push(SEED) > depthMax) return 'depth';
        opens += 1;
        if (opens > opensMax) return 'opens';
        break;
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        rows.pop();
        break;
    }
  }
  return null;
}

/** Where the text ends that begins here: at its quote, or with the bytes. */
function endOfText(bytes: Uint8Array, start: number): number {
  for (let at = start; at < bytes.length; at += 1) {
    if (bytes[at] === BACKSLASH) at += 1;
    else if (bytes[at] === QUOTE) return at;
  }
  return bytes.length;
}

/** FNV-1a, going on from a hash. */
function hashOf(bytes: Uint8Array, [start, end]: readonly [number, number], from: number): number {
  let hash = Math.imul(from ^ QUOTE, 0x0100_0193);
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x0100_0193);
  return hash;
}
