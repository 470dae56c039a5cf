/** Node's and undici's errors carry a `code`. Read without `instanceof`: test runners have an Error of their own. */
export function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  const { code, name } = error as { code?: unknown; name?: unknown };
  if (typeof code === 'string') return code;
  // The one error of undici that comes without a code when the answer is not HTTP at all.
  return name === 'HTTPParserError' ? 'HPE' : null;
}

/** An error and what it was caused by or bundles (one failed dial per address), a few levels deep. */
export function causesOf(error: unknown, depth = 3): unknown[] {
  if (depth === 0 || typeof error !== 'object' || error === null) return [error];
  const { cause, errors } = error as { cause?: unknown; errors?: unknown };
  const inner = [...(cause === undefined ? [] : [cause]), ...(Array.isArray(errors) ? (errors as unknown[]).slice(0, 20) : [])];
  return [error, ...inner.flatMap((one) => causesOf(one, depth - 1))];
}
