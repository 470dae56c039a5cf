import { hostOf } from '@trunkline/activitypub';
import { domainVerdict } from '@trunkline/domain';
import { keyHost, readRequestSignature, verifyRequestSignature, type RequestHeaders, type RequestSignature } from '@trunkline/http-signatures';
import { AppError, type Clock } from '@trunkline/kernel';
import type { KeyBook, PolicyPort } from '@trunkline/social';

/** Who asks for a document. */
export interface Reader {
  readonly isSigned: boolean;
  /** The server whose actor signed the request, proven when first asked; null: nobody's, or the proof failed. */
  host(): Promise<string | null>;
}

export interface ReaderPorts {
  readonly policy: PolicyPort;
  readonly clock: Clock;
  /** Our own hosts: a signature for another one was meant for somebody else. */
  readonly hosts: readonly string[];
  /** The same with their scheme. */
  readonly origins: readonly string[];
  /** AUTHORIZED_FETCH. Limited federation asks for signatures as well, by the policy. */
  readonly authorizedFetch: boolean;
  readonly keys: Pick<KeyBook, 'findFitting'>;
}

export interface SignedGet {
  /** Path and query as they came. */
  readonly path: string;
  readonly headers: RequestHeaders;
}

export const NOBODY: Reader = { isSigned: false, host: async () => null };

/** Whether it is the server of this actor that asks. */
export async function isServerOf(reader: Reader, actorUri: string): Promise<boolean> {
  const host = reader.isSigned ? await reader.host() : null;
  return host !== null && host === hostOf(actorUri);
}

const unsigned = (): AppError => new AppError(401, 'signature_required', 'The request must be signed');
const blocked = (): AppError => new AppError(403, 'blocked_domain', 'This server does not federate with yours');

/**
 * Lets a reader in. A suspended server reads nothing here, whether a signature is needed or not; where signatures are
 * required, one that cannot be verified is refused. Where they are not, its proof costs nothing until somebody asks.
 *
 * @throws AppError 401 or 403
 */
export async function admitReader(ports: ReaderPorts, request: SignedGet): Promise<Reader> {
  const isRequired = ports.authorizedFetch || ports.policy.current().limitedFederation;
  const { hosts, origins } = ports;
  const parsed = readRequestSignature({ method: 'GET', ...request }, { nowMs: ports.clock.nowMs(), hosts, origins });
  if (!parsed.ok) {
    if (isRequired) throw unsigned();
    return NOBODY;
  }
  if (isSuspended(ports, keyHost(parsed.value.keyId))) throw blocked();
  const reader = proving(ports, parsed.value);
  if (isRequired && (await reader.host()) === null) throw unsigned();
  return reader;
}

function proving(ports: ReaderPorts, parsed: RequestSignature): Reader {
  let proof: Promise<string | null> | null = null;
  return { isSigned: true, host: () => (proof ??= provenHost(ports, parsed)) };
}

async function provenHost(ports: ReaderPorts, parsed: RequestSignature): Promise<string | null> {
  const signer = await ports.keys.findFitting(parsed.keyId, (key) => verifyRequestSignature(parsed, key));
  const host = signer.ok ? hostOf(signer.value.ownerUri) : null;
  return isSuspended(ports, host) ? null : host;
}

const isSuspended = (ports: ReaderPorts, host: string | null): boolean =>
  host === null || domainVerdict(ports.policy.current(), host).suspended;
