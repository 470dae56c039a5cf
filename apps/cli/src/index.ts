export { runTrunkline } from './run-trunkline.js';
export type { Terminal } from './terminal.js';
