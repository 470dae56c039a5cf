import { fail, ok, type Result } from '@trunkline/kernel';
import type { SignatureFailure } from './types.js';

const HEADER_CHARS_MAX = 8192;
const PARAMETERS_MAX = 12;

/** `name="value"` or `name=123`, sticky, so that nothing between two parameters goes unread. */
const PARAMETER = /\s*([A-Za-z]{1,32})=(?:"([^"\\]*)"|([0-9]{1,12}))\s*(,|$)/y;

/**
 * The parameters of a draft-cavage Signature header, by name. Read strictly: a repeated name is refused, since
 * Node joins repeated headers with a comma and readers disagree on which one counts.
 */
export function readParameters(header: string): Result<ReadonlyMap<string, string>, SignatureFailure> {
  if (header.length > HEADER_CHARS_MAX) return fail({ code: 'malformed_signature' });

  const parameters = new Map<string, string>();
  PARAMETER.lastIndex = 0;
  for (let separator = ','; separator === ','; ) {
    const match = PARAMETER.exec(header);
    const name = match?.[1];
    if (match === null || name === undefined || parameters.has(name) || parameters.size === PARAMETERS_MAX) {
      return fail({ code: 'malformed_signature' });
    }
    parameters.set(name, match[2] ?? match[3] ?? '');
    separator = match[4] ?? '';
  }
  return ok(parameters);
}
