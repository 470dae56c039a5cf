import type { AppError } from '@trunkline/kernel';
import type { z } from 'zod';
import { validationFailed, type FieldFault } from '../errors.js';

/** Sentences that schemas use as messages, with the codes that sign-up forms of apps know. */
export const BLANK = "can't be blank";
export const INVALID = 'is invalid';
export const TAKEN = 'has already been taken';
export const RESERVED = 'is reserved';
export const NOT_ACCEPTED = 'must be accepted';
export const NOT_IN_LIST = 'is not included in the list';
export const NOT_SUPPORTED = 'is not supported by this server';
export const tooLong = (charactersMax: number): string => `is too long (maximum is ${charactersMax} characters)`;
export const tooShort = (charactersMin: number): string => `is too short (minimum is ${charactersMin} characters)`;

const CODES: readonly (readonly [start: string, code: string])[] = [
  [BLANK, 'ERR_BLANK'],
  [TAKEN, 'ERR_TAKEN'],
  [RESERVED, 'ERR_RESERVED'],
  [NOT_ACCEPTED, 'ERR_ACCEPTED'],
  [NOT_IN_LIST, 'ERR_INCLUSION'],
  ['is too long', 'ERR_TOO_LONG'],
  ['is too short', 'ERR_TOO_SHORT'],
];

/** One attribute's fault from one of the sentences above. */
export const faultOf = (field: string, message: string): FieldFault => ({
  field,
  message,
  code: CODES.find(([start]) => message.startsWith(start))?.[1] ?? 'ERR_INVALID',
});

export interface ReadOptions {
  /** Put each field's faults into `details`, as sign-up does. */
  readonly details?: boolean;
  /** Another refusal than 422, for OAuth. */
  readonly refusal?: () => AppError;
}

const FAULTS_MAX = 10;

/**
 * What a client sent (query, form or JSON, already parsed), checked and in our own words.
 * @throws AppError 422 `Validation failed: …`, all faults at once
 */
export function readParams<S extends z.ZodType>(schema: S, input: unknown, options: ReadOptions = {}): z.output<S> {
  const parsed = schema.safeParse(input !== null && typeof input === 'object' && !Array.isArray(input) ? input : {});
  if (parsed.success) return parsed.data;
  if (options.refusal !== undefined) throw options.refusal();
  const faults = parsed.error.issues.slice(0, FAULTS_MAX).map((issue) => faultOf(fieldOf(issue.path), issue.message));
  throw validationFailed(faults, options.details);
}

/** `poll`, `options` → `poll_options`: what stands inside is named with what it stands in. */
const fieldOf = (path: readonly PropertyKey[]): string => path.filter((part) => typeof part === 'string' && !/^\d+$/.test(part)).join('_') || 'parameters';
