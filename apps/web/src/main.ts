import { runService, withBackbone } from '@trunkline/platform';
import { WebModule } from './web.module.js';

await runService({ name: 'web', module: WebModule, ...withBackbone({ consumes: false }) });
