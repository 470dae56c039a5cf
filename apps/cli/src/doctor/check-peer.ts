import type { AddressGuard, FederationHttp, FetchFailureCode, Signer } from '@trunkline/federation-client';
import { printable } from '../terminal.js';
import { judgeClock } from './clock.js';
import { doubt, fault, fine, wordsOf, type Finding } from './finding.js';
import { knock } from './knock.js';

/** Whether somebody on another server can be found and read with our signature, as a follow would. */
export async function checkPeer(http: Pick<FederationHttp, 'resolveHandle'>, handle: string, signAs: Signer): Promise<Finding> {
  const what = `peer ${printable(handle)}`;
  const found = await http.resolveHandle(handle.replace(/^@/, ''), { signAs, fresh: true });
  if (found.ok) return fine(what, `found and read as ${printable(found.value.actorUri)}`);
  const { code, status, context } = found.error;
  const detail = [status, context?.['why'], context?.['system'], context?.['url']].filter((part) => part !== undefined && part !== '').map((part) => printable(String(part)));
  return fault(what, [code, ...detail].join(', '), MENDS[code] ?? 'See that this machine may reach other servers by https, and that its resolver works.');
}

/** Its clock beside ours: the only one that is neither this machine's nor that of Postgres. */
export async function checkPeerClock(guard: Pick<AddressGuard, 'isHttpHost'>, handle: string, nowMs: () => number): Promise<Finding> {
  const host = handle.replace(/^.*@/, '');
  const what = `clock beside ${printable(host)}`;
  try {
    const { header } = await knock(`${guard.isHttpHost(host) ? 'http' : 'https'}://${host}/.well-known/nodeinfo`, { redirectsMax: 0 });
    return judgeClock(what, header('date'), { nowMs: nowMs(), them: 'their clock and ours' });
  } catch (error) {
    return doubt(what, `it could not be asked: ${wordsOf(error)}`, 'Try another peer.');
  }
}

const MENDS: Readonly<Partial<Record<FetchFailureCode, string>>> = {
  not_found: 'Nobody there goes by this name.',
  gone: 'That account is deleted.',
  http_4xx: 'That server refuses the request: with 401 it does not accept our signature (mend what the other findings say), with 403 it has closed itself to this domain.',
  http_5xx: 'That server has trouble of its own: try again later, or with another peer.',
  bad_url: 'Say it as name@host.',
  blocked_domain: 'This domain is suspended here: `npx trunkline domains list`.',
  blocked_address: 'The name leads to a private address; ALLOWED_PRIVATE_ADDRESSES lists those that may be dialled.',
  webfinger_mismatch: "That server's WebFinger and its actor do not name each other: its fault.",
};
