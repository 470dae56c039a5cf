/**
 * Thrown where a request cannot go on. The edge turns it into the caller's error form:
 * `status` and `safe` are shown, `code` and `context` go to the log only.
 */
export class AppError extends Error {
  override readonly name = 'AppError';

  constructor(
    readonly status: number,
    readonly code: string,
    /** One sentence that a stranger may read. */
    readonly safe: string,
    readonly extra: {
      /** Extra members of the JSON body, e.g. Mastodon's `details` of a 422. */
      readonly body?: Readonly<Record<string, unknown>>;
      readonly retryAfterSeconds?: number;
      readonly context?: Readonly<Record<string, unknown>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(`${code}: ${safe}`, extra.cause === undefined ? undefined : { cause: extra.cause });
  }
}

export const notFound = (what = 'Record'): AppError => new AppError(404, 'not_found', `${what} not found`);
export const unprocessable = (safe: string, body?: Readonly<Record<string, unknown>>): AppError =>
  new AppError(422, 'unprocessable', safe, body === undefined ? {} : { body });
export const forbidden = (safe = 'This action is not allowed'): AppError => new AppError(403, 'forbidden', safe);
export const unavailable = (code: string, retryAfterSeconds = 5, cause?: unknown): AppError =>
  new AppError(503, code, 'Service temporarily unavailable', { retryAfterSeconds, cause });
