/** An expected outcome: a value, or a failure with a code. Bugs throw instead. */
export type Result<T, E extends { code: string } = Failure> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

/** The least that every failure says. `safe` may be shown to strangers, `context` goes to the log only. */
export interface Failure<C extends string = string> {
  readonly code: C;
  readonly safe?: string;
  readonly context?: Readonly<Record<string, unknown>>;
}

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

export const fail = <E extends { code: string }>(error: E): { readonly ok: false; readonly error: E } => ({
  ok: false,
  error,
});
