import type { Provider } from '@nestjs/common';
import { connectJetStream, ensureTopology, JetStreamStrategy } from '@trunkline/messaging';
import { inShare } from '@trunkline/persistence';
import { parseTraceparent, runWithTraceContext, startTrace } from '../trace.js';
import type { ServiceDefinition } from '../start-service.js';
import { HEALTH, LOGGER, METRICS, OUTSIDE, SERVICE_NAME, SETTINGS, SHUTDOWN } from '../tokens.js';
import { BACKBONE, type Backbone } from './backbone.js';
import { createBackbone } from './create-backbone.js';
import { startHousekeeping, type Chore } from './housekeeping.js';

export interface BackboneNeeds {
  /** Whether handlers of the broker's messages live in this service. */
  readonly consumes: boolean;
  readonly chores?: readonly Chore[];
}

/** What `runService` needs so that a service stands on the backbone: `runService({ name, module, ...withBackbone(…) })`. */
export function withBackbone(needs: BackboneNeeds): Pick<ServiceDefinition, 'providers' | 'createStrategy' | 'prepare'> {
  const provider: Provider = {
    provide: BACKBONE,
    inject: [SERVICE_NAME, SETTINGS, LOGGER, METRICS, HEALTH, SHUTDOWN, { token: OUTSIDE, optional: true }],
    useFactory: (name, settings, logger, metrics, ...[health, shutdown, outside]) => createBackbone({ name, settings, logger, metrics, health, shutdown }, outside),
  };
  return {
    providers: [provider],
    prepare: async (app) => {
      const backbone = app.get<Backbone>(BACKBONE);
      await ensureTopology(backbone.broker, { replicas: backbone.parts.settings.nats.replicas });
      if (needs.consumes) consume(app, backbone);
      startHousekeeping(backbone, needs.chores ?? []);
    },
  };
}

function consume(app: Parameters<NonNullable<ServiceDefinition['prepare']>>[0], backbone: Backbone): void {
  const strategy = new JetStreamStrategy({
    broker: backbone.broker,
    topology: { replicas: backbone.parts.settings.nats.replicas },
    deadLetters: backbone.deadLetters,
    runInTrace: async (traceparent, work) => {
      const result = await inShare('jobs', () => runWithTraceContext(startTrace(parseTraceparent(traceparent)), work));
      backbone.failpoints?.hit('after_effects_before_ack');
      return result;
    },
  });
  connectJetStream(app, strategy);
  backbone.parts.shutdown.register('stop-consuming', 'transport', () => strategy.stopConsuming());
}
