import { Body, Controller, Get, Headers, HttpCode, Inject, Module, Param, Post, Query, Req } from '@nestjs/common';
import { AppError, unprocessable } from '@trunkline/kernel';
import { createLogger, currentTraceparent, LOGGER, PostOk, startService, Uploads, type Logger, type RunningService, type StartOptions } from '@trunkline/platform';
import { afterEach } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { exampleSettings } from './example-env.js';

/** Requests that wait here until the test lets them go. */
class Gate {
  private open: () => void = () => undefined;
  readonly passed = new Promise<void>((resolve) => (this.open = resolve));
  waiting = 0;

  release(): void {
    this.open();
  }
}

@Controller()
class TrialController {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  @PostOk('api/v1/echo')
  echo(@Body() body: unknown, @Query() query: unknown): unknown {
    return { body, query };
  }

  @PostOk('api/v1/trace')
  async trace(): Promise<unknown> {
    await new Promise((resolve) => setImmediate(resolve));
    this.logger.info({ event: 'inside' }, 'inside');
    return { traceparent: currentTraceparent() };
  }

  @Post('inbox')
  @HttpCode(202)
  inbox(@Req() request: FastifyRequest): unknown {
    return { raw: request.rawBody?.toString('base64') ?? null };
  }

  @PostOk('api/v1/files')
  @Uploads({ filesMax: 1, fileBytesMax: 1_000 })
  files(@Req() request: FastifyRequest): unknown {
    return { body: request.body, uploads: request.uploads.map(({ field, filename, bytes }) => ({ field, filename, bytes: bytes.length })) };
  }

  @Get('api/v1/slow')
  async slow(): Promise<unknown> {
    trial.gate.waiting += 1;
    await trial.gate.passed;
    return { slow: true };
  }

  @Get('api/v1/things/:id')
  thing(@Param('id') id: string, @Req() request: FastifyRequest, @Headers('cookie') cookie?: string): unknown {
    return { id, ip: request.ip, cookies: cookie === undefined ? {} : request.cookies };
  }

  @Get('api/v1/fails/:how')
  fails(@Param('how') how: string): never {
    if (how === 'app') throw unprocessable('Validation failed', { details: { text: [] } });
    if (how === 'busy') throw new AppError(503, 'busy', 'Service temporarily unavailable', { retryAfterSeconds: 7 });
    throw new Error('secret inner reason');
  }
}

@Module({ controllers: [TrialController] })
export class TrialModule {}

/** What a test sees of its services: begun anew for each. */
export const trial = { gate: new Gate(), lines: [] as string[], running: [] as RunningService[] };

afterEach(async () => {
  trial.gate.release();
  for (const service of trial.running.splice(0)) await service.stop();
  trial.gate = new Gate();
  trial.lines = [];
});

/** A service on free ports that is stopped when the test ends; its log lines are in `trial.lines`. */
export async function start(options: Partial<StartOptions> = {}, env: Record<string, string> = {}): Promise<RunningService> {
  const logger = createLogger({ service: 'trial', level: 'debug', destination: { write: (line) => void trial.lines.push(line) } });
  const service = await startService({ name: 'trial', module: TrialModule, settings: exampleSettings(env), logger, ...options });
  trial.running.push(service);
  return service;
}

export const send = (service: RunningService, path: string, init?: RequestInit): Promise<Response> => fetch(`${service.url}${path}`, init);
