import { isInnerList, parseDictionary, type Item, type Parameters } from './structured-fields.js';

/** What a server wants its requests' signatures to be like: an Accept-Signature header. */
export interface SignatureChallenge {
  readonly label: string;
  /** Names of components to cover, without parameters. */
  readonly components: readonly string[];
  readonly nonce: string | null;
  readonly tag: string | null;
  /** The signature has to say when it ends. */
  readonly expires: boolean;
}

const COMPONENTS_MAX = 16;
const TEXT_CHARS_MAX = 512;

/**
 * Reads an Accept-Signature header (RFC 9421 §5.1): its first member that a request can satisfy. Which key and algorithm it
 * asks for is passed over: each actor has one.
 *
 * @returns null when there is none
 */
export function readSignatureChallenge(header: string): SignatureChallenge | null {
  for (const [label, member] of parseDictionary(header) ?? []) {
    if (!isInnerList(member) || member.items.length > COMPONENTS_MAX) continue;
    const components = member.items.map(nameOf).filter((name) => name !== null);
    const [nonce, tag] = ['nonce', 'tag'].map((name) => textOf(member.parameters, name));
    if (components.length < member.items.length || nonce === undefined || tag === undefined) continue;
    return { label, components, nonce, tag, expires: member.parameters.has('expires') };
  }
  return null;
}

/** null: of an answer, or with parameters, which nobody in the fediverse asks for. */
const nameOf = ({ value, parameters }: Item): string | null => (typeof value === 'string' && value !== '@status' && parameters.size === 0 ? value : null);

/** null: absent; undefined: no text, or too long. */
function textOf(parameters: Parameters, name: string): string | null | undefined {
  const value = parameters.get(name);
  if (value === undefined) return null;
  return typeof value === 'string' && value.length <= TEXT_CHARS_MAX ? value : undefined;
}
