// `npm run promises`: builds what has changed, then attacks. Started by the launcher's bootstrap on Node 24.
import { buildAll } from '@trunkline/launcher/build';

await buildAll();
const { main } = await import('../dist/main.js');
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`promises: ${error.message}\n`);
  // What was begun may still hold on to something.
  process.exit(1);
}
