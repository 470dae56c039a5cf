import { countGraphemes } from '@trunkline/domain';
import { z } from 'zod';
import { LIMITS } from '../entities/instance.js';
import { anything, asList, count, flag } from './pieces.js';
import { BLANK, INVALID } from './read.js';

/** A poll as its author asks for it. */
export interface PollInput {
  /** Trimmed, each once. */
  readonly options: readonly string[];
  readonly expiresInSeconds: number;
  readonly multiple: boolean;
  readonly hidesTotals: boolean;
}

/** More options than the largest poll has. */
const CHOICES_MAX = 500;

const switches = z.object({ multiple: flag, hide_totals: flag, expires_in: count(0, Number.MAX_SAFE_INTEGER) });

/** `poll[options][]`, `poll[expires_in]` (seconds), `poll[multiple]`, `poll[hide_totals]`; null when there is none. */
export const poll = anything.transform((value, issues): PollInput | null => {
  if (value === undefined || value === null || value === '') return null;
  const refuse = (field: string, message: string): void => issues.addIssue({ code: 'custom', path: [field], message });
  const parsed = switches.safeParse(value);
  if (!parsed.success) {
    issues.addIssue({ code: 'custom', message: INVALID });
    return null;
  }
  const options = asList((value as { readonly options?: unknown }).options).map(optionText);
  for (const fault of optionFaults(options)) refuse('options', fault);
  const { expires_in: expiresInSeconds, multiple = false, hide_totals: hidesTotals = false } = parsed.data;
  if (expiresInSeconds < LIMITS.pollSecondsMin) refuse('expires_at', 'is too soon');
  if (expiresInSeconds > LIMITS.pollSecondsMax) refuse('expires_at', 'is too far into the future');
  return { options, expiresInSeconds, multiple, hidesTotals };
});

const optionText = (option: unknown): string => (typeof option === 'string' || typeof option === 'number' ? String(option).trim() : '');

function optionFaults(options: readonly string[]): string[] {
  if (options.length < 2) return ['must have more than one item'];
  if (options.length > LIMITS.pollOptions) return [`can't contain more than ${LIMITS.pollOptions} items`];
  if (options.includes('')) return [BLANK];
  if (new Set(options).size < options.length) return ['contain duplicate items'];
  // Counting graphemes needs a bound first.
  const isLong = (text: string): boolean => text.length > LIMITS.pollOptionCharacters * 50 || countGraphemes(text) > LIMITS.pollOptionCharacters;
  return options.some(isLong) ? [`can't be longer than ${LIMITS.pollOptionCharacters} characters each`] : [];
}

/** POST /api/v1/polls/:id/votes: places of options, each once. */
export const VoteParams = z
  .object({ choices: anything })
  .transform(({ choices }, issues) => {
    const places = asList(choices).slice(0, CHOICES_MAX).map((choice) => ((typeof choice === 'string' || typeof choice === 'number') && /^[0-9]{1,3}$/.test(String(choice)) ? Number(choice) : -1));
    if (places.length === 0 || places.includes(-1)) issues.addIssue({ code: 'custom', path: ['choices'], message: places.length === 0 ? BLANK : INVALID });
    return { choices: [...new Set(places)] };
  });
