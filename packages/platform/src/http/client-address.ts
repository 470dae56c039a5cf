import type { IncomingMessage } from 'node:http';
import proxyAddress from '@fastify/proxy-addr';

/**
 * Who asks, for what Fastify does not see (upgrades): the last address of X-Forwarded-For that is no trusted proxy, as
 * `request.ip` is elsewhere.
 */
export function clientAddresses(trustedProxies: readonly string[]): (request: IncomingMessage) => string {
  const trusts = proxyAddress.compile([...trustedProxies]);
  return (request) => proxyAddress(request, trusts);
}

const GROUPS = 8;
/** A /64: what one line at somebody's home has for itself. */
const OWN_GROUPS = 4;

/**
 * Whom limits by address are counted for: an IPv4 address, also as it looks on a socket of both kinds, and of an IPv6 one the network that it
 * was given out with. One person has 2^64 of the latter.
 * @see Mastodon config/initializers/rack_attack.rb, `throttleable_remote_ip` (4.6)
 */
export function addressGroup(address: string): string {
  const mapped = /^::ffff:([0-9.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !address.includes(':')) return mapped ?? address;
  const [head = '', tail] = address.toLowerCase().replace(/%.*$/, '').split('::');
  const [before, after] = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':')));
  const missing = tail === undefined ? 0 : Math.max(GROUPS - (before?.length ?? 0) - (after?.length ?? 0), 0);
  const groups = [...(before ?? []), ...Array.from({ length: missing }, () => '0'), ...(after ?? [])];
  return `${groups.slice(0, OWN_GROUPS).map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/64`;
}
