import { runService, withBackbone } from '@trunkline/platform';
import { InboxModule } from './inbox.module.js';

await runService({ name: 'inbox', module: InboxModule, ...withBackbone({ consumes: true, chores: ['inbound', 'events', 'social'] }) });
