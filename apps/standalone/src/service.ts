import { withBackbone, type ServiceDefinition } from '@trunkline/platform';
import { StandaloneModule } from './standalone.module.js';

/** What `main.ts` runs and tests start: one process that consumes everything and does every chore. */
export const standalone: ServiceDefinition = {
  name: 'standalone',
  module: StandaloneModule,
  ...withBackbone({ consumes: true, chores: ['inbound', 'events', 'social', 'identity', 'partitions'] }),
};
