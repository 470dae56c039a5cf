import { componentValue, type Message } from './components.js';
import { serializeInnerList, serializeItem, type InnerList } from './structured-fields.js';

/**
 * What is signed (RFC 9421 §2.5): a line for each covered component, the parameters last.
 *
 * @returns the base, or the first component that the request does not have
 */
export function signatureBase(message: Message, covered: InnerList): { readonly base: string } | { readonly missing: string } {
  const lines: string[] = [];
  for (const item of covered.items) {
    const value = componentValue(message, item);
    if (value === null || /[\r\n]/.test(value)) return { missing: serializeItem(item) };
    lines.push(`${serializeItem(item)}: ${value}`);
  }
  return { base: [...lines, `"@signature-params": ${serializeInnerList(covered)}`].join('\n') };
}
