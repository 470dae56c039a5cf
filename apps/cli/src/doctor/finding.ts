import { printable } from '../terminal.js';

/** What one check found. A fault keeps other servers away; a doubt may. */
export interface Finding {
  readonly verdict: 'fine' | 'doubt' | 'fault';
  /** What was looked at, in a word or two. */
  readonly what: string;
  /** What is so. */
  readonly found: string;
  /** What to do about it; of a doubt or a fault. */
  readonly mend?: string;
}

export const fine = (what: string, found: string): Finding => ({ verdict: 'fine', what, found });
export const doubt = (what: string, found: string, mend: string): Finding => ({ verdict: 'doubt', what, found, mend });
export const fault = (what: string, found: string, mend: string): Finding => ({ verdict: 'fault', what, found, mend });

/** The words of a failed request on one line; of OpenSSL's the reason alone. */
export function wordsOf(error: unknown): string {
  // Without `instanceof`: test runners have an Error of their own.
  const { message = '', name = '', errors } = (typeof error === 'object' && error !== null ? error : {}) as { message?: unknown; name?: unknown; errors?: readonly unknown[] };
  if (errors !== undefined && errors.length > 0) return wordsOf(errors[0]);
  const text = printable(String(message));
  return /:SSL routines:[^:]*:([^:]+):/.exec(text)?.[1] ?? (text || String(name) || String(error));
}
