import { runService, withBackbone } from '@trunkline/platform';
import { ModerationModule } from './moderation.module.js';

await runService({ name: 'moderation', module: ModerationModule, ...withBackbone({ consumes: false }) });
