import { fail, ok, type Result } from '@trunkline/kernel';
import { keyHost } from './key-id.js';
import { headerValues, type HeaderValues } from './request-headers.js';
import { readParameters } from './signature-parameters.js';
import { checkTimes, readUnixSeconds } from './signature-times.js';
import type { ParsedSignature, SignatureAlgorithm, SignatureFailure, SignaturePolicy, SignedRequest } from './types.js';

const COVERED_MAX = 32;
const SIGNATURE_BYTES_MAX = 1024;
/** Two of these and two readers may each believe another one. */
const ONCE = ['signature', 'host', 'date', 'digest'];

/**
 * Reads the draft-cavage-12 signature of a request and applies every rule that needs no key. Callers then fetch
 * the key, `verifySignature`, and for a body `verifyDigest`.
 *
 * Rules: (request-target), host, and date or (created) are covered, and digest on anything with a body; the pseudo
 * headers (created) and (expires) only with `hs2019`; no header of these twice; the times lie in the policy's window.
 *
 * Written on node:crypto rather than on Joyent's `http-signature` 1.4, which refuses `hs2019` and a missing
 * algorithm, reads the process clock, keeps the last of two equal parameters, takes an unfinished one, and prefers an
 * Authorization header when there are both. The tests run both against each other.
 *
 * @see https://datatracker.ietf.org/doc/html/draft-cavage-http-signatures-12
 */
export function parseSignature(request: SignedRequest, policy: SignaturePolicy): Result<ParsedSignature, SignatureFailure> {
  const headers = headerValues(request.headers);
  const doubled = ONCE.find((name) => (headers.get(name)?.length ?? 0) > 1);
  if (doubled !== undefined) return fail({ code: 'duplicate_header', context: { header: doubled } });
  const header = headers.get('signature')?.[0];
  if (header === undefined || header.trim() === '') return fail({ code: 'missing_signature' });

  const parameters = readParameters(header);
  if (!parameters.ok) return parameters;
  const read = readSignature(parameters.value);
  if (!read.ok) return read;
  const parsed = read.value;

  const refused =
    checkCoverage(request.method, parsed, headers) ?? checkHost(headers, policy.hosts) ?? checkTimes(parsed, headers.get('date')?.[0], policy);
  if (refused !== null) return fail(refused);
  return ok({ ...parsed, signingStrings: signingStringsOf(request, parsed, headers) });
}

type Unsigned = Omit<ParsedSignature, 'signingStrings'>;

function readSignature(parameters: ReadonlyMap<string, string>): Result<Unsigned, SignatureFailure> {
  const algorithm = readAlgorithm(parameters.get('algorithm'));
  if (algorithm === null) return fail({ code: 'unsupported_algorithm' });

  const encoded = parameters.get('signature') ?? '';
  const signature = Buffer.from(encoded, 'base64');
  const wellFormed = signature.length > 0 && signature.length <= SIGNATURE_BYTES_MAX && isBase64(encoded, signature);
  const keyId = parameters.get('keyId');
  if (!wellFormed || keyId === undefined) return fail({ code: 'malformed_signature' });
  if (keyHost(keyId) === null) return fail({ code: 'bad_key_id' });

  // Times outside hs2019 are not part of what was agreed on: the draft's own example lists them unsigned.
  const times = algorithm === 'hs2019';
  const created = times ? readUnixSeconds(parameters.get('created')) : null;
  const expires = times ? readUnixSeconds(parameters.get('expires')) : null;
  if (Number.isNaN(created) || Number.isNaN(expires)) return fail({ code: 'malformed_signature' });

  // Without a list the draft covers the time alone, which the coverage rule then refuses.
  const covered = (parameters.get('headers') ?? (created === null ? 'date' : '(created)')).toLowerCase().split(' ').filter(Boolean);
  const unclear = covered.length > COVERED_MAX || new Set(covered).size !== covered.length;
  if (unclear) return fail({ code: 'malformed_signature' });
  return ok({ scheme: 'cavage', keyId, algorithm, headers: covered, signature, created, expires });
}

/** Writing again what was read is cheaper than looking at each letter; what somebody writes without padding is looked at. */
const isBase64 = (encoded: string, decoded: Buffer): boolean => decoded.toString('base64') === encoded || /^[A-Za-z0-9+/]+={0,2}$/.test(encoded);

function readAlgorithm(name: string | undefined): SignatureAlgorithm | null {
  const lower = (name ?? 'hs2019').toLowerCase();
  return lower === 'hs2019' || lower === 'rsa-sha256' ? lower : null;
}

function checkCoverage(method: string, parsed: Unsigned, headers: HeaderValues): SignatureFailure | null {
  const covers = (name: string): boolean => parsed.headers.includes(name);
  const missing = (header: string): SignatureFailure => ({ code: 'missing_header', context: { header } });

  for (const name of ['(request-target)', 'host']) if (!covers(name)) return missing(name);
  if (!covers('date') && !covers('(created)')) return missing('date');
  const bodiless = ['GET', 'HEAD'].includes(method.toUpperCase());
  if (!bodiless && !covers('digest')) return missing('digest');

  for (const name of parsed.headers) {
    if (name === '(request-target)') continue;
    if (name === '(created)' || name === '(expires)') {
      if (parsed.algorithm !== 'hs2019') return { code: 'unsupported_algorithm', context: { header: name } };
      if ((name === '(created)' ? parsed.created : parsed.expires) === null) return missing(name);
    } else if (!headers.has(name)) return missing(name);
  }
  return null;
}

function checkHost(headers: HeaderValues, hosts: readonly string[] | undefined): SignatureFailure | null {
  if (hosts === undefined) return null;
  const plain = (host: string): string => host.trim().toLowerCase().replace(/:(?:80|443)$/, '');
  const written = headers.get('host')?.[0] ?? '';
  const given = plain(written);
  return hosts.includes(written) || hosts.some((host) => plain(host) === given) ? null : { code: 'wrong_host' };
}

function signingStringsOf(request: SignedRequest, parsed: Unsigned, headers: HeaderValues): string[] {
  const path = request.path.split('#', 1)[0] ?? '';
  const bare = path.split('?', 1)[0] ?? '';
  const targets = path === bare ? [path] : [path, bare];
  return targets.map((target) =>
    parsed.headers
      .map((name) => {
        if (name === '(request-target)') return `${name}: ${request.method.toLowerCase()} ${target}`;
        if (name === '(created)') return `${name}: ${parsed.created}`;
        if (name === '(expires)') return `${name}: ${parsed.expires}`;
        return `${name}: ${(headers.get(name) ?? []).map((value) => value.trim()).join(', ')}`;
      })
      .join('\n'),
  );
}
