import { runService, withBackbone } from '@trunkline/platform';
import { TimelineModule } from './timeline.module.js';

await runService({ name: 'timeline', module: TimelineModule, ...withBackbone({ consumes: true, chores: ['events', 'partitions'] }) });
