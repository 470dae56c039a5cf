import { Catch, type INestApplication, type INestMicroservice, type RpcExceptionFilter } from '@nestjs/common';
import { NestMicroservice } from '@nestjs/microservices';
import { throwError, type Observable } from 'rxjs';
import type { JetStreamStrategy } from './jetstream-strategy.js';

/** Nest's own filter hides what a handler threw behind "Internal server error"; here the transport needs it. */
@Catch()
class PassFailuresOn implements RpcExceptionFilter {
  catch(exception: unknown): Observable<never> {
    return throwError(() => exception);
  }
}

/**
 * Attaches the transport to an HTTP application, before `startAllMicroservices()`. The filter must stand before
 * Nest wires the handlers, so this does in order what `connectMicroservice` does at once.
 * Guards, pipes and interceptors of the HTTP side are not inherited.
 */
export function connectJetStream(app: INestApplication, strategy: JetStreamStrategy): INestMicroservice {
  const microservice = app.connectMicroservice({ strategy }, { inheritAppConfig: false, deferInitialization: true });
  if (!(microservice instanceof NestMicroservice)) throw new TypeError('not the application of @nestjs/core 12');
  microservice.useGlobalFilters(new PassFailuresOn());
  microservice.registerListeners();
  microservice.setIsInitialized(true);
  microservice.setIsInitHookCalled(true);
  return microservice;
}
