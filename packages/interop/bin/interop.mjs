// `npm run interop -- PEER`: builds what has changed, then plays. Started by the launcher's bootstrap on Node 24.
import { buildAll } from '@trunkline/launcher/build';

await buildAll();
const { main } = await import('../dist/main.js');
process.exit(await main(process.argv.slice(2)));
