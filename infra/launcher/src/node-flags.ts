import { join } from 'node:path';
import { repositoryRoot } from './repository-root.ts';

/**
 * With what Node is started for a service; `infra/run-role.sh` has the same. Errors name lines of our sources, and V8 leaves memory alone between two posts (ADR 23): set later, by the
 * service itself, that would not hold back what V8 planned while it started.
 */
export const nodeFlags: readonly string[] = ['--import', join(repositoryRoot, 'infra/launcher/own-source-maps.mjs'), '--no-memory-reducer'];
