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

/** The words of a failed request, with the system's code. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner = error instanceof AggregateError ? wordsOf(error.errors[0]) : error.message;
  return inner === '' ? error.name : inner;
}
