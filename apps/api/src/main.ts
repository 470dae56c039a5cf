import { runService, withBackbone } from '@trunkline/platform';
import { ApiModule } from './api.module.js';

await runService({ name: 'api', module: ApiModule, ...withBackbone({ consumes: false, chores: ['identity', 'social'] }) });
