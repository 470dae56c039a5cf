import { runService } from '@trunkline/platform';
import { standalone } from './service.js';

await runService(standalone);
