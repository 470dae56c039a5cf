import { promises as dns, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { fail, ok, type Result } from '@trunkline/kernel';
import ipaddr from 'ipaddr.js';
import type { FetchFailure } from './fetch-failure.js';
import { kindOfName, REFUSED_PORTS } from './host-names.js';
import type { AddressSettings, Resolver } from './settings.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
const GLOBAL_V6: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];
/** IANA special-purpose blocks inside 2000::/3 that the library may not know: documentation (RFC 9637), 6bone. */
const SPECIAL_V6: [ipaddr.IPv6, number][] = [ipaddr.IPv6.parseCIDR('3fff::/20'), ipaddr.IPv6.parseCIDR('3ffe::/16')];
const URL_LENGTH_MAX = 2_048;

/** Thrown out of the resolver into the connection attempt, and recognised again in the failure. */
class BlockedAddressError extends Error {
  readonly code = 'ERR_BLOCKED_ADDRESS';
}

/**
 * Decides what may be dialled. A URL is judged by `checkUrl` before each request and each redirect; the
 * addresses behind its name are judged by `lookupFor` at the moment of dialling, and the socket uses
 * exactly those, so that a name cannot answer differently for the check and for the connection.
 * Addresses are taken from a list of good ones (global unicast), not kept from a list of bad ones.
 */
export class AddressGuard {
  private readonly httpHosts: ReadonlySet<string>;
  private readonly allowed: readonly [Address, number][];
  private readonly ports: ReadonlySet<number> | null;
  private readonly resolve: Resolver;

  /** @throws TypeError when a setting is no `host:port` or no CIDR. */
  constructor(settings: AddressSettings, resolver: Resolver = resolveWithSystem) {
    this.httpHosts = new Set(settings.httpHosts.map(normalHost));
    this.allowed = settings.allowedPrivateAddresses.map(parseRange);
    this.ports = settings.allowedPorts === undefined ? null : new Set(settings.allowedPorts);
    this.resolve = resolver;
  }

  /** Whether `host` (as in `URL.host` of an http URL) is one of the development hosts spoken to over plain http. */
  isHttpHost(host: string): boolean {
    return this.httpHosts.has(host.toLowerCase());
  }

  /**
   * Parses and judges an address that a stranger gave. The result has no fragment.
   * Failures: `bad_url`, `blocked_address`.
   */
  checkUrl(text: string): Result<URL, FetchFailure> {
    const url = text.length <= URL_LENGTH_MAX && URL.canParse(text) ? new URL(text) : null;
    if (url === null) return fail({ code: 'bad_url', context: { url: text.slice(0, 200) } });
    url.hash = '';
    if (url.username !== '' || url.password !== '') return fail({ code: 'bad_url', context: { host: url.host } });
    // Also refused since `blocked.example.` would slip past a rule for `blocked.example`.
    if (url.hostname.endsWith('.')) return fail({ code: 'bad_url', context: { host: url.host } });

    const why = this.refusalOf(url);
    return why === null ? ok(url) : fail({ code: 'blocked_address', context: { host: url.host, why } });
  }

  /** Whether the address may be dialled: global unicast, or inside ALLOWED_PRIVATE_ADDRESSES. */
  allowsAddress(text: string): boolean {
    // A zone index (fe80::1%eth0) names a link of ours, whatever the address.
    if (text.includes('%') || !ipaddr.isValid(text)) return false;
    const address = ipaddr.parse(text);
    if (this.allowed.some((range) => address.kind() === range[0].kind() && address.match(range))) return true;
    if (address.range() !== 'unicast') return false;
    if (address.kind() === 'ipv4') return true;
    return address.match(GLOBAL_V6) && !SPECIAL_V6.some((range) => address.match(range));
  }

  /** The `lookup` of the sockets to one origin. Fails with `BlockedAddressError` when no address may be dialled. */
  lookupFor(origin: Pick<URL, 'protocol' | 'host'>): LookupFunction {
    const exempt = origin.protocol === 'http:' && this.isHttpHost(origin.host);
    return (hostname, options, callback) => {
      this.resolve(hostname).then(
        (found) => {
          const good = exempt ? [...found] : found.filter(({ address }) => this.allowsAddress(address));
          const first = good[0];
          if (first === undefined) return callback(new BlockedAddressError(`no public address: ${hostname}`), []);
          return options.all === true ? callback(null, good) : callback(null, first.address, first.family);
        },
        (error: NodeJS.ErrnoException) => callback(error, []),
      );
    };
  }

  private refusalOf(url: URL): string | null {
    if (url.protocol === 'http:' && this.isHttpHost(url.host)) return null;
    if (url.protocol !== 'https:') return 'scheme';
    const port = url.port === '' ? 443 : Number(url.port);
    if (this.ports === null ? REFUSED_PORTS.has(port) : !this.ports.has(port)) return 'port';

    // The URL parser has already turned 0x7f.1, 2130706433 and the like into four decimals.
    const literal = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
    if (ipaddr.isValid(literal)) return this.allowsAddress(literal) ? null : 'address';
    const kind = kindOfName(url.hostname);
    if (kind === 'public') return null;
    // Where private ranges are allowed, names of the own network are of use; their addresses are still judged.
    return kind === 'local' && this.allowed.length > 0 ? null : `${kind}_name`;
  }
}

/**
 * Through getaddrinfo, so that hosts files and search order are the operator's. libuv lets slow lookups
 * take at most half of its threads: signatures keep the others.
 */
const resolveWithSystem: Resolver = (hostname): Promise<LookupAddress[]> =>
  dns.lookup(hostname, { all: true, order: 'verbatim' });

/** `Example.org:80` → `example.org`, since that is how `URL.host` of an http URL says it. */
function normalHost(text: string): string {
  const url = URL.canParse(`http://${text}`) ? new URL(`http://${text}`) : null;
  if (url === null || url.pathname !== '/' || url.search !== '' || url.username !== '' || url.hostname === '') {
    throw new TypeError(`not a host:port: ${text.slice(0, 100)}`);
  }
  return url.host;
}

function parseRange(text: string): [Address, number] {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  if (!ipaddr.isValid(text)) throw new TypeError(`not an address or CIDR: ${text.slice(0, 100)}`);
  const address = ipaddr.parse(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}
