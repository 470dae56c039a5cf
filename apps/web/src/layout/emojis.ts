import { html, Html } from '@trunkline/platform';
import type { CustomEmojiJson } from '@trunkline/mastodon-api';

const CODE = /:([A-Za-z0-9_]{2,100}):/g;

/** Sanitised HTML with `:shortcode:` in its text, not in its tags, turned into pictures. */
export function htmlWithEmojis(sanitised: string, emojis: readonly CustomEmojiJson[]): Html {
  if (emojis.length === 0) return new Html(sanitised);
  const known = new Map(emojis.map((emoji) => [emoji.shortcode, emoji]));
  const pieces = sanitised.split(/(<[^>]*>)/);
  return new Html(pieces.map((piece) => (piece.startsWith('<') ? piece : replaced(piece, known))).join(''));
}

/** Plain text, escaped, with its emojis. */
export const textWithEmojis = (text: string, emojis: readonly CustomEmojiJson[]): Html => htmlWithEmojis(html`${text}`.text, emojis);

const replaced = (text: string, known: ReadonlyMap<string, CustomEmojiJson>): string =>
  text.replace(CODE, (code, name: string) => {
    const emoji = known.get(name);
    return emoji === undefined || !/^https?:\/\//.test(emoji.static_url) ? code : html`<img class="emoji" src="${emoji.static_url}" alt="${code}" title="${code}" loading="lazy">`.text;
  });
