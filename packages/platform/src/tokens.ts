/** What PlatformModule gives to every service: inject by these, with the types named beside them. */
/** Settings */
export const SETTINGS = Symbol('SETTINGS');
/** Logger */
export const LOGGER = Symbol('LOGGER');
/** Metrics */
export const METRICS = Symbol('METRICS');
/** HealthRegistry */
export const HEALTH = Symbol('HEALTH');
/** ShutdownSequence */
export const SHUTDOWN = Symbol('SHUTDOWN');
/** Mailer */
export const MAILER = Symbol('MAILER');
/** KeyRing */
export const KEY_RING = Symbol('KEY_RING');
/** string: the service's name */
export const SERVICE_NAME = Symbol('SERVICE_NAME');
/** Outside: what stands in for all other servers, in tests */
export const OUTSIDE = Symbol('OUTSIDE');
