import { cpus, totalmem } from 'node:os';

/** What a run ran on, for the foot of a picture and of a table. */
export const machineLine = (): string =>
  `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`;
