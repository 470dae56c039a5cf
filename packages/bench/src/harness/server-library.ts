import { createRequire } from 'node:module';

/**
 * The very library that a package of the server runs on, loaded from where that package loads it: a limit measured
 * over another version would be another limit. `T` is the part of it that the caller uses.
 */
export function serverLibrary<T>(owner: 'persistence' | 'federation-client', name: string): T {
  return createRequire(import.meta.resolve(`@trunkline/${owner}`))(name) as T;
}
