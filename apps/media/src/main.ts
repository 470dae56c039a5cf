import { runService, withBackbone } from '@trunkline/platform';
import { MediaModule } from './media.module.js';

await runService({ name: 'media', module: MediaModule, ...withBackbone({ consumes: false }) });
