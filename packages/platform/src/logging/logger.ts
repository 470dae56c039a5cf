import { format } from 'node:util';
import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import { currentTrace } from '../trace.js';
import type { LogLevel } from '../settings/settings.js';
import { redactFields, redactText } from './redact.js';

/** pino's logger: `logger.info({ event: 'status_published', statusId }, 'a sentence')`. */
export type Logger = PinoLogger;

/**
 * One JSON line an event, on standard output unless told. Every line carries the service and the trace it belongs to;
 * secrets are taken out by name at any depth and by pattern in every text, also in errors and their causes.
 */
export function createLogger(options: {
  readonly service: string;
  readonly level: LogLevel;
  readonly destination?: DestinationStream;
}): Logger {
  const logger = pino(
    {
      level: options.level,
      base: { service: options.service, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: traceFields,
      formatters: {
        level: (label) => ({ level: label }),
        log: redactFields,
      },
      serializers: { err: (value: unknown) => value },
      hooks: {
        logMethod(args, method) {
          method.apply(this, withPlainMessage(args) as unknown as typeof args);
        },
      },
    },
    options.destination ?? pino.destination({ fd: 1, sync: true }),
  );
  redactChildren(logger);
  return logger;
}

/** pino drops the formatter of bindings for children; theirs inherit this method with everything else. */
function redactChildren(logger: Logger): void {
  const child = logger.child as unknown as (this: Logger, bindings: object, options?: object) => Logger;
  function redactedChild(this: Logger, bindings: object, options?: object): Logger {
    return child.call(this, redactFields(bindings), options);
  }
  Object.defineProperty(logger, 'child', { value: redactedChild });
}

function traceFields(): object {
  const trace = currentTrace();
  return trace === null ? {} : { trace_id: trace.traceId, span_id: trace.spanId };
}

/** The arguments with the message written out and redacted: pino would take an error's own message as it is. */
function withPlainMessage(args: readonly unknown[]): unknown[] {
  const [first, ...rest] = args;
  if (typeof first === 'string') return [redactText(format(first, ...rest))];
  const fields = first instanceof Error ? { err: first } : (first ?? {});
  const [message, ...values] = rest;
  if (typeof message === 'string') return [fields, redactText(format(message, ...values))];
  const error = (fields as { err?: unknown }).err;
  return [fields, error instanceof Error ? redactText(error.message) : undefined];
}
