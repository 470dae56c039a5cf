export { isTransient, type FetchFailure, type FetchFailureCode } from './fetch-failure.js';
export type {
  DeliveryOutcome,
  DeliveryReason,
  DeliveryRequest,
  DocumentOptions,
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
