import { join } from 'node:path';

/** The checkout's folder. */
export const repositoryRoot = join(import.meta.dirname, '..', '..', '..');
