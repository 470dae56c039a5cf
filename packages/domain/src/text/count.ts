import { parseText, type ParseOptions } from './tokens.js';

/** Every address counts as this many characters, however long it is. */
export const CHARACTERS_PER_URL = 23;
export const STATUS_CHARACTERS_MAX = 500;

const URL_STAND_IN = 'x'.repeat(CHARACTERS_PER_URL);
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * Characters as Mastodon counts them: graphemes; an address is 23; a mention is its local part.
 * @see Mastodon app/validators/status_length_validator.rb
 */
export function countCharacters(text: string, options: ParseOptions = {}): number {
  const countable = parseText(text, options).map((token) => {
    if (token.kind === 'url') return URL_STAND_IN;
    return token.kind === 'mention' ? `@${token.username}` : token.text;
  });
  return countGraphemes(countable.join(''));
}

/** Characters that a status uses of its limit: content warning and text together. */
export const countStatusCharacters = (spoilerText: string, text: string, options: ParseOptions = {}): number =>
  countGraphemes(spoilerText) + countCharacters(text, options);

/** More than any text may have: what is longer is not counted to its end, a megabyte would take a third of a second. */
const COUNTED_MAX = 10_000;

/** What a person sees as single characters, as far as 10,000. */
export function countGraphemes(text: string): number {
  // Within ASCII only CR LF is one character of two code units; segmenting costs a hundred times more.
  const start = text.slice(0, 2 * COUNTED_MAX);
  if (/^[\u0000-\u007F]*$/.test(start)) return Math.min(COUNTED_MAX, start.length - (start.match(/\r\n/g)?.length ?? 0));
  let count = 0;
  for (const _ of graphemes.segment(text)) {
    count += 1;
    if (count === COUNTED_MAX) break;
  }
  return count;
}
