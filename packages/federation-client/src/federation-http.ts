import { setImmediate } from 'node:timers/promises';
import { ok, type Result } from '@trunkline/kernel';
import { AddressGuard } from './address-guard.js';
import { senderOf, type DeliveryParts } from './delivery.js';
import { DeliveryTargets } from './delivery-targets.js';
import { DocumentFetcher } from './document-fetcher.js';
import type { FetchFailure } from './fetch-failure.js';
import { fetchObject } from './fetch-object.js';
import { parseJson } from './json-document.js';
import { ACTIVITY_ACCEPT, isActivityType, isJsonType, JSON_ACCEPT } from './media-type.js';
import { OriginPools } from './origin-pools.js';
import { isPageType, linkOfPage, PAGE_ACCEPT } from './page-link.js';
import type {
  BytesOptions,
  DocumentOptions,
  FetchedBytes,
  FetchedDocument,
  FetchedObject,
  FetchOptions,
  Letter,
  LetterSender,
  ObjectOptions,
  ResolvedAccount,
  WebfingerAnswer,
} from './requests.js';
import { DEFAULT_LIMITS, type FederationHttpSettings, type FederationLimits } from './settings.js';
import { SignatureSchemes } from './signature-schemes.js';
import { confirmHandle, resolveHandle, webfinger, type WebfingerPorts } from './webfinger.js';

const LARGE_BYTES = 65_536;

/**
 * The only way out to other servers. Every request passes the address guard and the domain rules, at every
 * hop and at every dial; everything that a peer sends is bounded. One per process; `close` it last.
 */
export class FederationHttp {
  readonly guard: AddressGuard;
  private readonly limits: FederationLimits;
  private readonly fetchPools: OriginPools;
  private readonly deliveryPools: OriginPools;
  private readonly fetcher: DocumentFetcher;
  private readonly deliveryParts: DeliveryParts;
  private readonly webfingerPorts: WebfingerPorts;

  /** @throws TypeError when an address setting cannot be read. */
  constructor(settings: FederationHttpSettings) {
    const limits = { ...DEFAULT_LIMITS, ...settings.limits };
    const { poolsMax, idleMs } = limits;
    this.limits = limits;
    this.guard = new AddressGuard(settings, settings.resolver);
    const { guard } = this;
    // Two sets of pools: a host that is slow to hand out a key must not hold up deliveries to it.
    this.fetchPools = new OriginPools({
      guard,
      connections: limits.connectionsPerFetchPoolMax,
      connectTimeoutMs: limits.fetchConnectTimeoutMs,
      poolsMax,
      idleMs,
      standIn: settings.standIn,
    });
    this.deliveryPools = new OriginPools({
      guard,
      connections: limits.connectionsPerDeliveryPoolMax,
      connectTimeoutMs: limits.deliverConnectTimeoutMs,
      poolsMax: limits.deliveryPoolsMax,
      idleMs,
      standIn: settings.standIn,
    });
    const { userAgent, isHostBlocked, observer = {}, nowMs = Date.now, domainOf = (host: string) => host } = settings;
    const schemes = new SignatureSchemes({ nowMs, ...settings.schemes });
    const parts = { guard, limits, schemes, isHostBlocked, observer, domainOf, userAgent, nowMs };
    this.fetcher = new DocumentFetcher({ ...parts, pools: this.fetchPools });
    this.deliveryParts = { ...parts, pools: this.deliveryPools, targets: new DeliveryTargets(guard) };
    this.webfingerPorts = {
      isHttpHost: (host) => guard.isHttpHost(host),
      fetchDocument: (url, options) => this.fetchDocument(url, options),
      fetchBytes: (url, options) => this.fetchBytes(url, options),
      fetchObject: (uri, options) => this.fetchObject(uri, options),
    };
  }

  /**
   * GETs any document within bounds; decompressed. Calls for the same URL, kind, key and size share one
   * request. Failures: all but `bad_json` and the mismatches.
   */
  fetchBytes(url: string, options: BytesOptions): Promise<Result<FetchedBytes, FetchFailure>> {
    return this.fetcher.fetch(url, options);
  }

  /**
   * GETs a JSON document: by default an ActivityPub one. Its id is NOT checked: use `fetchObject` for what
   * will be stored. Failures: all but the mismatches.
   */
  async fetchDocument(url: string, options: DocumentOptions = {}): Promise<Result<FetchedDocument, FetchFailure>> {
    const mustBeActivity = options.mustBeActivity ?? true;
    const fetched = await this.fetchBytes(url, {
      signAs: options.signAs,
      maxBytes: options.maxBytes,
      fresh: options.fresh,
      personal: options.personal,
      accept: options.accept ?? (mustBeActivity ? ACTIVITY_ACCEPT : JSON_ACCEPT),
      isAccepted: mustBeActivity ? isActivityType : isJsonType,
      kind: mustBeActivity ? 'activity' : `json ${options.accept ?? ''}`,
    });
    if (!fetched.ok) return fetched;
    const { bytes, finalUrl, contentType } = fetched.value;
    const parsed = parseJson(bytes, this.limits.jsonDepthMax);
    // What is made of a large one begins in a turn of the event loop of its own.
    if (bytes.length > LARGE_BYTES) await setImmediate();
    return parsed.ok ? ok({ json: parsed.value, finalUrl, contentType }) : parsed;
  }

  /** GETs an ActivityPub object and proves that its id is where it came from; see `fetchObject`. A page leads to another address once. */
  async fetchObject(uri: string, { page = false, ...options }: ObjectOptions = {}): Promise<Result<FetchedObject, FetchFailure>> {
    const found = await fetchObject((url, more) => this.fetchDocument(url, more), uri, { ...options, mustBeActivity: true });
    if (found.ok || !page || found.error.code !== 'bad_type') return found;
    const shown = await this.fetchBytes(uri, { ...options, accept: PAGE_ACCEPT, isAccepted: isPageType, kind: 'page' });
    const link = shown.ok ? linkOfPage(shown.value) : null;
    return link === null ? found : this.fetchObject(link, options);
  }

  /** `user@host[:port]` → subject and actor id; see `webfinger`. */
  webfinger(handle: string, options: FetchOptions = {}): Promise<Result<WebfingerAnswer, FetchFailure>> {
    return webfinger(this.webfingerPorts, handle, options);
  }

  /** `user@host[:port]` → an account whose handle and actor name each other; see `resolveHandle`. */
  resolveHandle(handle: string, options: FetchOptions = {}): Promise<Result<ResolvedAccount, FetchFailure>> {
    return resolveHandle(this.webfingerPorts, handle, options);
  }

  /** The handle of an actor that came from `fetchObject`; see `confirmHandle`. */
  confirmHandle(actor: FetchedObject, options: FetchOptions = {}): Promise<Result<WebfingerAnswer, FetchFailure>> {
    return confirmHandle(this.webfingerPorts, actor, options);
  }

  /** What POSTs a signed activity to one inbox after the other, at once; see `DeliveryOutcome`. Never rejects but for bugs. */
  sender(letter: Letter): LetterSender {
    return senderOf(this.deliveryParts, letter);
  }

  /** Open pools, for gauges. */
  poolCounts(): { readonly fetch: number; readonly delivery: number } {
    return { fetch: this.fetchPools.size, delivery: this.deliveryPools.size };
  }

  /** Lets open requests end for `closeTimeoutMs`, then cuts them; later calls fail with `closed`. */
  async close(): Promise<void> {
    const { closeTimeoutMs } = this.limits;
    await Promise.all([this.fetchPools.close(closeTimeoutMs), this.deliveryPools.close(closeTimeoutMs)]);
  }
}
