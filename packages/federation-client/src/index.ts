export { AddressGuard } from './address-guard.js';
export { FederationHttp } from './federation-http.js';
export { isTransient, type FetchFailure, type FetchFailureCode } from './fetch-failure.js';
export { handleText, isSameHandle, parseHandle, type Handle } from './handle.js';
export { judgeResponse } from './judge-response.js';
export type {
  BytesOptions,
  DeliveryOutcome,
  DeliveryReason,
  Letter,
  DocumentOptions,
  FetchedBytes,
  FetchedDocument,
  FetchedObject,
  FetchOptions,
  ResolvedAccount,
  Signer,
  WebfingerAnswer,
} from './requests.js';
export {
  DEFAULT_LIMITS,
  type AddressSettings,
  type FederationHttpSettings,
  type FederationLimits,
  type FederationObserver,
  type HostPolicy,
  type Resolver,
} from './settings.js';
