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

/** What a person sees as single characters. */
export function countGraphemes(text: string): number {
  // Within ASCII only CR LF is one character of two code units; segmenting costs a hundred times more.
  if (/^[\u0000-\u007F]*$/.test(text)) return text.length - (text.match(/\r\n/g)?.length ?? 0);
  let count = 0;
  for (const _ of graphemes.segment(text)) count += 1;
  return count;
}
