export { readSettings } from './settings/read-settings.js';
export type { LogLevel, S3Settings, SecretKeySetting, Settings, SettingsFailure, SmtpSettings } from './settings/settings.js';
export { KeyRing } from './key-ring.js';
export { createLogger, type Logger } from './logging/logger.js';
export { redactFields, redactText } from './logging/redact.js';
export {
  currentTrace,
  currentTraceparent,
  formatTraceparent,
  parseTraceparent,
  runWithTrace,
  runWithTraceContext,
  startTrace,
  type TraceContext,
} from './trace.js';
export { Metrics, type PoolCounts } from './metrics.js';
export { HealthRegistry, type HealthCheck, type ProbeKind, type ProbeReport } from './health.js';
export { SHUTDOWN_PHASES, ShutdownSequence, type ShutdownHook, type ShutdownPhase, type ShutdownReport } from './shutdown.js';
export {
  RateLimiter,
  rateHeaders,
  rateVerdict,
  retryAfterSeconds,
  strictest,
  windowEndMs,
  type RateCounter,
  type RateHit,
  type RateRule,
  type RateVerdict,
} from './rate-limit.js';
export { createMailer, type Mail, type Mailer } from './mail.js';
export { createParts, PlatformModule, VERSION, type PlatformParts } from './platform.module.js';
export { HEALTH, KEY_RING, LOGGER, MAILER, METRICS, OUTSIDE, SERVICE_NAME, SETTINGS, SHUTDOWN } from './tokens.js';
export { startService, type RunningService, type ServiceDefinition, type ServiceStrategy, type StartOptions } from './start-service.js';
export { runService, type ProcessPort, type RunOptions } from './run-service.js';
export { BODY_BYTES_MAX, createHttpAdapter, type HttpAdapter } from './http/adapter.js';
export type { EdgeParts } from './http/edge-hooks.js';
export { answerFor, ErrorFilter, type ErrorAnswer } from './http/error-filter.js';
export { addressGroup, clientAddresses } from './http/client-address.js';
export { parseForm } from './http/form-body.js';
export { parseJsonBody } from './http/json-body.js';
export { html, Html, type HtmlValue } from './pages/html.js';
export { PostOk } from './http/post-ok.js';
export { Uploads, type UploadedFile, type UploadLimits } from './http/multipart.js';
export { BACKBONE, type Backbone } from './backbone/backbone.js';
export { createBackbone, type Outside } from './backbone/create-backbone.js';
export { bugFile, bugMark, BUGS, failpointFile, type Failpoint } from './backbone/failpoints.js';
export { type Chore } from './backbone/housekeeping.js';
export { PolicyWatch, type PolicySource } from './backbone/policy-watch.js';
export { withBackbone, type BackboneNeeds } from './backbone/with-backbone.js';
export { BeginsWith } from './client-api/begins-with.js';
export { bearerOf, NOBODY, personOf, viewerIdOf, type Client } from './client-api/client.js';
export { admit, ClientGuard } from './client-api/client.guard.js';
export { isCounted, rateRulesFor, STREAMS_RULE, type RateSubject } from './client-api/rate-rules.js';
