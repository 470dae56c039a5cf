const NUL = String.fromCharCode(0);

/** Postgres refuses NUL in text; strangers send it. */
export const plainText = (text: string): string => (text.includes(NUL) ? text.replaceAll(NUL, '') : text);

export const plainTextOrNull = (text: string | null): string | null => (text === null ? null : plainText(text));

export const plainTexts = (texts: readonly string[]): string[] => texts.map(plainText);

/** JSON for a jsonb column, which refuses NUL and half surrogate pairs. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value, (_key, member: unknown) => (typeof member === 'string' ? plainText(member).toWellFormed() : member));
