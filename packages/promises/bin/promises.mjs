// `npm run promises`: builds what has changed, then attacks. Started by the launcher's bootstrap on Node 24.
import { buildAll } from '@trunkline/launcher/build';

await buildAll();
const { main } = await import('../dist/main.js');
try {
  // What a round that failed left open must not keep it from telling so.
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`promises: ${error.message}\n`);
  // What was begun may still hold on to something.
  process.exit(1);
}
