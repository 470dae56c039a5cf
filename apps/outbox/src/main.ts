import { runService, withBackbone } from '@trunkline/platform';
import { OutboxModule } from './outbox.module.js';

await runService({ name: 'outbox', module: OutboxModule, ...withBackbone({ consumes: true }) });
