import type { AddressGuard } from './address-guard.js';
import type { OriginPools } from './origin-pools.js';
import type { FederationLimits, FederationObserver, HostPolicy } from './settings.js';
import type { SignatureSchemes } from './signature-schemes.js';

/** What fetching and delivering both work with. */
export interface ClientParts {
  readonly guard: AddressGuard;
  readonly pools: OriginPools;
  readonly limits: FederationLimits;
  /** One for all requests: what a delivery taught helps a fetch. */
  readonly schemes: SignatureSchemes;
  readonly isHostBlocked: HostPolicy;
  readonly observer: FederationObserver;
  /** By which hosts are counted together. */
  readonly domainOf: (host: string) => string;
  readonly userAgent: string;
  readonly nowMs: () => number;
}
