import { promises as dns } from 'node:dns';
import type { AddressGuard } from '@trunkline/federation-client';
import { doubt, fault, fine, wordsOf, type Finding } from './finding.js';

export interface AddressPorts {
  readonly guard: Pick<AddressGuard, 'allowsAddress' | 'isHttpHost'>;
  /** Every address of a name. @throws Error when there is none */
  readonly resolve: (hostname: string) => Promise<readonly string[]>;
}

export const systemResolve: AddressPorts['resolve'] = async (hostname) => (await dns.lookup(hostname, { all: true })).map(({ address }) => address);

/** What the name of the server leads to: other servers dial public addresses only, and https only. */
export async function checkAddress(ports: AddressPorts, host: string): Promise<Finding> {
  const what = `address of ${host}`;
  if (ports.guard.isHttpHost(host)) {
    return doubt(what, 'plain http, because FEDERATION_HTTP_HOSTS lists it', 'Only servers that list it too will speak with this one: this is for development.');
  }
  const { hostname } = new URL(`https://${host}`);
  try {
    const addresses = await ports.resolve(hostname.replace(/^\[|\]$/g, ''));
    const open = addresses.filter((address) => ports.guard.allowsAddress(address));
    if (open.length > 0) return fine(what, open.join(', '));
    const found = addresses.length === 0 ? 'no address' : `only ${addresses.join(', ')}, which other servers refuse to dial`;
    return fault(what, found, 'Give the name a public A or AAAA record. (When this machine has a resolver of its own that answers differently, run the doctor elsewhere.)');
  } catch (error) {
    return fault(what, `the name does not resolve: ${wordsOf(error)}`, 'Add an A or AAAA record for it.');
  }
}
