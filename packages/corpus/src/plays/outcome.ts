import type { Entry } from '../folder/entry.js';
import type { Judged } from './play.js';

/** What became of one file. */
export interface Outcome extends Judged {
  readonly entry: Entry;
  /** What may never happen, whatever came: traces of an attack, half-written rows, a server that answers 5xx. */
  readonly faults: readonly string[];
}

/** Whether a file is in the last column: nobody understood it, or something happened that may not. */
export const isBad = ({ verdict, faults }: Outcome): boolean => verdict === 'not understood' || faults.length > 0;
