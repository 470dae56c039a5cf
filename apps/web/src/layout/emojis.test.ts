import { expect, test } from '@jest/globals';
import type { CustomEmojiJson } from '@trunkline/mastodon-api';
import { htmlWithEmojis, textWithEmojis } from './emojis.js';

const emoji = (shortcode: string, url = 'https://e.example/a.png'): CustomEmojiJson => ({ shortcode, url, static_url: url, visible_in_picker: true, category: null });
const BLOB = '<img class="emoji" src="https://e.example/a.png" alt=":blob:" title=":blob:" loading="lazy">';

test('codes become pictures in text, and stay in attributes', () => {
  expect(htmlWithEmojis('<p><a href="https://x/:blob:">:blob: :other:</a></p>', [emoji('blob')]).text).toBe(
    `<p><a href="https://x/:blob:">${BLOB} :other:</a></p>`,
  );
});

test('names are text first', () => {
  expect(textWithEmojis('<b> :blob:', [emoji('blob')]).text).toBe(`&lt;b&gt; ${BLOB}`);
});

test('an address that is no web address is not used', () => {
  expect(textWithEmojis(':blob:', [emoji('blob', 'javascript:alert(1)')]).text).toBe(':blob:');
});
