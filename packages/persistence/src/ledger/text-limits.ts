/** Postgres refuses NUL in text, and one such row would fail all that are written with it. */
export const withoutNul = (text: string): string => (text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text);

/** For reasons and other text that is only read by operators: at most `lengthMax` UTF-16 units, no NUL. */
export const cutText = (text: string, lengthMax: number): string => withoutNul(text).slice(0, lengthMax);

export const REASON_LENGTH_MAX = 1_000;
