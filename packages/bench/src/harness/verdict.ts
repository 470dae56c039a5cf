/** A goal beside what was found. */
export interface Verdict {
  readonly goal: string;
  readonly found: string;
  readonly isReached: boolean;
  /** No size of the run excuses it: something was lost, or came twice. */
  readonly isFirm?: boolean;
}

/** What a run over time, size or copies found. */
export interface Study {
  readonly name: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** For `--json`. */
  readonly figures: Readonly<Record<string, number>>;
  readonly verdicts: readonly Verdict[];
  readonly notes: readonly string[];
  /** An SVG document. */
  readonly picture?: string;
}

/** `found` stands against a limit from above: what is more is too much. */
export const atMost = (what: string, limit: number, found: number, unit: string, digits = 0): Verdict => ({
  goal: `${what} ≤ ${limit}${unit}`,
  found: `${found.toFixed(digits)}${unit}`,
  isReached: found <= limit,
});

/** Whether a run ends well: every goal in a full run, the firm ones in a quick one. */
export const passes = (verdicts: readonly Verdict[], quick: boolean): boolean => verdicts.every((verdict) => verdict.isReached || (quick && verdict.isFirm !== true));
