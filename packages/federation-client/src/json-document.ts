import { fail, JSON_LIMITS, ok, tooMuchJson, type Result } from '@trunkline/kernel';
import type { FetchFailure } from './fetch-failure.js';

/** A JSON object, as opposed to null, a list or a plain value. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A megabyte of small values takes twenty times as long to parse as one of text. The longest list that is read has 25,000. */
const VALUES_MAX = 30_000;
const COMMA = 0x2c;

/**
 * Parses UTF-8 JSON whose lists and objects are nested at most `depthMax` deep, and which is made of no more than `tooMuchJson` takes.
 * Failure: `bad_json`, also for bytes that are no UTF-8, and for more than 30,000 values.
 */
export function parseJson(bytes: Uint8Array, depthMax: number): Result<unknown, FetchFailure> {
  // Measured before parsing, so that what is hostile never becomes objects.
  const why = hasManyCommas(bytes) ? 'values' : tooMuchJson(bytes, { ...JSON_LIMITS, depthMax });
  if (why !== null) return fail({ code: 'bad_json', context: { why } });
  try {
    return ok(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown);
  } catch (error) {
    return fail({ code: 'bad_json', context: { why: error instanceof SyntaxError ? 'syntax' : 'encoding' } });
  }
}

/** Those within texts count as well: nobody writes so many. */
function hasManyCommas(bytes: Uint8Array): boolean {
  let count = 0;
  for (let at = bytes.indexOf(COMMA); at !== -1; at = bytes.indexOf(COMMA, at + 1)) {
    count += 1;
    if (count > VALUES_MAX) return true;
  }
  return false;
}
