// `npm run bench`: builds what is to be measured, then measures it. A worker is a process of a run that built already.
import { buildAll } from '@trunkline/launcher/build';

const [first, name] = process.argv.slice(2);
const worker = first === '--worker' ? name : null;
if (worker === null) await buildAll();
const { runBench, runWorker } = await import('@trunkline/bench');
if (worker === null) process.exit(await runBench(process.argv.slice(2)));
await runWorker(worker);
