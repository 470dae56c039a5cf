import { fail, ok, type Result } from '@trunkline/kernel';
import { keyHost } from '../key-id.js';
import { headerValues, type HeaderValues } from '../request-headers.js';
import { checkTimes } from '../signature-times.js';
import type { SignatureFailure, SignedRequest } from '../types.js';
import type { Message } from './components.js';
import { signatureBase } from './signature-base.js';
import { isInnerList, parseDictionary, serializeItem, type InnerList, type Member, type Parameters } from './structured-fields.js';
import { MESSAGE_ALGORITHMS, type MessageAlgorithm, type MessagePolicy, type ParsedMessageSignature } from './types.js';

const INPUT_HEADER = 'signature-input';
const SIGNATURE_BYTES_MAX = 1024;
const COVERED_MAX = 32;
/** Two of these and two readers may each believe another one. */
const ONCE = ['host', 'date', 'content-digest'];

type Step<T> = Result<T, SignatureFailure>;

/** Whether a request is signed after RFC 9421: what tells it from draft-cavage, whose Signature header has another form. */
export const hasMessageSignature = (request: Pick<SignedRequest, 'headers'>): boolean => headerValues(request.headers).has(INPUT_HEADER);

/**
 * Reads the message signature of a request (RFC 9421) and applies every rule that needs no key. Callers then fetch the
 * key, `verifyMessageSignature`, and for a body `verifyContentDigest`.
 *
 * Rules: exactly one signature, with `keyid` and `created`; @method and the whole target are covered (@target-uri, or
 * @authority with @request-target or with @path and @query), and content-digest on anything with a body; nothing twice;
 * the Host header names one of our origins; the times lie in the policy's window.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9421
 */
export function parseMessageSignature(request: SignedRequest, policy: MessagePolicy): Step<ParsedMessageSignature> {
  const headers = headerValues(request.headers);
  const doubled = ONCE.find((name) => (headers.get(name)?.length ?? 0) > 1);
  if (doubled !== undefined) return fail({ code: 'duplicate_header', context: { header: doubled } });
  const pair = readPair(headers);
  if (!pair.ok) return pair;
  const { covered, signature } = pair.value;
  const parameters = readParameters(covered.parameters);
  if (!parameters.ok) return parameters;
  const message = messageOf(request, headers, policy.origins);
  if (message === null) return fail({ code: 'wrong_host' });

  const components = covered.items.map(serializeItem);
  const names = covered.items.map(({ value }) => String(value));
  const refused =
    checkCoverage(request.method, components) ??
    checkTimes({ headers: names, created: parameters.value.created, expires: parameters.value.expires }, headers.get('date')?.[0], policy);
  if (refused !== null) return fail(refused);

  const base = signatureBase(message, covered);
  if ('missing' in base) return fail({ code: 'missing_header', context: { header: base.missing } });
  return ok({ scheme: 'rfc9421', ...parameters.value, components, signature, signatureBase: base.base });
}

/** The one signature that both headers name. A second one would leave open which of them counts. */
function readPair(headers: HeaderValues): Step<{ covered: InnerList; signature: Uint8Array }> {
  const [input, signature] = [INPUT_HEADER, 'signature'].map((name) => headers.get(name)?.join(', '));
  if (input === undefined || signature === undefined) return fail({ code: 'missing_signature' });
  const inputs = parseDictionary(input);
  const signatures = parseDictionary(signature);
  const [label] = inputs?.keys() ?? [];
  if (inputs === null || signatures === null || label === undefined || inputs.size !== 1 || signatures.size !== 1) return fail({ code: 'malformed_signature' });
  const covered = inputs.get(label);
  const bytes = bytesOf(signatures.get(label));
  if (covered === undefined || !isInnerList(covered) || bytes === null) return fail({ code: 'malformed_signature' });
  return ok({ covered, signature: bytes });
}

function bytesOf(member: Member | undefined): Uint8Array | null {
  const value = member === undefined || isInnerList(member) ? null : member.value;
  return value instanceof Uint8Array && value.length > 0 && value.length <= SIGNATURE_BYTES_MAX ? value : null;
}

type ReadParameters = Pick<ParsedMessageSignature, 'keyId' | 'algorithm' | 'created' | 'expires' | 'nonce' | 'tag'>;

function readParameters(parameters: Parameters): Step<ReadParameters> {
  const text = (name: string): string | null | undefined => {
    const value = parameters.get(name);
    return value === undefined ? null : typeof value === 'string' ? value : undefined;
  };
  const seconds = (name: string): number | null | undefined => {
    const value = parameters.get(name);
    return value === undefined ? null : typeof value === 'number' && value >= 0 ? value : undefined;
  };
  const [keyId, alg, nonce, tag] = ['keyid', 'alg', 'nonce', 'tag'].map(text);
  const [created, expires] = ['created', 'expires'].map(seconds);
  if (keyId === undefined || alg === undefined || nonce === undefined || tag === undefined || created === undefined || expires === undefined) return fail({ code: 'malformed_signature' });
  if (created === null) return fail({ code: 'missing_header', context: { header: 'created' } });
  const algorithm = MESSAGE_ALGORITHMS.find((known) => known === alg) ?? null;
  if (alg !== null && algorithm === null) return fail({ code: 'unsupported_algorithm' });
  if (keyId === null || keyHost(keyId) === null) return fail({ code: 'bad_key_id' });
  return ok({ keyId, algorithm: algorithm satisfies MessageAlgorithm | null, created, expires, nonce, tag });
}

/** The request as its sender addressed it: at the origin of ours that its Host header names. */
function messageOf(request: SignedRequest, headers: HeaderValues, origins: readonly string[]): Message | null {
  const host = (headers.get('host')?.[0] ?? '').trim().toLowerCase().replace(/:(?:80|443)$/, '');
  const origin = origins.map((text) => URL.parse(text)).find((url) => url !== null && url.host === host)?.origin;
  const path = request.path.split('#', 1)[0] ?? '';
  return origin === undefined || !path.startsWith('/') ? null : { method: request.method, origin, path, headers };
}

function checkCoverage(method: string, components: readonly string[]): SignatureFailure | null {
  if (components.length > COVERED_MAX || new Set(components).size !== components.length) return { code: 'malformed_signature' };
  const covers = (...names: readonly string[]): boolean => names.every((name) => components.includes(`"${name}"`));
  const missing = (header: string): SignatureFailure => ({ code: 'missing_header', context: { header } });
  if (!covers('@method')) return missing('@method');
  const whole = covers('@target-uri') || (covers('@authority') && (covers('@request-target') || covers('@path', '@query')));
  if (!whole) return missing('@target-uri');
  const bodiless = ['GET', 'HEAD'].includes(method.toUpperCase());
  return bodiless || covers('content-digest') ? null : missing('content-digest');
}
