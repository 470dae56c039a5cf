import type { LookupAddress } from 'node:dns';
import type { SchemeRows } from './signature-schemes.js';

/** Resolves a name to every address it has; rejects with a Node DNS error when there is none. */
export type Resolver = (hostname: string) => Promise<readonly LookupAddress[]>;

/** Which addresses may be dialled at all. */
export interface AddressSettings {
  /** FEDERATION_HTTP_HOSTS: exact `host:port` pairs, the only ones spoken to over plain http, exempt from every address check. */
  readonly httpHosts: readonly string[];
  /** ALLOWED_PRIVATE_ADDRESSES: CIDRs, or single addresses, that may be dialled though they are not public. */
  readonly allowedPrivateAddresses: readonly string[];
  /** When given, the only ports that may be dialled. Without it: any port but those of `REFUSED_PORTS`. */
  readonly allowedPorts?: readonly number[];
}

/** Domain rules and limited federation mode. `host` is `URL.host`: lower case, punycode, with the port unless it is the default one. */
export type HostPolicy = (host: string) => boolean;

/** Ceilings; each has a default in `DEFAULT_LIMITS`. */
export interface FederationLimits {
  readonly fetchConnectTimeoutMs: number;
  /** Longest silence of a peer: before the response headers and between two pieces of the body. */
  readonly fetchReadTimeoutMs: number;
  /** Everything together: waiting for a slot, redirects, body. */
  readonly fetchTotalTimeoutMs: number;
  readonly deliverConnectTimeoutMs: number;
  readonly deliverTotalTimeoutMs: number;
  /** Bytes of a document, counted on the wire and again after decompression. */
  readonly documentBytesMax: number;
  readonly jsonDepthMax: number;
  readonly redirectsMax: number;
  readonly fetchesPerHostMax: number;
  /** By `domainOf`, so that nobody's many hosts take all that there is. */
  readonly fetchesPerDomainMax: number;
  readonly fetchesMax: number;
  /** Fetches that may wait for a slot, per host; ten times as many over all hosts. More fail at once with `busy`. */
  readonly waitingPerHostMax: number;
  /** How long a failed URL is not asked again. 0 turns the memory off. */
  readonly negativeCacheMs: number;
  readonly negativeCacheEntriesMax: number;
  /** Keep-alive pools held at once, for fetches and for deliveries; the least recently used one closes. */
  readonly poolsMax: number;
  readonly deliveryPoolsMax: number;
  readonly connectionsPerFetchPoolMax: number;
  readonly connectionsPerDeliveryPoolMax: number;
  /** A connection without a request closes after this time, a pool without one as well. */
  readonly idleMs: number;
  /** How long `close` waits for open requests before it cuts them. */
  readonly closeTimeoutMs: number;
}

/** What FEDERATION.md says under "Delivery" and "Limits of what we read". */
export const DEFAULT_LIMITS: FederationLimits = Object.freeze({
  fetchConnectTimeoutMs: 5_000,
  fetchReadTimeoutMs: 10_000,
  fetchTotalTimeoutMs: 30_000,
  deliverConnectTimeoutMs: 2_000,
  deliverTotalTimeoutMs: 10_000,
  documentBytesMax: 1_048_576,
  jsonDepthMax: 64,
  redirectsMax: 3,
  fetchesPerHostMax: 4,
  fetchesPerDomainMax: 16,
  fetchesMax: 64,
  waitingPerHostMax: 64,
  negativeCacheMs: 60_000,
  negativeCacheEntriesMax: 5_000,
  poolsMax: 512,
  // A post goes to thousands of servers, and the next one to the same: fewer pools would open each connection anew.
  deliveryPoolsMax: 4_096,
  connectionsPerFetchPoolMax: 4,
  connectionsPerDeliveryPoolMax: 8,
  idleMs: 20_000,
  closeTimeoutMs: 5_000,
});

/** Called after every request; must not throw. `host` is for logs: as a metric label it would be unbounded. */
export interface FederationObserver {
  /** `code` is `ok` or a failure code; answers from the negative cache are not counted. */
  fetched?(event: { readonly host: string; readonly code: string; readonly durationMs: number }): void;
  delivered?(event: {
    readonly host: string;
    readonly kind: string;
    readonly reason: string;
    readonly durationMs: number;
  }): void;
}

/** For tests: who answers for every origin, in plain HTTP: nobody has the certificate of each host. */
export interface StandIn {
  readonly host: string;
  readonly port: number;
}

/** Everything the client is given. No environment is read here. */
export interface FederationHttpSettings extends AddressSettings {
  /** Sent with every request, e.g. `Trunkline/0.1.0 (+https://example.org/)`. */
  readonly userAgent: string;
  readonly isHostBlocked: HostPolicy;
  /** The domain that a host belongs to, by which fetches are counted as well. Default: each host is its own. */
  readonly domainOf?: (host: string) => string;
  readonly limits?: Partial<FederationLimits>;
  readonly observer?: FederationObserver;
  /** What hosts take is remembered here as well; absent: in this process alone. */
  readonly schemes?: { readonly rows: SchemeRows; readonly onError: (error: unknown) => void };
  /** Wall clock in milliseconds for the Date header, the negative cache and Retry-After. Default `Date.now`. */
  readonly nowMs?: () => number;
  /** Default: the system's resolver (hosts file included). */
  readonly resolver?: Resolver;
  /** For tests. Names and the addresses behind them are judged as ever; then the connection is opened here. */
  readonly standIn?: StandIn;
}
