import { AppError, unavailable } from '@trunkline/kernel';

/** Network failures, and what Postgres says while it stops, starts, fails over or is full. */
const UNAVAILABLE = /^(08|57P|53|25006|57014)/;
const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'ENOENT']);
/** pg raises these without a code; a prepared statement whose columns changed is of no use for the rest of its connection. */
const LOST = /connection terminated|timeout exceeded when trying to connect|query read timeout|connection error|connection ended|not queryable|cached plan must not change result type/i;

const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
};

/** Postgres' five-character SQLSTATE of an error, also of one wrapped in an `AppError`. */
export function sqlState(error: unknown): string | undefined {
  if (error instanceof AppError) return sqlState(error.extra.cause);
  const code = codeOf(error);
  return /^[0-9A-Z]{5}$/.test(code) && !NETWORK.has(code) ? code : undefined;
}

/** Whether the same transaction may succeed when it is run again: serialisation failure and deadlock. */
export const retryable = (error: unknown): boolean => ['40001', '40P01'].includes(sqlState(error) ?? '');

/** Whether the connection is of no use any more. A cancelled statement (57014) leaves it whole. */
export function connectionLost(error: unknown): boolean {
  const code = codeOf(error);
  if (NETWORK.has(code) || /^(08|57P)/.test(code)) return true;
  return error instanceof Error && LOST.test(error.message);
}

/** Failures of the place as `AppError` 503 with the cause inside; everything else as it came. */
export function translateError(error: unknown): unknown {
  if (error instanceof AppError) return error;
  if (connectionLost(error) || UNAVAILABLE.test(codeOf(error))) return unavailable('database_unavailable', 5, error);
  return error;
}

/** Whether a statement failed of what was to be written (unreadable, too long for an index, against a constraint), and would fail of it again. */
export const isOfData = (error: unknown): boolean => /^(?:22|23|54)/.test(sqlState(error) ?? '');
