import type { LoggerService } from '@nestjs/common';
import type { Logger } from './logging/logger.js';

/**
 * Nest's own messages, as lines of the service's log. Nest keeps one logger for the whole process: with several
 * servers in one process (tests), its few messages appear in the log of the one that started last.
 */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  // Nest tells every module and route at start: of interest only to who looks for it.
  log(message: unknown, ...rest: unknown[]): void {
    this.logger.debug(this.fields(rest), String(message));
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.logger.debug(this.fields(rest), String(message));
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.logger.trace(this.fields(rest), String(message));
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.logger.warn(this.fields(rest), String(message));
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.logger.error({ ...this.fields(rest), ...(message instanceof Error ? { err: message } : {}) }, String(message));
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.logger.fatal(this.fields(rest), String(message));
  }

  /** Nest's last argument is the name of the class that speaks, the one before it may be a stack. */
  private fields(rest: readonly unknown[]): { event: string; from?: string; stack?: string } {
    const [from, stack] = [rest.at(-1), rest.at(-2)];
    return {
      event: 'nest',
      ...(typeof from === 'string' ? { from } : {}),
      ...(typeof stack === 'string' ? { stack } : {}),
    };
  }
}
