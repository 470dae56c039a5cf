export { runBench } from './run-bench.js';
export { runWorker } from './run-worker.js';
