/** What was caused by something else than the trace in which it runs, as a traceparent; absent: by that. */
export type Caused<T> = T & { readonly trace?: string | null };

/** For `appendEvents`; undefined: all were caused by the trace in which this runs. */
export const tracesOf = (caused: readonly Caused<unknown>[]): (string | null)[] | undefined =>
  caused.some(({ trace }) => trace !== undefined) ? caused.map(({ trace }) => trace ?? null) : undefined;
