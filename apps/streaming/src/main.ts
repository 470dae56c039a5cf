import { runService, withBackbone } from '@trunkline/platform';
import { StreamingModule } from './streaming.module.js';

await runService({ name: 'streaming', module: StreamingModule, ...withBackbone({ consumes: false }) });
